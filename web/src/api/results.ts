import { keepPreviousData, queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import type { Schema } from "./types";

export type Summary = Schema["Summary"];
export type Histogram = Schema["Histogram"];
export type Regrouped = Schema["Regrouped"];
export type MapColumns = Schema["Map"];

/** Keys under which answers about a result are kept; `resultKey` is the stem of them all. */
export const resultKey = (result: string) => ["results", result] as const;

export const summaryQuery = (result: string) =>
  queryOptions({
    queryKey: [...resultKey(result), "summary"],
    queryFn: ({ signal }) => answer(api.GET("/api/results/{result}", { params: { path: { result } }, signal })),
  });

export const histogramQuery = (result: string) =>
  queryOptions({
    queryKey: [...resultKey(result), "histogram"],
    queryFn: ({ signal }) => answer(api.GET("/api/results/{result}/histogram", { params: { path: { result } }, signal })),
    staleTime: Infinity,
  });

/** What another threshold would give. The last answer stays on the screen until the next one is there. */
export const regroupQuery = (result: string, threshold: number) =>
  queryOptions({
    queryKey: [...resultKey(result), "regroup", threshold],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/results/{result}/regroup", { params: { path: { result }, query: { threshold } }, signal })),
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  });

export const mapQuery = (result: string, brand: readonly string[]) =>
  queryOptions({
    queryKey: [...resultKey(result), "map", ...brand],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/results/{result}/map", { params: { path: { result }, query: { brand: [...brand] } }, signal })),
    staleTime: Infinity,
  });

export const skippedQuery = (result: string, cursor: string) =>
  queryOptions({
    queryKey: [...resultKey(result), "skipped", cursor],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/results/{result}/skipped", { params: { path: { result }, query: { cursor } }, signal })),
  });

export const EXPORTS = ["csv", "json", "html", "parquet", "urls"] as const;
export type ExportFormat = (typeof EXPORTS)[number];

/** Address of a file with the whole result. */
export const exportAddress = (result: string, format: ExportFormat) =>
  `/api/results/${encodeURIComponent(result)}/export?format=${format}`;
