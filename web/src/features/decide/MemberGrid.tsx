import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect } from "react";

import { nameOf } from "@/components/groups/names";
import { useSize } from "@/lib/useSize";
import { useFormat, useTexts } from "@/texts";

import type { MembersProps } from "./MemberStrip";
import { MemberTile } from "./MemberTile";

const LEAST = 150;
const GAP = 12;
const CAPTION = 40;

/** All images of a group in rows; of thousands only those in sight are on the page. */
export function MemberGrid({ members, keeper, current, letterOf, later, onSelect }: MembersProps) {
  const texts = useTexts().decide;
  const format = useFormat();
  const [ref, size] = useSize<HTMLDivElement>();
  const columns = Math.max(2, Math.floor(((size?.width ?? 640) + GAP) / (LEAST + GAP)));
  const side = ((size?.width ?? 640) - (columns - 1) * GAP) / columns;
  const rows = useVirtualizer({
    count: Math.ceil(members.length / columns),
    getScrollElement: () => ref.current,
    estimateSize: () => side + CAPTION + GAP,
    overscan: 2,
  });
  useEffect(() => rows.measure(), [rows, side]);
  useEffect(() => {
    if (size) rows.scrollToIndex(Math.floor(current / columns), { align: "auto" });
  }, [rows, current, columns, size]);
  return (
    <div ref={ref} role="group" aria-label={texts.members} tabIndex={-1} className="min-h-60 flex-1 overflow-y-auto max-lg:h-[70dvh] max-lg:flex-none">
      <div className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => (
          <div key={row.key} className="absolute inset-x-0 grid" style={{ top: row.start, gap: GAP, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
            {members.slice(row.index * columns, (row.index + 1) * columns).map((member, column) => {
              const index = row.index * columns + column;
              return (
                <div key={member.uri}>
                  <div style={{ height: side }}>
                    <MemberTile
                      member={member}
                      index={index}
                      count={members.length}
                      suggested={member.uri === keeper}
                      letter={letterOf(member)}
                later={later.includes(member.uri)}
                      current={index === current}
                      onSelect={() => onSelect(index)}
                      className="border-line size-full border-2"
                    />
                  </div>
                  <p className="text-ink-2 mt-1 truncate text-xs">{nameOf(member)}</p>
                  <p className="text-ink-3 tabular truncate text-2xs">
                    {format.number(member.width)} × {format.number(member.height)} · {format.bytes(member.bytes)}
                  </p>
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
