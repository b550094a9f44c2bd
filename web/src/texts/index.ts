import { createFormat, type Format } from "@/lib/format";
import { preferences, type Preferences } from "@/lib/preferences";
import { createStore, useStore } from "@/lib/store";

import { english, type Texts } from "./en";

export type { Texts };

interface Speech {
  language: "en" | "de";
  texts: Texts;
  format: Format;
}

function speechOf(language: Speech["language"], make: (format: Format) => Texts): Speech {
  // Within the language, the person's own region decides how numbers and times are written.
  const locale = navigator.languages.find((name) => name.startsWith(language)) ?? language;
  const format = createFormat(locale);
  return { language, texts: make(format), format };
}

const speech = createStore<Speech>(speechOf("en", english));

/** The language that a person chose, or the first of the browser's that there is. */
export function chosenLanguage(choice: Preferences["language"]): Speech["language"] {
  if (choice !== "system") return choice;
  const known = navigator.languages.map((name) => name.slice(0, 2)).find((name) => name === "en" || name === "de");
  return known === "de" ? "de" : "en";
}

/** Loads the chosen language; English is there from the start. */
export async function speak(choice: Preferences["language"] = preferences.get().language): Promise<void> {
  const language = chosenLanguage(choice);
  const make = language === "de" ? (await import("./de")).german : english;
  document.documentElement.lang = language;
  speech.set(speechOf(language, make));
}

/** The texts of the language in use: `useTexts().brands.title`. */
export function useTexts(): Texts {
  return useStore(speech).texts;
}

/** The same outside of components. */
export const texts = (): Texts => speech.get().texts;

/** Numbers, bytes, times and lists of the language in use. */
export function useFormat(): Format {
  return useStore(speech).format;
}
