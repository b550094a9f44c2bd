import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { answer, api } from "./client";
import type { Schema } from "./types";
import { upload } from "./upload";

export type Story = Schema["Story"];
export type StoryEvent = Schema["StoryEvent"];
export type MissedEstimate = Schema["MissedEstimate"];

const SHA256 = /^[0-9a-f]{64}$/;

/** What was decided on an image and done to it, by its address, its path or its SHA-256. */
export const storyQuery = (image: string) =>
  queryOptions({
    queryKey: ["story", image],
    queryFn: ({ signal }) =>
      answer(api.GET("/api/story", { params: { query: SHA256.test(image) ? { content: image } : { uri: image } }, signal })),
    enabled: image !== "",
  });

export type UncomparedPage = Schema["UncomparedPage"];

export const uncomparedQuery = (result: string) =>
  infiniteQueryOptions({
    queryKey: ["results", result, "uncompared"],
    queryFn: ({ pageParam: cursor, signal }) =>
      answer(api.GET("/api/results/{result}/uncompared", { params: { path: { result }, query: { cursor } }, signal })),
    initialPageParam: "",
    getNextPageParam: (page: UncomparedPage) => page.next ?? undefined,
  });

export const estimateMissed = (result: string, sample: number): Promise<MissedEstimate> =>
  answer(api.GET("/api/results/{result}/missed", { params: { path: { result }, query: { sample } } }));

/** Address of a CSV file with all decisions. */
export const decisionsFile = "/api/decisions/export";

/** Takes decisions from a CSV file: all of them, or none when one cannot be. */
export const importDecisions = (file: File): Promise<Schema["BulkDecided"]> =>
  upload("/api/decisions/import", [{ file, name: file.name }], { field: "file" });
