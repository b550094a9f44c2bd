/** What a group's choices come to, and how it looks after a decision: plain functions, no requests. */
import type { GroupDetail, GroupSummary, Member } from "./groups";

export type Choice = Member["choice"];

/** Relations whose members are one picture: for them keeping one and dropping the others is what people expect. */
const MERGED: ReadonlySet<GroupSummary["relation"]> = new Set(["identical", "copy"]);

export function merged(relation: GroupSummary["relation"]): boolean {
  return MERGED.has(relation);
}

export interface Outcome {
  /** URIs, the best one first. */
  readonly keep: readonly string[];
  readonly drop: readonly string[];
  readonly gain: number;
}

/**
 * What confirming a group does. Marked images go as marked. Images that nobody marked: of copies the suggested keeper
 * stays and the others go; of everything else (variants, look-alikes) all stay, because nothing says that they are one
 * picture. A group never loses its last image: when all others are dropped the keeper stays.
 */
export function outcome(group: Pick<GroupDetail, "members" | "keeper" | "relation">): Outcome {
  const { members, keeper, relation } = group;
  const anyKept = members.some((member) => member.choice === "keep");
  const stays = (member: Member): boolean => {
    if (member.choice !== "open") return member.choice === "keep";
    if (!merged(relation)) return true;
    return !anyKept && member.uri === keeper.uri;
  };
  let kept = members.filter(stays);
  if (kept.length === 0) kept = members.filter((member) => member.choice === "open").slice(0, 1);
  const best = kept.find((member) => member.uri === keeper.uri);
  const keep = [...(best ? [best] : []), ...kept.filter((member) => member !== best)];
  const staying = new Set(keep);
  const dropped = members.filter((member) => !staying.has(member));
  return {
    keep: keep.map((member) => member.uri),
    drop: dropped.map((member) => member.uri),
    gain: dropped.reduce((sum, member) => sum + member.bytes, 0),
  };
}

/** The group with some images chosen anew, before the server has answered. */
export function chosen(group: GroupDetail, choices: Readonly<Record<string, Choice>>): GroupDetail {
  const members = group.members.map((member) => {
    const choice = choices[member.uri];
    return choice === undefined ? member : { ...member, choice, by: "", reason: "" };
  });
  const asked = members.filter((member) => member.choice === "open").length;
  return { ...group, members, asked, settled: asked === 0 };
}

/** The choices that confirming an outcome makes. */
export function choicesOf({ keep, drop }: Outcome): Record<string, Choice> {
  return Object.fromEntries([
    ...keep.map((uri) => [uri, "keep"] as const),
    ...drop.map((uri) => [uri, "drop"] as const),
  ]);
}

/** A key press on an image: the choice it has already is taken back. */
export function toggled(now: Choice, pressed: "keep" | "drop"): Choice {
  return now === pressed ? "open" : pressed;
}

/** The part of a group that lists show. */
export function summaryOf(group: GroupDetail): GroupSummary {
  const { key, relation, size, keeper, preview, brands, gain, score, average, reason, asked, settled } = group;
  return { key, relation, size, keeper, preview, brands, gain, score, average, reason, asked, settled };
}
