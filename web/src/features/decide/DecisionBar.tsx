import type { GroupDetail, Member } from "@/api/groups";
import { outcome } from "@/api/settling";
import { ActionButton, KeyCaps } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import type { ReviewAction } from "./useReviewActions";
import type { Action } from "@/lib/actions";

interface DecisionBarProps {
  group: GroupDetail;
  member: Member | undefined;
  actions: Record<ReviewAction, Action>;
}

/** What to do: with the current image at the left, with the whole group at the right. */
export function DecisionBar({ group, member, actions }: DecisionBarProps) {
  const texts = useTexts().decide;
  const format = useFormat();
  const found = outcome(group);
  const label = group.settled ? texts.next : texts.confirm(found.keep.length, found.drop.length);
  return (
    <div className="border-line bg-canvas/95 flex flex-wrap items-center gap-2 border-t px-4 py-2.5 backdrop-blur max-lg:sticky max-lg:bottom-0 max-md:bottom-14 sm:px-6 lg:px-8">
      <div className="flex items-center gap-1">
        <ActionButton action={actions.undo} look="ghost" iconOnly />
        <ActionButton action={actions.redo} look="ghost" iconOnly />
      </div>
      <div className="flex items-center gap-2 max-sm:ml-auto">
        <ActionButton action={actions.drop} aria-pressed={member?.choice === "drop"} className={member?.choice === "drop" ? "border-bad text-bad-ink" : ""}>
          {texts.drop}
        </ActionButton>
        <ActionButton action={actions.keep} aria-pressed={member?.choice === "keep"} className={member?.choice === "keep" ? "border-good text-good-ink" : ""}>
          {texts.keep}
        </ActionButton>
      </div>
      <div className="flex items-center gap-2 max-sm:basis-full sm:ml-auto">
        {!group.settled && found.gain > 0 && <span className="text-ink-2 tabular mr-1 text-sm max-md:hidden">{texts.gain(format.bytes(found.gain))}</span>}
        {group.settled ? (
          <ActionButton action={actions.reopen} look="ghost" />
        ) : (
          <>
            <ActionButton action={actions.later} look="ghost" aria-label={texts.later}>
              <span className="max-sm:sr-only">{texts.later}</span>
            </ActionButton>
            <ActionButton action={actions.apart} aria-label={texts.apart}>
              <span className="max-sm:sr-only">{texts.apart}</span>
            </ActionButton>
          </>
        )}
        <ActionButton action={actions.confirm} look="primary" className="max-sm:flex-1">
          {label}
          <span className="max-md:hidden [&_kbd]:border-white/30 [&_kbd]:bg-transparent [&_kbd]:text-current">
            <KeyCaps keys="Enter" />
          </span>
        </ActionButton>
      </div>
    </div>
  );
}
