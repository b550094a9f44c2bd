import type { InfiniteData, QueryClient } from "@tanstack/react-query";

import { answer, api } from "./client";
import { type GroupDetail, groupKey, groupsKey, type GroupsPage, type GroupSummary } from "./groups";
import { asOurs } from "./others";
import { resultKey, type Summary } from "./results";
import type { Schema } from "./types";

export type GroupDecision = Schema["GroupDecision"];
export type Decided = Schema["Decided"];
export type BulkDecision = Schema["BulkDecision"];
export type BulkDecided = Schema["BulkDecided"];

/** Groups of another threshold than the run's exist only under it. */
const at = (threshold: number | null) => (threshold === null ? {} : { threshold });

/** Record a decision on a group. Refused (409) when somebody else decided on it since `seen`. */
export const decideGroup = (result: string, group: string, body: GroupDecision, threshold: number | null): Promise<Decided> =>
  answer(api.POST("/api/results/{result}/groups/{group}/decisions", { params: { path: { result, group }, query: at(threshold) }, body })).then(asOurs);

/** Decide, or with `preview` only count, for all groups that a filter shows. */
export const decideAll = (result: string, body: BulkDecision, threshold: number | null): Promise<BulkDecided> =>
  answer(api.POST("/api/results/{result}/decisions", { params: { path: { result }, query: at(threshold) }, body })).then(asOurs);

/** Take decisions back; the numbers in the answer take back the taking back. */
export const undoDecisions = (decisions: readonly number[]): Promise<Decided> =>
  answer(api.POST("/api/decisions/undo", { body: { decisions: [...decisions] } })).then(asOurs);

/** Changes one group wherever it is shown: in its page, in all lists, in the count of what is settled. */
export function patchGroup(
  queries: QueryClient,
  result: string,
  key: string,
  change: <G extends GroupSummary>(group: G) => G,
): void {
  let settled = 0;
  queries.setQueriesData<GroupDetail>({ queryKey: groupKey(result, key) }, (group) => {
    if (!group) return group;
    const next = change(group);
    settled = Number(next.settled) - Number(group.settled);
    return next;
  });
  queries.setQueriesData<InfiniteData<GroupsPage>>({ queryKey: groupsKey(result) }, (list) => list && patchList(list, key, change));
  if (settled !== 0)
    queries.setQueryData<Summary>([...resultKey(result), "summary"], (summary) =>
      summary && { ...summary, settled: summary.settled + settled },
    );
}

/** The same list with one group changed; pages without it stay the very same objects. */
export function patchList(
  list: InfiniteData<GroupsPage>,
  key: string,
  change: (group: GroupSummary) => GroupSummary,
): InfiniteData<GroupsPage> {
  const at = list.pages.findIndex((page) => page.groups.some((group) => group.key === key));
  if (at < 0) return list;
  const pages = list.pages.map((page, index) =>
    index === at ? { ...page, groups: page.groups.map((group) => (group.key === key ? change(group) : group)) } : page,
  );
  return { ...list, pages };
}
