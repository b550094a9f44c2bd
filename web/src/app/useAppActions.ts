import { CircleHelp, Command, LogOut, SunMoon } from "lucide-react";
import { useNavigate } from "react-router";

import { useSession, useSignOut } from "@/api/session";
import { type Action, useActions } from "@/lib/actions";
import { prefer } from "@/lib/preferences";
import { useTexts } from "@/texts";

import { places } from "./navigation";

/** Turns what is seen now into its opposite. */
export function switchTheme(): void {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const system = document.documentElement.dataset.theme === undefined;
  const seen = system ? matchMedia("(prefers-color-scheme: dark)").matches : dark;
  prefer({ theme: seen ? "light" : "dark" });
}

/** The actions that work on every page. */
export function useAppActions({ openPalette, openHelp }: { openPalette: () => void; openHelp: () => void }): void {
  const texts = useTexts();
  const navigate = useNavigate();
  const { data: session } = useSession();
  const signOut = useSignOut();
  const section = texts.app.action.section;
  const going = places.map(
    (place): Action => ({
      id: `go.${place.id}`,
      label: `${texts.app.action.go}: ${texts.app.nav[place.id]}`,
      section,
      icon: place.icon,
      keys: [`g ${place.key}`],
      run: () => void navigate(place.to),
    }),
  );
  const leaving: Action[] = session?.user
    ? [{ id: "app.signOut", label: texts.app.action.signOut, section, icon: LogOut, run: () => signOut.mutate(undefined) }]
    : [];
  useActions([
    { id: "app.palette", label: texts.app.action.palette, section, keys: ["mod+k"], icon: Command, run: openPalette, keyOnly: true },
    { id: "app.help", label: texts.app.action.help, section, keys: ["?"], icon: CircleHelp, run: openHelp },
    ...going,
    { id: "app.theme", label: texts.app.action.theme, section, keys: ["g t"], icon: SunMoon, run: switchTheme },
    ...leaving,
  ]);
}
