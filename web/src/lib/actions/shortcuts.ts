import { useEffect } from "react";

import { preferences } from "../preferences";
import { keyName } from "./keys";
import { type Action, currentActions } from "./table";

const SEQUENCE_MS = 1200;
const EDITABLE = "input:not([type=checkbox],[type=radio],[type=range],[type=button]),textarea,select,[contenteditable=true]";
const PRESSABLE = "button,a[href],summary,[role=button],[role=menuitem],[role=option],[role=tab],input[type=checkbox]";
const ARROWED = "[role=slider],[role=menu],[role=listbox],[role=tablist],[role=radiogroup],[role=combobox],input[type=range]";

/** Whether the focused element needs this key for itself. */
function taken(target: EventTarget | null, name: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(EDITABLE)) return !name.startsWith("mod+");
  if (name === "Enter" || name === "Space") return target.closest(PRESSABLE) !== null;
  if (name.startsWith("Arrow") || name === "Home" || name === "End") return target.closest(ARROWED) !== null;
  return false;
}

const dialogOpen = () => document.querySelector("[role=dialog][data-state=open],[role=alertdialog][data-state=open]") !== null;

/** The action of a key among those that may be used now; `prefix` says that a longer sequence begins so. */
export function findAction(actions: readonly Action[], typed: string): { action?: Action; prefix: boolean } {
  const usable = actions.filter((action) => !action.disabled);
  return {
    action: usable.find((action) => action.keys?.includes(typed)),
    prefix: usable.some((action) => action.keys?.some((keys) => keys.startsWith(`${typed} `))),
  };
}

/** Listens for the keys of all actions on the table. Used once, by the app. */
export function useShortcuts(): void {
  useEffect(() => {
    let pending = "";
    let timer = 0;
    const onKeyDown = (event: KeyboardEvent) => {
      const name = keyName(event);
      if (!name || event.defaultPrevented || event.isComposing || taken(event.target, name)) return;
      const letter = !name.startsWith("mod+") && Array.from(name).length === 1;
      if (letter && !preferences.get().letterKeys) return;
      const layer = dialogOpen() ? "dialog" : "page";
      const actions = currentActions().filter((action) => (action.layer ?? "page") === layer);
      const sequence = pending && findAction(actions, `${pending} ${name}`);
      const { action, prefix } = sequence && (sequence.action ?? sequence.prefix) ? sequence : findAction(actions, name);
      window.clearTimeout(timer);
      pending = prefix ? (sequence ? `${pending} ${name}` : name) : "";
      timer = window.setTimeout(() => (pending = ""), SEQUENCE_MS);
      if (action) {
        event.preventDefault();
        action.run();
      }
    };
    window.addEventListener("keydown", onKeyDown);
    return () => {
      window.removeEventListener("keydown", onKeyDown);
      window.clearTimeout(timer);
    };
  }, []);
}
