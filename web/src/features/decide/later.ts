import { createStore, useStore } from "@/lib/store";

/** Groups that the person put off, by result. They stay open for everybody and come again at the end. */
const KEY = "sosie.later";
const MOST = 5000;

function stored(): Record<string, string[]> {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Record<string, string[]>) : {};
  } catch (error) {
    console.info("What was put off cannot be read; nothing is put off.", error);
    return {};
  }
}

const later = createStore(stored());

function change(result: string, next: (keys: string[]) => string[]): void {
  later.set((now) => ({ ...now, [result]: next(now[result] ?? []).slice(-MOST) }));
  sessionStorage.setItem(KEY, JSON.stringify(later.get()));
}

export function putOff(result: string, group: string): void {
  change(result, (keys) => [...keys.filter((key) => key !== group), group]);
}

export function takeUp(result: string, group: string): void {
  change(result, (keys) => keys.filter((key) => key !== group));
}

export function useLater(result: string): readonly string[] {
  return useStore(later)[result] ?? NONE;
}

const NONE: readonly string[] = [];
