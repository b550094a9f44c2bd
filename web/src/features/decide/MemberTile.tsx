import { Check, Clock, Plus, CopyX, X } from "lucide-react";

import type { Member } from "@/api/groups";
import { nameOf } from "@/components/groups/names";
import { Picture } from "@/components/ui";
import { classes } from "@/lib/classes";
import { type Texts, useTexts } from "@/texts";

interface MemberTileProps {
  member: Member;
  index: number;
  count: number;
  /** Whether it is the one to keep, as far as the product can tell. */
  suggested: boolean;
  /** A, B … when it is on the stage. */
  letter?: string | undefined;
  current: boolean;
  /** Whether the person put it off. */
  later: boolean;
  onSelect: () => void;
  className?: string;
}

/** An image of the group with what is decided of it. */
export function MemberTile({ member, index, count, suggested, letter, current, later, onSelect, className }: MemberTileProps) {
  const texts = useTexts().decide;
  const state = stateOf(member, suggested, later);
  const word = wordsOf(texts)[state];
  return (
    <button
      type="button"
      aria-label={`${letter ? `${letter}: ` : ""}${texts.member(nameOf(member), word, index + 1, count)}`}
      aria-current={current || undefined}
      onClick={onSelect}
      className={classes(
        "group/tile bg-surface relative block overflow-hidden rounded-md border-2 border-transparent text-left outline-offset-1",
        current && "border-accent",
        className,
      )}
    >
      <Picture sha256={member.sha256} alt="" fit="contain" className={classes("size-full rounded-sm", state === "drop" && "opacity-35 grayscale")} />
      <StateMark state={state} />
      {letter && (
        <span className="bg-raised/90 text-ink absolute bottom-1 left-1 flex h-4.5 min-w-4.5 items-center justify-center rounded-xs px-1 text-2xs font-semibold">{letter}</span>
      )}
    </button>
  );
}

type State = "keep" | "drop" | "apart" | "later" | "suggested" | "open";

function stateOf({ choice, apart }: Member, suggested: boolean, later: boolean): State {
  if (choice !== "open") return choice;
  if (apart) return "apart";
  if (later) return "later";
  return suggested ? "suggested" : "open";
}

const wordsOf = (texts: Texts["decide"]): Record<State, string> => ({
  keep: texts.kept,
  drop: texts.dropped,
  apart: texts.apartOne,
  later: texts.later,
  suggested: `${texts.open}, ${texts.suggested}`,
  open: texts.open,
});

const MARKS = {
  keep: { icon: Check, className: "bg-good text-white dark:text-black" },
  drop: { icon: X, className: "bg-bad text-on-bad" },
  apart: { icon: CopyX, className: "bg-raised text-ink border-line-strong border" },
  later: { icon: Clock, className: "bg-raised text-ink border-line-strong border" },
  suggested: { icon: Plus, className: "bg-raised text-good-ink border-good border border-dashed" },
} as const;

/** A mark in the corner: a shape and a colour, for those who see no colours. */
function StateMark({ state }: { state: State }) {
  const texts = useTexts().decide;
  return state === "open" ? null : <Mark {...MARKS[state]} title={wordsOf(texts)[state]} />;
}

function Mark({ className, icon: Icon, title }: { className: string; icon: typeof Check; title: string }) {
  return (
    <span title={title} className={classes("absolute top-1 right-1 flex size-5 items-center justify-center rounded-full", className)}>
      <Icon className="size-3.5" strokeWidth={3} aria-hidden />
    </span>
  );
}
