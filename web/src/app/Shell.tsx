import { useQueryClient } from "@tanstack/react-query";
import { Suspense, useEffect, useRef, useState } from "react";
import { Outlet, ScrollRestoration, useLocation, useNavigate, useNavigation } from "react-router";

import { signInNeeded } from "@/api/queries";
import { sessionQuery, useSession } from "@/api/session";
import { useShortcuts } from "@/lib/actions";
import { paths } from "@/lib/paths";
import { useStore } from "@/lib/store";
import { useTexts } from "@/texts";

import { ConnectionBanner } from "./ConnectionBanner";
import { CommandPalette, HelpSheet, loadLater } from "./lazy";
import { BottomBar, Sidebar } from "./Navigation";
import { useAppActions } from "./useAppActions";
import { useAnnouncements } from "./useAnnouncements";
import { useOthers } from "./useOthers";

/** Goes to the page of signing in when the server asks who we are, and remembers where we were. */
function useSignInWhenAsked(): void {
  const asked = useStore(signInNeeded);
  const client = useQueryClient();
  const { data } = useSession();
  const navigate = useNavigate();
  const location = useLocation();
  const needed = asked || (data?.required === true && data.user === null);
  useEffect(() => {
    if (!needed) return;
    signInNeeded.set(false);
    // What was known of the session is over: the page of signing in must not send us back by it.
    client.setQueryData(sessionQuery.queryKey, (now) => now && { ...now, required: true, user: null });
    void navigate(paths.signIn(), { replace: true, state: { from: location.pathname + location.search } });
  }, [needed, navigate, location, client]);
}

/**
 * Moves the focus to the new page's title, so that keyboards and screen readers start there. A page whose tabs have
 * addresses of their own is one page: arrows go on from tab to tab.
 */
function useFocusOnChange() {
  const pathname = useLocation().pathname.replace(/^\/settings\/.*/, "/settings");
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    (document.querySelector<HTMLElement>("main h1") ?? document.querySelector<HTMLElement>("main"))?.focus({
      preventScroll: true,
    });
  }, [pathname]);
}

/** A thin line at the top while the next page is on its way. */
function LoadingLine() {
  const { state } = useNavigation();
  if (state === "idle") return null;
  return <div className="bg-accent animate-shimmer fixed inset-x-0 top-0 z-50 h-0.5" aria-hidden />;
}

/** The frame of all pages: navigation, content, palette and help. */
export function Shell() {
  const texts = useTexts();
  const [open, setOpen] = useState<"" | "palette" | "help">("");
  useShortcuts();
  useSignInWhenAsked();
  useFocusOnChange();
  useAnnouncements();
  useOthers();
  useEffect(loadLater, []);
  useAppActions({ openPalette: () => setOpen("palette"), openHelp: () => setOpen("help") });
  return (
    <div className="min-h-dvh md:flex">
      <a
        href="#content"
        className="bg-raised shadow-float sr-only z-60 rounded-md px-4 py-2 font-medium focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {texts.app.skip}
      </a>
      <LoadingLine />
      <Sidebar onPalette={() => setOpen("palette")} onHelp={() => setOpen("help")} />
      <div className="min-w-0 flex-1 max-md:pb-16">
        <ConnectionBanner />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <BottomBar />
      <Suspense>
        {open === "palette" && <CommandPalette onClose={() => setOpen("")} />}
        {open === "help" && <HelpSheet onClose={() => setOpen("")} />}
      </Suspense>
      <ScrollRestoration />
    </div>
  );
}
