import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import type { Schema } from "./types";

export type DecisionRow = Schema["DecisionRow"];

const EVERY_MS = 3000;
const MOST = 500;

/** Numbers of decisions that this window made itself. */
const ours = new Set<number>();

/** Remembers decisions as made by this window, and gives the answer on. */
export function asOurs<T extends { decisions: readonly number[] }>(made: T): T {
  for (const number of made.decisions) ours.add(number);
  return made;
}

/** What others have decided since the last look, or null at the first one, at which nothing is news. */
export interface News {
  rows: readonly DecisionRow[];
  /** There is more than could be told. */
  many: boolean;
}

let last: number | null = null;

async function look(signal: AbortSignal): Promise<News | null> {
  const after = last ?? Number.MAX_SAFE_INTEGER;
  const page = await answer(api.GET("/api/decisions", { params: { query: { after, limit: MOST } }, signal }));
  const first = last === null;
  last = page.revision;
  if (first) return null;
  return { rows: page.decisions.filter(({ id }) => !ours.has(id)), many: page.next != null };
}

/** Asks every few seconds, while the window is seen, what others have decided. */
export const othersQuery = queryOptions({
  queryKey: ["others"],
  queryFn: ({ signal }) => look(signal),
  refetchInterval: EVERY_MS,
  staleTime: 0,
});
