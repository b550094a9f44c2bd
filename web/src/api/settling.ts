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
 * picture. What was called no duplicate stays beside them and stands for none of them; images that were put off are
 * left out. Of the others one always stays: when all are dropped but some are open, the first open one; else none is
 * named to keep, and the group cannot be confirmed.
 */
export function outcome(group: Pick<GroupDetail, "members" | "keeper" | "relation">, putOff: ReadonlySet<string> = NONE): Outcome {
  const members = group.members.filter((member) => !putOff.has(member.uri));
  const alike = members.filter((member) => !member.apart || member.choice === "drop");
  const open = alike.filter((member) => member.choice === "open");
  const marked = alike.filter((member) => member.choice === "keep");
  const suggested = open.find((member) => member.uri === group.keeper.uri) ?? open[0];
  const stay = !merged(group.relation) ? [...marked, ...open] : marked.length > 0 || !suggested ? marked : [suggested];
  const strangers = members.filter((member) => member.apart && member.choice !== "drop");
  const staying = new Set([...first(stay, group.keeper.uri), ...strangers]);
  if (stay.length === 0 && alike.length > 0) return { keep: [], drop: alike.map((member) => member.uri), gain: 0 };
  const dropped = members.filter((member) => !staying.has(member));
  return {
    keep: [...staying].map((member) => member.uri),
    drop: dropped.map((member) => member.uri),
    gain: dropped.reduce((sum, member) => sum + member.bytes, 0),
  };
}

/** The same images with the one at this URI before the others: what is dropped goes in its favour. */
function first(members: readonly Member[], uri: string): Member[] {
  return members.toSorted((a, b) => Number(b.uri === uri) - Number(a.uri === uri));
}

const NONE: ReadonlySet<string> = new Set();

/** The group with one image called no duplicate of the others, or taken back: all images of its bytes alike. */
export function setApart(group: GroupDetail, sha256: string, apart: boolean): GroupDetail {
  const members = group.members.map((member) =>
    member.sha256 === sha256 ? { ...member, apart, choice: "open" as const, by: "", reason: "" } : member,
  );
  return { ...group, members, ...asking(members) };
}

/** What is left to ask of these images. */
function asking(members: readonly Member[]): Pick<GroupDetail, "asked" | "settled"> {
  const asked = members.filter((member) => member.choice === "open" && !member.apart).length;
  return { asked, settled: asked === 0 };
}

/** The group with some images chosen anew, before the server has answered. */
export function chosen(group: GroupDetail, choices: Readonly<Record<string, Choice>>): GroupDetail {
  const members = group.members.map((member) => {
    const choice = choices[member.uri];
    return choice === undefined ? member : { ...member, choice, by: "", reason: "" };
  });
  return { ...group, members, ...asking(members) };
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
