import { createStore, useStore } from "./store";

/** What a person chose for this browser. */
export interface Preferences {
  theme: "system" | "light" | "dark";
  language: "system" | "en" | "de";
  /** Whether single letters are shortcuts (WCAG 2.1.4: they can be turned off). */
  letterKeys: boolean;
  /** Whether a finished job may raise a notification of the system. */
  notify: boolean;
}

const KEY = "sosie.preferences";
const DEFAULTS: Preferences = { theme: "system", language: "system", letterKeys: true, notify: false };

function stored(): Preferences {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return { ...DEFAULTS, ...(typeof found === "object" ? found : {}) };
  } catch (error) {
    console.info("Stored preferences cannot be read; the defaults are used.", error);
    return DEFAULTS;
  }
}

export const preferences = createStore<Preferences>(stored());

export function usePreferences(): Preferences {
  return useStore(preferences);
}

export function prefer(change: Partial<Preferences>): void {
  preferences.set((current) => ({ ...current, ...change }));
  localStorage.setItem(KEY, JSON.stringify(preferences.get()));
  applyTheme(preferences.get().theme);
}

/** Sets the theme on the page; `system` leaves it to the system. */
export function applyTheme(theme: Preferences["theme"]): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
