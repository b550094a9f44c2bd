import type { LucideIcon } from "lucide-react";
import { useEffect, useId, useRef } from "react";

import { createStore, useStore } from "../store";

/** Something a person can do here: it serves buttons, shortcuts, the help sheet and the command palette alike. */
export interface Action {
  id: string;
  label: string;
  /** Heading in the help sheet and the palette. */
  section: string;
  keys?: readonly string[];
  icon?: LucideIcon;
  run: () => void;
  disabled?: boolean;
  /** `dialog`: its key works while a dialog is open, and only then. */
  layer?: "page" | "dialog";
  /** Shown in the help sheet alone: moving a cursor makes no sense as a command. */
  keyOnly?: boolean;
}

type Entry = readonly Action[];

const table = createStore<ReadonlyMap<string, Entry>>(new Map());

/** All actions of what is on the screen; of two with one id, the one that came last. */
export const currentActions = (): Action[] => unique([...table.get().values()].flat());

export function useCurrentActions(): Action[] {
  return unique([...useStore(table).values()].flat());
}

const unique = (actions: readonly Action[]) => [...new Map(actions.map((action) => [action.id, action])).values()];

/** All of actions but what cannot be compared: `run` is new with every rendering. */
const signature = (actions: Entry) =>
  JSON.stringify(actions, (name, value: unknown) => (name === "run" || name === "icon" ? undefined : value));

/** Puts actions on the table for as long as the component is on the screen. */
export function useActions(actions: readonly Action[]): void {
  const owner = useId();
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  const shape = signature(actions);
  useEffect(() => {
    // `run` is looked up when it is called, so that it never acts on what was on the screen before.
    const entry = latest.current.map((action) => ({
      ...action,
      run: () => latest.current.find(({ id }) => id === action.id)?.run(),
    }));
    table.set((current) => new Map([...current, [owner, entry]]));
    return () => table.set((current) => new Map([...current].filter(([key]) => key !== owner)));
  }, [owner, shape]);
}
