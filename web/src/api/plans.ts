import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import type { Schema } from "./types";

export type Plan = Schema["PlanView"];
export type PlanInput = Schema["PlanInput"];
export type Method = PlanInput["method"];
export type Run = Schema["RunView"];

export const METHODS: readonly Method[] = ["quarantine", "trash", "hardlink", "reflink", "list", "webhook"];

export const planQuery = (plan: string) =>
  queryOptions({
    queryKey: ["plans", plan],
    queryFn: ({ signal }) => answer(api.GET("/api/plans/{plan}", { params: { path: { plan } }, signal })),
    enabled: plan !== "",
  });

export const runsKey = ["runs"] as const;

export const runsQuery = queryOptions({
  queryKey: runsKey,
  queryFn: ({ signal }) => answer(api.GET("/api/runs", { signal })),
});

export const makePlan = (body: PlanInput): Promise<Plan> => answer(api.POST("/api/plans", { body }));

/** Carries a plan out. `confirm` is the count that the person saw: when it is another by now, nothing happens. */
export const applyPlan = (plan: string, confirm: number): Promise<Run> =>
  answer(api.POST("/api/plans/{plan}/apply", { params: { path: { plan } }, body: { confirm } }));

/** Takes a run back, all of it or the files at these addresses. */
export const undoRun = (run: string, uris: readonly string[] = []): Promise<Run> =>
  answer(api.POST("/api/runs/{run}/undo", { params: { path: { run } }, body: { uris: [...uris], only: [] } }));

/** The files of a run, a page at a time. */
export const runItemsQuery = (run: string) =>
  infiniteQueryOptions({
    queryKey: [...runsKey, run, "items"],
    queryFn: ({ pageParam: cursor, signal }) => answer(api.GET("/api/runs/{run}/items", { params: { path: { run }, query: { cursor } }, signal })),
    initialPageParam: "",
    getNextPageParam: (page: Schema["RunItems"]) => page.next ?? undefined,
  });
