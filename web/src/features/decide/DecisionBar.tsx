import type { GroupDetail, Member } from "@/api/groups";
import { outcome } from "@/api/settling";
import { ActionButton, KeyCaps } from "@/components/ui";
import type { Action } from "@/lib/actions";
import { classes } from "@/lib/classes";
import { useFormat, useTexts } from "@/texts";

import type { ReviewAction } from "./useReviewActions";

interface DecisionBarProps {
  group: GroupDetail;
  member: Member | undefined;
  /** URIs of images that confirming leaves open. */
  later: readonly string[];
  actions: Record<ReviewAction, Action>;
}

/** What to do: with the current image at the left, with the whole group at the right. */
export function DecisionBar({ group, member, later, actions }: DecisionBarProps) {
  const texts = useTexts().decide;
  return (
    <div className="border-line bg-canvas/95 flex flex-wrap items-center gap-2 border-t px-4 py-2.5 backdrop-blur max-lg:sticky max-lg:bottom-0 max-md:bottom-14 sm:px-6 lg:px-8">
      <div role="group" aria-label={texts.image} className="flex items-center gap-2 max-sm:basis-full">
        <ImageChoices member={member} later={later} actions={actions} />
      </div>
      <div role="group" aria-label={texts.wholeGroup} className="flex items-center gap-2 max-sm:basis-full sm:ml-auto">
        <GroupChoices group={group} later={later} actions={actions} />
      </div>
    </div>
  );
}

function ImageChoices({ member, later, actions }: Omit<DecisionBarProps, "group">) {
  const texts = useTexts().decide;
  const choice = member?.choice;
  const off = member !== undefined && choice === "open" && later.includes(member.uri);
  const apart = member?.apart === true && choice === "open";
  return (
    <>
      <ActionButton action={actions.drop} aria-pressed={choice === "drop"} className={classes("max-sm:flex-1", choice === "drop" && "border-bad text-bad-ink")}>
        {texts.drop}
      </ActionButton>
      <ActionButton action={actions.keep} aria-pressed={choice === "keep"} className={classes("max-sm:flex-1", choice === "keep" && "border-good text-good-ink")}>
        {texts.keep}
      </ActionButton>
      <ActionButton action={actions.apartOne} look="secondary" aria-label={texts.apartOne} aria-pressed={apart} className={apart ? "border-accent text-accent-ink" : ""}>
        <span className="max-xl:sr-only">{texts.apartOne}</span>
      </ActionButton>
      <ActionButton action={actions.laterOne} iconOnly look="secondary" aria-pressed={off} className={off ? "border-accent text-accent-ink" : ""} />
    </>
  );
}

function GroupChoices({ group, later, actions }: Omit<DecisionBarProps, "member">) {
  const texts = useTexts().decide;
  const format = useFormat();
  const found = outcome(group, new Set(later));
  const label = group.settled ? texts.next : found.keep.length + found.drop.length === 0 ? texts.later : texts.confirm(found.keep.length, found.drop.length);
  return (
    <>
      <span className="flex items-center sm:gap-1">
        <ActionButton action={actions.undo} look="ghost" iconOnly />
        <ActionButton action={actions.redo} look="ghost" iconOnly />
      </span>
      {!group.settled && found.gain > 0 && <span className="text-ink-2 tabular mr-1 text-sm max-xl:hidden">{texts.gain(format.bytes(found.gain))}</span>}
      {group.settled ? (
        <ActionButton action={actions.reopen} look="ghost" aria-label={texts.reopen}>
          <span className="max-sm:sr-only">{texts.reopen}</span>
        </ActionButton>
      ) : (
        <>
          <ActionButton action={actions.later} look="ghost" aria-label={texts.later} className="max-sm:px-3">
            <span className="max-lg:sr-only">{texts.later}</span>
          </ActionButton>
          <ActionButton action={actions.apart} aria-label={texts.apart} className="max-sm:px-3">
            <span className="max-lg:sr-only">{texts.apart}</span>
          </ActionButton>
        </>
      )}
      <ActionButton action={actions.confirm} look="primary" className="min-w-0 shrink max-sm:flex-1 max-sm:px-2">
        <span className="truncate">{label}</span>
        <span className="max-md:hidden [&_kbd]:border-white/30 [&_kbd]:bg-transparent [&_kbd]:text-current">
          <KeyCaps keys="Enter" />
        </span>
      </ActionButton>
    </>
  );
}
