import { useInfiniteQuery } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { CircleCheckBig, SearchX, Sparkles } from "lucide-react";
import { memo, type ReactNode, useCallback, useDeferredValue, useEffect, useLayoutEffect, useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";

import { useBrandName } from "@/api/brands";
import { groupsQuery, type GroupSummary } from "@/api/groups";
import { type GroupFilter, type GroupView, NO_FILTER, writeView } from "@/api/groupView";
import { Button, EmptyState, ErrorScreen, Skeleton } from "@/components/ui";
import { useLater } from "@/lib/later";
import { paths } from "@/lib/paths";
import { useSize } from "@/lib/useSize";
import { useFormat, useTexts } from "@/texts";

import { CARD, CardSkeleton, GroupCard, tilesIn } from "./GroupCard";
import { useListActions } from "./useListActions";

interface GroupListProps {
  result: string;
  view: GroupView;
  narrow: (part: Partial<GroupFilter>) => void;
  /** Whether the whole result has no groups. */
  nothing: boolean;
  tools: (result: string, view: GroupView, total: number) => ReactNode;
}

/** The groups that a view shows. Of tens of thousands only those in sight are on the page. */
export function GroupList({ result, view, narrow, nothing, tools }: GroupListProps) {
  const texts = useTexts().results;
  const format = useFormat();
  const query = useInfiniteQuery(groupsQuery(result, view));
  const groups = useMemo(() => query.data?.pages.flatMap((page) => page.groups) ?? [], [query.data]);
  const first = query.data?.pages[0];
  const later = useLater(result);
  const open = groups.find((group) => !group.settled && !later.includes(group.key)) ?? groups.find((group) => !group.settled);
  if (query.error) return <ErrorScreen error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <section aria-label={texts.list.title} aria-busy={query.isPending}>
      <div className="border-line flex min-h-12 flex-wrap items-center gap-2 border-t pt-3 pb-2">
        <h2 className="text-ink-2 tabular text-sm font-normal" aria-live="polite">
          {first ? texts.list.total(first.total, first.images, format.bytes(first.gain)) : <Skeleton className="h-5 w-64" />}
        </h2>
        <div className="ml-auto flex items-center gap-2">
          {first && tools(result, view, first.total)}
          {open && (
            <Button look="primary" size="sm" asChild>
              <Link to={`${paths.group(result, open.key)}?${writeView(view).toString()}`}>{texts.review}</Link>
            </Button>
          )}
        </div>
      </div>
      {first?.total === 0 ? (
        <Nothing nothing={nothing} view={view} narrow={narrow} result={result} />
      ) : (
        <Rows
          key={JSON.stringify(view)}
          result={result}
          view={view}
          groups={groups}
          total={first?.total ?? 8}
          more={query.hasNextPage && !query.isFetchingNextPage}
          fetchMore={query.fetchNextPage}
        />
      )}
    </section>
  );
}

interface RowsProps {
  result: string;
  view: GroupView;
  groups: readonly GroupSummary[];
  total: number;
  /** Whether another page can be fetched now. */
  more: boolean;
  fetchMore: () => Promise<unknown>;
}

/** Cards beside each other, by the width of the list. */
const columnsIn = (width: number) => (width >= 1500 ? 4 : width >= 1050 ? 3 : width >= 620 ? 2 : 1);

