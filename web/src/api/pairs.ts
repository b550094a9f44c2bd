import { queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import { resultKey } from "./results";
import type { Schema } from "./types";

export type Pair = Schema["Pair"];

/** What joins two contents (SHA-256), with the transform from the first to the second. */
export const pairQuery = (result: string, a: string, b: string) =>
  queryOptions({
    queryKey: [...resultKey(result), "pair", a, b],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/results/{result}/pairs/{a}/{b}", { params: { path: { result, a, b } }, signal })),
    staleTime: Infinity,
  });

/** Address of the server's own picture of the differences, both images aligned. */
export const differencePicture = (result: string, a: string, b: string) =>
  `/api/results/${encodeURIComponent(result)}/pairs/${a}/${b}/picture`;
