import { Check, Plus, X } from "lucide-react";

import type { Member } from "@/api/groups";
import { nameOf } from "@/components/groups/names";
import { Picture } from "@/components/ui";
import { classes } from "@/lib/classes";
import { useTexts } from "@/texts";

interface MemberTileProps {
  member: Member;
  index: number;
  count: number;
  /** Whether it is the one to keep, as far as the product can tell. */
  suggested: boolean;
  /** A, B … when it is on the stage. */
  letter?: string | undefined;
  current: boolean;
  onSelect: () => void;
  className?: string;
}

/** An image of the group with what is decided of it. */
export function MemberTile({ member, index, count, suggested, letter, current, onSelect, className }: MemberTileProps) {
  const texts = useTexts().decide;
  const { choice } = member;
  const word = { keep: texts.kept, drop: texts.dropped, open: suggested ? `${texts.open}, ${texts.suggested}` : texts.open }[choice];
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
      <Picture sha256={member.sha256} alt="" fit="contain" className={classes("size-full rounded-sm", choice === "drop" && "opacity-35 grayscale")} />
      <ChoiceMark choice={choice} suggested={suggested} />
      {letter && (
        <span className="bg-raised/90 text-ink absolute bottom-1 left-1 flex h-4.5 min-w-4.5 items-center justify-center rounded-xs px-1 text-2xs font-semibold">{letter}</span>
      )}
    </button>
  );
}

/** A mark in the corner: a shape and a colour, for those who see no colours. */
export function ChoiceMark({ choice, suggested }: { choice: Member["choice"]; suggested: boolean }) {
  const texts = useTexts().decide;
  if (choice === "keep") return <Mark className="bg-good text-white dark:text-black" icon={Check} title={texts.kept} />;
  if (choice === "drop") return <Mark className="bg-bad text-on-bad" icon={X} title={texts.dropped} />;
  return suggested ? <Mark className="bg-raised text-good-ink border-good border border-dashed" icon={Plus} title={texts.suggested} /> : null;
}

function Mark({ className, icon: Icon, title }: { className: string; icon: typeof Check; title: string }) {
  return (
    <span title={title} className={classes("absolute top-1 right-1 flex size-5 items-center justify-center rounded-full", className)}>
      <Icon className="size-3.5" strokeWidth={3} aria-hidden />
    </span>
  );
}
