import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import { type GroupView, NO_FILTER } from "./groupView";
import { resultKey } from "./results";
import type { Schema } from "./types";

export type GroupSummary = Schema["GroupSummary"];
export type GroupDetail = Schema["GroupDetail"];
export type GroupsPage = Schema["Groups"];
export type Member = Schema["Member"];
export type Image = Schema["Image"];
export type Edge = Schema["Edge"];
export type Link = Schema["Link"];

/** The first page is small, so that something is there at once; those behind it are larger, so that scrolling is. */
const FIRST = 40;
const NEXT = 120;

export const groupsKey = (result: string) => [...resultKey(result), "groups"] as const;
export const groupKey = (result: string, group: string) => [...resultKey(result), "group", group] as const;

function query({ filter, sort, descending, threshold }: GroupView) {
  const set = Object.entries(filter).filter(([name, value]) => {
    const unset = NO_FILTER[name as keyof typeof NO_FILTER];
    return Array.isArray(value) ? value.length > 0 : value !== unset && value !== null;
  });
  return { ...(Object.fromEntries(set) as Partial<GroupView["filter"]>), sort, descending, ...(threshold !== null && { threshold }) };
}

/** The groups that a view shows, page after page. Decisions change them in place, so that nothing jumps. */
export const groupsQuery = (result: string, view: GroupView) =>
  infiniteQueryOptions({
    queryKey: [...groupsKey(result), view],
    queryFn: ({ pageParam: cursor, signal }) =>
      answer(
        api.GET("/api/results/{result}/groups", {
          params: { path: { result }, query: { ...query(view), cursor, limit: cursor ? NEXT : FIRST } },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page: GroupsPage) => page.next ?? undefined,
    staleTime: Infinity,
  });

const MOST_KEYS = 500;

/** The keys of the open groups that a view shows, in its order, at most `most` of them. */
export async function openKeys(result: string, view: GroupView, most: number): Promise<string[]> {
  const keys: string[] = [];
  const open = query({ ...view, filter: { ...view.filter, state: "open" } });
  for (let cursor: string | null | undefined = ""; cursor != null && keys.length < most; ) {
    const asked = { ...open, cursor, limit: MOST_KEYS };
    const page: GroupsPage = await answer(api.GET("/api/results/{result}/groups", { params: { path: { result }, query: asked } }));
    keys.push(...page.groups.map(({ key }) => key));
    cursor = page.next;
  }
  return keys.slice(0, most);
}

export const groupQuery = (result: string, group: string, threshold: number | null = null) =>
  queryOptions({
    queryKey: [...groupKey(result, group), threshold],
    queryFn: ({ signal }) =>
      answer(
        api.GET("/api/results/{result}/groups/{group}", {
          params: { path: { result, group }, query: threshold === null ? {} : { threshold } },
          signal,
        }),
      ),
  });
