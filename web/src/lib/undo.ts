/** What can be taken back. The server answers every taking back with numbers that take back the taking back. */
export interface Entry {
  readonly label: string;
  /** Keys of the groups that it touched; empty for many. */
  readonly groups: readonly string[];
  /** Numbers of the decisions to give to /api/decisions/undo. */
  readonly decisions: readonly number[];
}

export interface History {
  readonly past: readonly Entry[];
  readonly future: readonly Entry[];
}

export const EMPTY: History = { past: [], future: [] };
const DEPTH = 200;

/** Something new was decided: it can be undone, and what was undone before can no longer be redone. */
export function decided(history: History, entry: Entry): History {
  if (entry.decisions.length === 0) return history;
  return { past: [...history.past, entry].slice(-DEPTH), future: [] };
}

export function undoable(history: History): Entry | undefined {
  return history.past.at(-1);
}

export function redoable(history: History): Entry | undefined {
  return history.future.at(-1);
}

/** The server has taken `entry` back; `reverse` are the numbers that bring it again. */
export function undone(history: History, entry: Entry, reverse: readonly number[]): History {
  return move(history, "past", "future", entry, reverse);
}

/** The server has done `entry` again; `reverse` are the numbers that take it back once more. */
export function redone(history: History, entry: Entry, reverse: readonly number[]): History {
  return move(history, "future", "past", entry, reverse);
}

function move(
  history: History,
  from: keyof History,
  to: keyof History,
  entry: Entry,
  reverse: readonly number[],
): History {
  const rest = history[from].filter((other) => !same(other, entry));
  if (rest.length === history[from].length) return history;
  return { ...history, [from]: rest, [to]: [...history[to], { ...entry, decisions: reverse }].slice(-DEPTH) };
}

/** What cannot be undone any more, because somebody decided otherwise meanwhile, leaves both stacks. */
export function forgotten(history: History, entry: Entry): History {
  return {
    past: history.past.filter((other) => !same(other, entry)),
    future: history.future.filter((other) => !same(other, entry)),
  };
}

/** Numbers of decisions are given once, so equal ones mean the same entry. */
function same(a: Entry, b: Entry): boolean {
  return a.decisions.length === b.decisions.length && a.decisions.every((number, at) => number === b.decisions[at]);
}
