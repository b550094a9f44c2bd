import { Check, ChevronLeft, ChevronRight, Clock, ClockPlus, Redo2, RotateCcw, Split, Undo2, CopyX, X } from "lucide-react";
import { useState } from "react";

import type { GroupDetail } from "@/api/groups";
import { toggled } from "@/api/settling";
import { toast } from "@/components/ui";
import { type Action, useActions } from "@/lib/actions";
import { putOff, putOffImage, takeUp, takeUpImage } from "@/lib/later";
import { useTexts } from "@/texts";

import { choosing, reopening, settingApart, settling, singlingOut } from "./choices";
import { useDecide, useHistory } from "./useDecide";
import type { Looking } from "./useReview";

export interface Going {
  before: string | null;
  after: string | null;
  /** To the next open group, or to the end of the review. */
  onwards: () => void;
  to: (group: string) => void;
}

export type ReviewAction =
  | "confirm"
  | "apart"
  | "later"
  | "reopen"
  | "keep"
  | "drop"
  | "apartOne"
  | "laterOne"
  | "next"
  | "previous"
  | "undo"
  | "redo"
  | "beside";

interface Given {
  result: string;
  group: GroupDetail;
  looking: Looking;
  going: Going;
  /** URIs of images that confirming leaves open. */
  laterImages: readonly string[];
  /** Another limit for `similar` than the one of the run. */
  threshold: number | null;
}

/** Everything that can be done to a group: one table for buttons, keys, help and palette. */
export function useReviewActions({ result, group, looking, going, laterImages, threshold }: Given): Record<ReviewAction, Action> {
  const texts = useTexts().decide;
  const decide = useDecide(result, threshold);
  const history = useHistory(result);
  const member = looking.members[looking.current];
  const { section } = texts;
  const off = new Set(laterImages);
  // Until the next group is drawn, keys still reach this one: nothing more may be decided of it by them.
  const [left, setLeft] = useState("");
  const here = (run: () => void) => (left === group.key ? () => undefined : run);
  const onwards = () => {
    setLeft(group.key);
    going.onwards();
  };
  const mark = (pressed: "keep" | "drop") => {
    if (!member) return;
    takeUpImage(group.key, member.uri);
    decide(choosing(group, member, toggled(member.choice, pressed), texts));
  };
  const apartOne = () => {
    if (!member) return;
    takeUpImage(group.key, member.uri);
    decide(singlingOut(group, member, texts));
  };
  const laterOne = () => {
    if (!member) return;
    if (off.has(member.uri)) takeUpImage(group.key, member.uri);
    else putOffImage(group.key, member.uri);
    if (!off.has(member.uri) && member.choice !== "open") decide(choosing(group, member, "open", texts));
  };
  const confirm = () => {
    const allOff = group.members.every(({ uri }) => off.has(uri));
    const settled = group.settled || allOff ? null : settling(group, off, texts);
    if (!settled && !group.settled && !allOff) {
      toast({ tone: "bad", title: texts.allDropped, lasts: 4000 });
      return;
    }
    if (settled) decide(settled);
    if (off.size > 0) putOff(result, [group.key]);
    else takeUp(result, group.key);
    onwards();
  };
  const apart = () => {
    takeUp(result, group.key);
    decide(settingApart(group, texts));
    onwards();
  };
  const later = () => {
    putOff(result, [group.key]);
    onwards();
  };
  const actions: Record<ReviewAction, Action> = {
    confirm: { id: "decide.confirm", label: texts.confirmAction, section, keys: ["Enter"], icon: Check, run: here(confirm) },
    keep: { id: "decide.keep", label: texts.keepCurrent, section, keys: ["Space"], icon: Check, run: here(() => mark("keep")) },
    drop: { id: "decide.drop", label: texts.dropCurrent, section, keys: ["x"], icon: X, run: here(() => mark("drop")) },
    apartOne: { id: "decide.apartOne", label: texts.apartOneHint, section, keys: ["n"], icon: CopyX, disabled: group.size < 2, run: here(apartOne) },
    laterOne: { id: "decide.laterOne", label: texts.laterOne, section, keys: ["shift+l"], icon: ClockPlus, run: here(laterOne) },
    apart: { id: "decide.apart", label: texts.apart, section, keys: ["a"], icon: Split, run: here(apart) },
    later: { id: "decide.later", label: texts.later, section, keys: ["l"], icon: Clock, run: here(later) },
    reopen: { id: "decide.reopen", label: texts.reopen, section, keys: ["o"], icon: RotateCcw, run: here(() => decide(reopening(group, texts))) },
    next: { id: "decide.next", label: texts.next, section, keys: ["j"], icon: ChevronRight, disabled: !going.after, run: () => going.after && going.to(going.after) },
    previous: { id: "decide.previous", label: texts.previous, section, keys: ["k"], icon: ChevronLeft, disabled: !going.before, run: () => going.before && going.to(going.before) },
    beside: { id: "decide.beside", label: texts.compareCurrent, section, keys: ["c"], run: looking.toggleExtra },
    undo: { id: "decide.undo", label: history.undoLabel ? texts.undoing(history.undoLabel) : texts.undo, section, keys: ["mod+z", "u"], icon: Undo2, disabled: !history.canUndo, run: history.undo },
    redo: { id: "decide.redo", label: history.redoLabel ? texts.redoing(history.redoLabel) : texts.redo, section, keys: ["mod+shift+z", "shift+u"], icon: Redo2, disabled: !history.canRedo, run: history.redo },
  };
  const moves: Action[] = [
    { id: "decide.nextMember", label: texts.nextMember, section, keys: ["ArrowRight"], keyOnly: true, run: () => looking.step(1) },
    { id: "decide.previousMember", label: texts.previousMember, section, keys: ["ArrowLeft"], keyOnly: true, run: () => looking.step(-1) },
    { id: "decide.firstMember", label: texts.firstMember, section, keys: ["Home"], keyOnly: true, run: () => looking.select(0) },
    { id: "decide.lastMember", label: texts.lastMember, section, keys: ["End"], keyOnly: true, run: () => looking.select(looking.members.length - 1) },
  ];
  useActions([...Object.values(actions), ...moves]);
  return actions;
}
