import type { GroupDetail, Member } from "@/api/groups";
import { type Choice, choicesOf, chosen, outcome } from "@/api/settling";
import type { Texts } from "@/texts";

import type { Deciding } from "./useDecide";

/** One image chosen: kept, dropped, or open again. */
export function choosing(group: GroupDetail, member: Member, choice: Choice, texts: Texts["decide"]): Deciding {
  const choices = { [member.uri]: choice };
  return {
    group,
    decision: { action: "choose", choices },
    label: texts.did[choice],
    after: (now) => chosen(now, choices),
  };
}

/** The whole group settled as its marks and the suggestion say; null when nothing would be kept. */
export function settling(group: GroupDetail, texts: Texts["decide"]): Deciding | null {
  const found = outcome(group);
  if (found.keep.length === 0) return null;
  return {
    group,
    decision: { action: "settle", keep: [...found.keep] },
    label: texts.did.settle(found.keep.length, found.drop.length),
    after: (now) => chosen(now, choicesOf(found)),
  };
}

export function settingApart(group: GroupDetail, texts: Texts["decide"]): Deciding {
  return {
    group,
    decision: { action: "apart" },
    label: texts.did.apart,
    after: (now) => ({ ...now, asked: 0, settled: true }),
  };
}

export function reopening(group: GroupDetail, texts: Texts["decide"]): Deciding {
  const choices = Object.fromEntries(group.members.map((member) => [member.uri, "open" as const]));
  return { group, decision: { action: "open" }, label: texts.did.reopen, after: (now) => chosen(now, choices) };
}
