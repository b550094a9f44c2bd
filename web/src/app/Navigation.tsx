import { CircleHelp, LogOut, Monitor, Moon, MoreHorizontal, Search, Sun } from "lucide-react";
import { NavLink, useNavigate } from "react-router";

import { isActive, useJobs } from "@/api/jobs";
import { useSession, useSignOut } from "@/api/session";
import { Button, Dropdown, DropdownChoice, DropdownItem, DropdownLabel, DropdownSeparator, IconButton, KeyCaps, Tooltip } from "@/components/ui";
import { classes } from "@/lib/classes";
import { prefer, type Preferences, usePreferences } from "@/lib/preferences";
import { useTexts } from "@/texts";

import { type Place, places } from "./navigation";

const THEMES = { system: Monitor, light: Sun, dark: Moon };

function useRunning(): number {
  const { data } = useJobs();
  return data?.filter(isActive).length ?? 0;
}

/** How many jobs are at work, beside the name of their page. */
function RunningCount({ className }: { className?: string }) {
  const running = useRunning();
  if (running === 0) return null;
  return (
    <span className={classes("bg-accent text-on-accent tabular flex h-4.5 min-w-4.5 items-center justify-center rounded-full px-1 text-2xs font-semibold", className)}>
      {running}
    </span>
  );
}

function SideLink({ place }: { place: Place }) {
  const texts = useTexts();
  const label = texts.app.nav[place.id];
  return (
    <Tooltip label={label} keys={[`g ${place.key}`]} side="right">
      <NavLink
        to={place.to}
        end={place.end ?? false}
        // By its attribute: a tooltip's trigger passes class names on as text, so a function would be lost.
        className={classes(
          "text-ink-2 hover:bg-hover hover:text-ink relative flex h-9 items-center gap-3 rounded-md px-2.5 font-medium transition-colors max-lg:justify-center pointer-coarse:h-11",
          "aria-[current=page]:bg-pressed aria-[current=page]:text-ink",
        )}
      >
        <place.icon className="size-4.5 shrink-0" strokeWidth={1.75} aria-hidden />
        <span className="flex-1 truncate max-lg:sr-only">{label}</span>
        {place.id === "jobs" && <RunningCount className="max-lg:absolute max-lg:top-0.5 max-lg:right-0.5" />}
      </NavLink>
    </Tooltip>
  );
}

export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={classes("text-accent size-6", className)} aria-hidden>
      <rect x="3" y="3" width="18" height="18" rx="5" fill="currentColor" opacity=".4" />
      <rect x="11" y="11" width="18" height="18" rx="5" fill="currentColor" />
    </svg>
  );
}

/** The menu of what belongs to the person: theme, help, signing out. */
function PersonMenu({ onHelp, children }: { onHelp: () => void; children: React.ReactNode }) {
  const texts = useTexts();
  const { theme } = usePreferences();
  const { data: session } = useSession();
  const signOut = useSignOut();
  const themes = (["system", "light", "dark"] as const).map((value) => ({ value, label: texts.app.theme[value] }));
  return (
    <Dropdown align="start" trigger={children}>
      {session?.user && <DropdownLabel>{texts.app.session.signedInAs(session.user.name)}</DropdownLabel>}
      <DropdownChoice<Preferences["theme"]> label={texts.app.theme.label} value={theme} options={themes} onChange={(next) => prefer({ theme: next })} />
      <DropdownSeparator />
      <DropdownItem icon={CircleHelp} keys="?" onSelect={onHelp}>
        {texts.app.help.title}
      </DropdownItem>
      {session?.user && (
        <DropdownItem icon={LogOut} onSelect={() => signOut.mutate(undefined)}>
          {texts.app.session.signOut}
        </DropdownItem>
      )}
    </Dropdown>
  );
}

/** The navigation at the left: with names on wide screens, with icons alone on tablets, not on phones. */
export function Sidebar({ onPalette, onHelp }: { onPalette: () => void; onHelp: () => void }) {
  const texts = useTexts();
  const { theme } = usePreferences();
  const ThemeIcon = THEMES[theme];
  return (
    <aside className="border-line bg-canvas sticky top-0 flex h-dvh w-15 shrink-0 flex-col border-r p-3 max-md:hidden lg:w-57">
      <NavLink to="/" className="mb-4 flex h-9 items-center gap-2.5 rounded-md px-1.5 text-lg font-semibold tracking-tight">
        <Logo />
        <span className="max-lg:sr-only">{texts.app.name}</span>
      </NavLink>
      <Button look="secondary" className="text-ink-3 mb-4 w-full justify-start px-2.5 font-normal max-lg:justify-center max-lg:px-0" onClick={onPalette}>
        <Search className="size-4 shrink-0" aria-hidden />
        <span className="flex-1 text-left max-lg:sr-only">{texts.app.general.search}</span>
        <span className="max-lg:hidden" aria-hidden>
          <KeyCaps keys="mod+k" />
        </span>
      </Button>
      <nav aria-label={texts.app.navigation} className="flex flex-1 flex-col gap-0.5 overflow-y-auto">
        {places.map((place) => (
          <SideLink key={place.id} place={place} />
        ))}
      </nav>
      <div className="flex items-center gap-1 max-lg:flex-col">
        <PersonMenu onHelp={onHelp}>
          <Button look="ghost" className="flex-1 justify-start px-2.5 max-lg:px-2">
            <ThemeIcon className="size-4" aria-hidden />
            <span className="sr-only">{texts.app.theme.label}:</span>
            <span className="max-lg:sr-only">{texts.app.theme[theme]}</span>
          </Button>
        </PersonMenu>
        <IconButton icon={CircleHelp} label={texts.app.help.title} keys={["?"]} onClick={onHelp} />
      </div>
    </aside>
  );
}

/** The navigation of phones, at the thumb. */
export function BottomBar() {
  const texts = useTexts();
  const navigate = useNavigate();
  const shown = places.filter((place) => place.phone);
  const rest = places.filter((place) => !place.phone);
  const item = "text-ink-3 relative flex h-14 flex-1 flex-col items-center justify-center gap-1 text-2xs font-medium -outline-offset-2";
  return (
    <nav
      aria-label={texts.app.navigation}
      className="border-line bg-canvas/95 fixed inset-x-0 bottom-0 z-30 flex border-t pb-[env(safe-area-inset-bottom)] backdrop-blur md:hidden"
    >
      {shown.map((place) => (
        <NavLink key={place.id} to={place.to} end={place.end ?? false} className={({ isActive: here }) => classes(item, here && "text-accent-ink")}>
          <place.icon className="size-5" strokeWidth={1.75} aria-hidden />
          {place.id === "check" ? texts.app.nav.checkShort : texts.app.nav[place.id]}
          {place.id === "jobs" && <RunningCount className="absolute top-1.5 left-[calc(50%+6px)]" />}
        </NavLink>
      ))}
      {rest.length > 0 && (
        <Dropdown
          trigger={
            <button type="button" className={item}>
              <MoreHorizontal className="size-5" strokeWidth={1.75} aria-hidden />
              {texts.app.nav.more}
            </button>
          }
        >
          {rest.map((place) => (
            <DropdownItem key={place.id} icon={place.icon} onSelect={() => void navigate(place.to)}>
              {texts.app.nav[place.id]}
            </DropdownItem>
          ))}
        </Dropdown>
      )}
    </nav>
  );
}
