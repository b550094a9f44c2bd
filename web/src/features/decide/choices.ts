import type { GroupDetail, Member } from "@/api/groups";
import { type Choice, choicesOf, chosen, outcome, setApart } from "@/api/settling";
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

/** One image called no duplicate of the others; or, when that was said already, taken back. */
export function singlingOut(group: GroupDetail, member: Member, texts: Texts["decide"]): Deciding {
  const apart = !member.apart;
  return {
    group,
    decision: { action: apart ? "apart" : "together", images: [member.uri] },
    label: apart ? texts.did.apartOne : texts.did.open,
    after: (now) => setApart(now, member.sha256, apart),
  };
}

/** The group settled as its marks and the suggestion say, but for what was put off; null when nothing would be kept. */
export function settling(group: GroupDetail, putOff: ReadonlySet<string>, texts: Texts["decide"]): Deciding | null {
  const found = outcome(group, putOff);
  if (found.keep.length === 0) return null;
  return {
    group,
    decision: putOff.size > 0 ? { action: "choose", choices: choicesOf(found) } : { action: "settle", keep: [...found.keep] },
    label: texts.did.settle(found.keep.length, found.drop.length),
    after: (now) => chosen(now, choicesOf(found)),
  };
}

export function settingApart(group: GroupDetail, texts: Texts["decide"]): Deciding {
  return {
    group,
    decision: { action: "apart" },
    label: texts.did.apart,
    after: (now) => ({
      ...now,
      asked: 0,
      settled: true,
      members: now.members.map((member) => ({ ...member, apart: true })),
    }),
  };
}

export function reopening(group: GroupDetail, texts: Texts["decide"]): Deciding {
  const choices = Object.fromEntries(group.members.map((member) => [member.uri, "open" as const]));
  const after = (now: GroupDetail) => {
    const members = now.members.map((member) => ({ ...member, apart: false }));
    return chosen({ ...now, members }, choices);
  };
  return { group, decision: { action: "open" }, label: texts.did.reopen, after };
}
