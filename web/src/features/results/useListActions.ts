import { useState } from "react";

import { useActions } from "@/lib/actions";
import { useTexts } from "@/texts";

interface Given {
  groups: readonly { readonly key: string; readonly settled: boolean }[];
  /** Keys of groups that were put off. */
  later: readonly string[];
  scrollTo: (index: number) => void;
  open: (key: string) => void;
}

/** Keys of the list: j and k move a cursor over the groups, Enter opens the one under it, or the first open one. */
export function useListActions({ groups, later, scrollTo, open }: Given) {
  const texts = useTexts().results.actions;
  const [focused, setFocused] = useState("");
  const at = groups.findIndex(({ key }) => key === focused);
  const move = (by: number) => {
    const next = Math.min(Math.max(at + by, 0), groups.length - 1);
    const group = groups[next];
    if (!group) return;
    setFocused(group.key);
    scrollTo(next);
  };
  const waiting = groups.filter(({ settled }) => !settled);
  const start = groups[at] ?? waiting.find(({ key }) => !later.includes(key)) ?? waiting[0] ?? groups[0];
  useActions([
    { id: "results.next", label: texts.next, section: texts.section, keys: ["j"], keyOnly: true, run: () => move(1) },
    { id: "results.previous", label: texts.previous, section: texts.section, keys: ["k"], keyOnly: true, run: () => move(-1) },
    { id: "results.open", label: texts.openFirst, section: texts.section, keys: ["Enter"], disabled: !start, run: () => start && open(start.key) },
  ]);
  return { focused, setFocused };
}
