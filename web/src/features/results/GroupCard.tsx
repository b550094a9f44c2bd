import { CircleCheckBig } from "lucide-react";
import { memo, useEffect, useRef } from "react";
import { Link } from "react-router";

import type { GroupSummary } from "@/api/groups";
import { nameOf } from "@/components/groups/names";
import { Badge, Picture, RelationBadge, Skeleton } from "@/components/ui";
import { classes } from "@/lib/classes";
import { useFormat, useTexts } from "@/texts";

/** Sizes in pixels: the list needs to know them before the cards are there. */
export const CARD = { height: 172, gap: 12, padding: 12, tile: 88, tileGap: 8 } as const;

/** How many pictures fit beside each other in a card. */
export function tilesIn(width: number): number {
  return Math.max(2, Math.floor((width - 2 * CARD.padding + CARD.tileGap) / (CARD.tile + CARD.tileGap)));
}

interface GroupCardProps {
  group: GroupSummary;
  /** Whether the person put it off. */
  later: boolean;
  /** Names of its brands. */
  brands: string;
  to: string;
  focused: boolean;
  onFocus: (key: string) => void;
  /** How many pictures fit. */
  tiles: number;
  /** Loads its pictures at once. */
  eager: boolean;
}

/** A group in the list: what stays, what is like it, and what it comes to. */
export const GroupCard = memo(function GroupCard({ group, later, brands, to, focused, onFocus, tiles, eager }: GroupCardProps) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (focused && document.activeElement !== link.current) link.current?.focus({ preventScroll: true });
  }, [focused]);
  return (
    <Link
      ref={link}
      to={to}
      onFocus={() => onFocus(group.key)}
      className="border-line bg-surface hover:border-line-strong shadow-card flex h-full flex-col justify-between overflow-hidden rounded-lg border p-3 transition-colors"
    >
      <Pictures group={group} tiles={tiles} eager={eager} />
      <Facts group={group} later={later} brands={brands} />
    </Link>
  );
});

const TILE = "size-22 shrink-0 rounded-md";

/** The suggested image first, and those that belong to it; the last place says how many more there are. */
function Pictures({ group, tiles, eager }: Pick<GroupCardProps, "group" | "tiles" | "eager">) {
  const texts = useTexts().results.list;
  const others = group.preview.filter((image) => image.uri !== group.keeper.uri).slice(0, tiles - 1);
  const rest = group.size - 1 - others.length;
  return (
    <div className={classes("flex gap-2", group.settled && "opacity-60")}>
      <Picture sha256={group.keeper.sha256} alt="" side={160} eager={eager} className={TILE} />
      {others.map((image, index) => (
        <span key={`${image.id} ${image.uri}`} className="relative shrink-0">
          <Picture sha256={image.sha256} alt="" side={160} eager={eager} className={TILE} />
          {index === others.length - 1 && rest > 0 && (
            <span className="absolute inset-0 flex items-center justify-center rounded-md bg-black/60 text-sm font-semibold text-white">{texts.rest(rest + 1)}</span>
          )}
        </span>
      ))}
    </div>
  );
}

function Facts({ group, later, brands }: Pick<GroupCardProps, "group" | "later" | "brands">) {
  const texts = useTexts();
  const format = useFormat();
  const { list } = texts.results;
  return (
    <div>
      <div className="flex items-center gap-2">
        <RelationBadge relation={group.relation} label={texts.app.relation[group.relation]} />
        <span className="text-ink-2 tabular text-sm">{texts.app.general.images(group.size)}</span>
        <span className="text-ink-2 tabular ml-auto text-sm">{format.bytes(group.gain)}</span>
        {group.settled ? (
          <Badge tone="good">
            <CircleCheckBig className="size-3" aria-hidden />
            {list.settled}
          </Badge>
        ) : (
          (later || group.asked < group.size) && <Badge tone="accent">{later ? list.later : list.asked(group.asked)}</Badge>
        )}
      </div>
      <p className="text-ink-3 mt-1 truncate text-xs">
        <span className="text-ink">{nameOf(group.keeper)}</span> · {brands} · <span className="tabular">{list.score(format.percent(group.score))}</span>
      </p>
    </div>
  );
}

export function CardSkeleton() {
  return (
    <div className="border-line flex h-full flex-col justify-between overflow-hidden rounded-lg border p-3" aria-hidden>
      <div className="flex gap-2">
        {[0, 1, 2].map((index) => (
          <Skeleton key={index} className="size-22 shrink-0 rounded-md" />
        ))}
      </div>
      <div className="space-y-2">
        <Skeleton className="h-5.5 w-36 rounded-full" />
        <Skeleton className="h-3 w-56" />
      </div>
    </div>
  );
}
