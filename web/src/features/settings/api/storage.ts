import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, api } from "@/api/client";

/** One part of what is stored, as the server names and counts it. */
export interface Part {
  name: string;
  rows: number | null;
  bytes: number | null;
}

const number = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** The parts of a cache's state, whatever further the server says of them. */
export function partsOf(raw: readonly Record<string, unknown>[]): Part[] {
  return raw.map((part) => ({
    name: typeof part.name === "string" ? part.name : typeof part.part === "string" ? part.part : "?",
    rows: number(part.rows) ?? number(part.count) ?? number(part.files),
    bytes: number(part.bytes),
  }));
}

export const totalBytes = (parts: readonly Part[]): number => parts.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);

const storageQuery = queryOptions({
  queryKey: ["storage"],
  queryFn: async ({ signal }) => partsOf((await answer(api.GET("/api/cache", { signal }))).parts),
});

export const useStorage = () => useQuery(storageQuery);

export function usePrune() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async () => partsOf((await answer(api.POST("/api/cache/prune"))).parts),
    onSuccess: (parts) => client.setQueryData(storageQuery.queryKey, parts),
  });
}
