import { useState } from "react";

import type { GroupDetail, Member } from "@/api/groups";

/** What of a group is looked at: the first picture, the current one, and others beside them. */
export interface Looking {
  members: readonly Member[];
  first: Member | undefined;
  current: number;
  others: readonly Member[];
  select: (index: number) => void;
  step: (by: number) => void;
  toggleExtra: () => void;
  /** Puts the two images of a pair on the stage. */
  show: (first: string, other: string) => void;
  letterOf: (member: Member) => string | undefined;
}

interface Held {
  group: string;
  first: string | null;
  current: string | null;
  extra: readonly string[];
}

const BESIDE = 2;

/** The suggested image first, then the others as the server gave them. */
export function ordered(group: GroupDetail): Member[] {
  const keeper = group.members.filter((member) => member.uri === group.keeper.uri);
  return [...keeper, ...group.members.filter((member) => member.uri !== group.keeper.uri)];
}

/** Which images of a group are on the stage. Another group starts with its suggested image and the next one. */
export function useLooking(group: GroupDetail): Looking {
  const start: Held = { group: group.key, first: null, current: null, extra: [] };
  const [stored, setHeld] = useState<Held>(start);
  const held = stored.group === group.key ? stored : start;
  const members = ordered(group);
  const at = (uri: string | null) => members.findIndex((member) => member.uri === uri);
  const current = at(held.current) >= 0 ? at(held.current) : Math.min(1, members.length - 1);
  const chosen = members[current];
  const anchor = members[at(held.first)] ?? members[0];
  const beside = members.find((member) => member !== anchor);
  const second = chosen === anchor ? beside : chosen;
  const extra = held.extra.flatMap((uri) => members.filter((member) => member.uri === uri && member !== anchor && member !== second));
  const others = second ? [second, ...extra] : [];
  const select = (index: number) => setHeld({ ...held, current: members[Math.min(Math.max(index, 0), members.length - 1)]?.uri ?? null });
  return {
    members,
    first: anchor,
    current,
    others,
    select,
    step: (by) => select(current + by),
    toggleExtra: () => {
      if (!chosen || chosen === anchor) return;
      const rest = held.extra.filter((uri) => uri !== chosen.uri);
      const next = rest.length < held.extra.length ? rest : [...rest, chosen.uri].slice(-BESIDE);
      setHeld({ ...held, extra: next });
    },
    show: (first, other) => setHeld({ ...held, first, current: other, extra: [] }),
    letterOf: (member) => {
      const index = [anchor, ...others].indexOf(member);
      return index < 0 ? undefined : String.fromCharCode(65 + index);
    },
  };
}
