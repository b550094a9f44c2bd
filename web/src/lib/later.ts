import { createStore, type Store, useStore } from "./store";

/** What a person put off, in this window: by a key, some names. It stays open for everybody. */
type PutOff = Readonly<Record<string, readonly string[]>>;

/** As many names are held for a key; the oldest are forgotten. */
export const MOST = 5000;
const NONE: readonly string[] = [];

function stored(key: string): PutOff {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(key) ?? "{}");
    return typeof found === "object" && found !== null ? (found as PutOff) : {};
  } catch (error) {
    console.info("What was put off cannot be read; nothing is put off.", error);
    return {};
  }
}

/** A list of names for each key, which lasts as long as the window. */
function shelf(name: string) {
  const store: Store<PutOff> = createStore(stored(name));
  const change = (key: string, next: (names: readonly string[]) => readonly string[]) => {
    store.set((now) => ({ ...now, [key]: next(now[key] ?? NONE).slice(-MOST) }));
    sessionStorage.setItem(name, JSON.stringify(store.get()));
  };
  return {
    store,
    add: (key: string, names: readonly string[]) => change(key, (held) => [...held.filter((other) => !names.includes(other)), ...names]),
    remove: (key: string, gone: readonly string[]) => change(key, (held) => held.filter((other) => !gone.includes(other))),
    clear: (key: string) => change(key, () => NONE),
  };
}

/** Groups by result: they come again at the end. */
const groups = shelf("sosie.later");
/** Images (URIs) by group: confirming the group leaves them open. */
const images = shelf("sosie.later.images");

export function putOff(result: string, keys: readonly string[]): void {
  groups.add(result, keys);
}

export function takeUp(result: string, group: string): void {
  groups.remove(result, [group]);
  images.clear(group);
}

export const useLater = (result: string): readonly string[] => useStore(groups.store)[result] ?? NONE;

export function putOffImage(group: string, uri: string): void {
  images.add(group, [uri]);
}

export function takeUpImage(group: string, uri: string): void {
  images.remove(group, [uri]);
}

export const useLaterImages = (group: string): readonly string[] => useStore(images.store)[group] ?? NONE;
