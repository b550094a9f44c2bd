import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";

import type { Member } from "@/api/groups";
import { useTexts } from "@/texts";

import { MemberTile } from "./MemberTile";

export interface MembersProps {
  members: readonly Member[];
  /** URI of the suggested keeper. */
  keeper: string;
  current: number;
  letterOf: (member: Member) => string | undefined;
  /** URIs of images that were put off. */
  later: readonly string[];
  onSelect: (index: number) => void;
}

const TILE = 96;
const GAP = 8;

/** All images of a group in a row; of thousands only those in sight are on the page. */
export function MemberStrip({ members, keeper, current, letterOf, later, onSelect }: MembersProps) {
  const texts = useTexts().decide;
  const ref = useRef<HTMLDivElement>(null);
  const row = useVirtualizer({
    horizontal: true,
    count: members.length,
    getScrollElement: () => ref.current,
    estimateSize: () => TILE + GAP,
    overscan: 6,
    paddingStart: 2,
  });
  useEffect(() => {
    if (current < row.options.count) row.scrollToIndex(current, { align: "auto" });
  }, [row, current]);
  return (
    <div ref={ref} role="group" aria-label={texts.members} tabIndex={-1} className="no-scrollbar shrink-0 overflow-x-auto overscroll-x-contain py-1">
      <div className="relative" style={{ width: row.getTotalSize(), height: TILE }}>
        {row.getVirtualItems().map((item) => {
          const member = members[item.index];
          if (!member) return null;
          return (
            <div key={member.uri} className="absolute top-0" style={{ left: item.start, width: TILE, height: TILE }}>
              <MemberTile
                member={member}
                index={item.index}
                count={members.length}
                suggested={member.uri === keeper}
                letter={letterOf(member)}
                later={later.includes(member.uri)}
                current={item.index === current}
                onSelect={() => onSelect(item.index)}
                className="size-full"
              />
            </div>
          );
        })}
      </div>
    </div>
  );
}
