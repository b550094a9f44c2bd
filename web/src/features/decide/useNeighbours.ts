import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";

import { groupQuery, groupsQuery } from "@/api/groups";
import type { GroupView } from "@/api/groupView";

import { hasFreshOpen, neighbour, nextOpen } from "./neighbours";

/** The groups of a view around one of them. More of the list is fetched when its end comes near. */
export function useNeighbours(result: string, view: GroupView, key: string, later: readonly string[]) {
  const queries = useQueryClient();
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(groupsQuery(result, view));
  const groups = useMemo(() => data?.pages.flatMap((page) => page.groups) ?? [], [data]);
  const at = groups.findIndex((group) => group.key === key);
  const ending = hasNextPage && !isFetchingNextPage && (at >= groups.length - 20 || !hasFreshOpen(groups, key, later));
  useEffect(() => {
    if (ending) void fetchNextPage();
  }, [ending, fetchNextPage]);
  const next = nextOpen(groups, key, later);
  useEffect(() => {
    for (const ahead of new Set([next, neighbour(groups, key, 1)]))
      if (ahead) queries.query({ ...groupQuery(result, ahead, view.threshold), staleTime: 30_000 }).catch(() => undefined); // asked again when it is opened
  }, [queries, result, groups, key, next, view.threshold]);
  return {
    at,
    total: data?.pages[0]?.total ?? 0,
    loaded: data !== undefined && !hasNextPage,
    before: neighbour(groups, key, -1),
    after: neighbour(groups, key, 1),
    next,
  };
}
