/** Names of keys as actions write them: "j", "?", "mod+k", "shift+ArrowDown", and sequences: "g b". */

const APPLE = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The name of the key that was pressed, or "" for a modifier alone. */
export function keyName(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  if (["Control", "Meta", "Alt", "AltGraph", "Shift", "Dead", "Unidentified"].includes(event.key)) return "";
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toLowerCase() : event.key;
  // Symbols are typed with Shift on some keyboards and without on others: only letters and named keys count it.
  const shifted = event.shiftKey && (key.length > 1 || /\p{L}/u.test(key));
  const parts = [event.ctrlKey || event.metaKey ? "mod" : "", event.altKey ? "alt" : "", shifted ? "shift" : "", key];
  return parts.filter(Boolean).join("+");
}

const SYMBOLS: Record<string, string> = {
  mod: APPLE ? "⌘" : "Ctrl",
  shift: "⇧",
  alt: APPLE ? "⌥" : "Alt",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Enter: "↵",
  Escape: "Esc",
  Backspace: "⌫",
  Delete: "Del",
};

/** The caps to show for a key: "mod+k" gives [["Ctrl", "K"]], "g b" gives [["G"], ["B"]]. */
export function keyCaps(keys: string): string[][] {
  return keys
    .split(" ")
    .map((combination) =>
      combination.split(/\+(?=.)/).map((part) => SYMBOLS[part] ?? (part.length === 1 ? part.toUpperCase() : part)),
    );
}

/** The same for `aria-keyshortcuts`, which knows no sequences. */
export function ariaKeys(keys: readonly string[] = []): string | undefined {
  const single = keys.filter((key) => !key.includes(" "));
  return single.map((key) => key.replace("mod", APPLE ? "Meta" : "Control").replace("shift", "Shift")).join(" ") || undefined;
}
