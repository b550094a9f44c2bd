import type { Action } from "@/lib/actions";

/** Actions by their section, in the order in which the sections come up; that of the whole app comes last. */
export function bySection(actions: readonly Action[], last = ""): [string, Action[]][] {
  const sections = new Map<string, Action[]>();
  for (const action of actions) sections.set(action.section, [...(sections.get(action.section) ?? []), action]);
  return [...sections].sort(([a], [b]) => Number(a === last) - Number(b === last));
}

/** The actions whose label or section holds all words of a text; labels that begin with it come first. */
export function findByName(actions: readonly Action[], text: string): Action[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/).filter(Boolean);
  const found = actions.filter((action) => {
    const own = `${action.label} ${action.section}`.toLowerCase();
    return words.every((word) => own.includes(word));
  });
  const begins = (action: Action) => Number(!action.label.toLowerCase().startsWith(wanted));
  return found.sort((a, b) => begins(a) - begins(b));
}