function Rows({ result, view, groups, total, more, fetchMore }: RowsProps) {
  const [ref, size] = useSize<HTMLUListElement>();
  const width = size?.width ?? 1000;
  const columns = columnsIn(width);
  const tiles = tilesIn((width - (columns - 1) * CARD.gap) / columns);
  const [offset, setOffset] = useState(0);
  useLayoutEffect(() => {
    if (ref.current) setOffset(ref.current.getBoundingClientRect().top + window.scrollY);
  }, [ref, size]);
  const rows = useWindowVirtualizer({
    count: Math.ceil(total / columns),
    estimateSize: () => CARD.height + CARD.gap,
    overscan: 4,
    scrollMargin: offset,
    useFlushSync: false,
  });
  const items = rows.getVirtualItems();
  const [from, until] = [(items[0]?.index ?? 0) * columns, Math.min(((items.at(-1)?.index ?? -1) + 1) * columns, total)];
  const missing = more && until >= groups.length;
  useEffect(() => {
    if (missing) void fetchMore();
  }, [missing, fetchMore]);
  const query = writeView(view).toString();
  const address = useCallback((key: string) => `${paths.group(result, key)}${query && `?${query}`}`, [result, query]);
  const navigate = useNavigate();
  const later = useLater(result);
  const { focused, setFocused } = useListActions({
    groups,
    later,
    scrollTo: (index) => rows.scrollToIndex(Math.floor(index / columns), { align: "auto" }),
    open: (key) => void navigate(address(key)),
  });
  // Far more cards pass by than can be drawn at once: they follow in small steps, and what has passed meanwhile is left out.
  const brandName = useBrandName();
  const putOff = useMemo(() => new Set(later), [later]);
  const shown = useDeferredValue(useMemo(() => ({ from, until, groups }), [from, until, groups]));
  return (
    <ul ref={ref} className="relative" style={{ height: rows.getTotalSize() }}>
      <Cards {...shown} total={total} columns={columns} tiles={tiles} address={address} later={putOff} brandName={brandName} focused={focused} onFocus={setFocused} />
    </ul>
  );
}

interface CardsProps {
  from: number;
  until: number;
  groups: readonly GroupSummary[];
  total: number;
  columns: number;
  tiles: number;
  address: (key: string) => string;
  later: ReadonlySet<string>;
  brandName: (key: string) => string;
  focused: string;
  onFocus: (key: string) => void;
}

const Cards = memo(function Cards({ from, until, groups, total, columns, tiles, address, later, brandName, focused, onFocus }: CardsProps) {
  const width = `calc((100% - ${(columns - 1) * CARD.gap}px) / ${columns})`;
  return Array.from({ length: Math.max(until - from, 0) }, (_, at) => {
    const index = from + at;
    const group = groups[index];
    const place = {
      top: Math.floor(index / columns) * (CARD.height + CARD.gap),
      left: `calc(${index % columns} * (100% + ${CARD.gap}px) / ${columns})`,
      width,
      height: CARD.height,
    };
    return (
      <li key={index} className="absolute contain-layout contain-style" style={place} aria-setsize={total} aria-posinset={index + 1}>
        {group ? (
          <GroupCard group={group} later={later.has(group.key)} brands={group.brands.map(brandName).join(", ")} to={address(group.key)} focused={focused === group.key} onFocus={onFocus} tiles={tiles} eager={index < 8} />
        ) : (
          <CardSkeleton />
        )}
      </li>
    );
  });
});

/** Why the list is empty, and the next step. */
function Nothing({ nothing, view, narrow, result }: { nothing: boolean; view: GroupView; narrow: GroupListProps["narrow"]; result: string }) {
  const texts = useTexts().results;
  if (nothing) return <EmptyState icon={Sparkles} title={texts.list.nothing}>{texts.list.nothingHint}</EmptyState>;
  if (view.filter.state === "open" && JSON.stringify({ ...view.filter, state: "any" }) === JSON.stringify(NO_FILTER))
    return (
      <EmptyState
        icon={CircleCheckBig}
        title={texts.list.allSettled}
        actions={
          <Button look="primary" asChild>
            <Link to={`${paths.actions()}?result=${encodeURIComponent(result)}`}>{texts.cleanUp}</Link>
          </Button>
        }
      >
        {texts.list.allSettledHint}
      </EmptyState>
    );
  return (
    <EmptyState icon={SearchX} title={texts.list.none} actions={<Button onClick={() => narrow(NO_FILTER)}>{texts.filter.clear}</Button>}>
      {texts.list.noneHint}
    </EmptyState>
  );
}
