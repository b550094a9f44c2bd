import { keepPreviousData, MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { createStore } from "@/lib/store";

import { ApiError, statusOf, Unreachable } from "./problems";

/** Whether the last request reached the server. */
export const reachable = createStore(true);

/** Called when the server asks who we are. */
export const signInNeeded = createStore(false);

function watch(error: unknown): void {
  if (error instanceof Unreachable) reachable.set(false);
  if (statusOf(error) === 401) signInNeeded.set(true);
}

/** What the server refused stays refused; what did not reach it, or what it failed at, may work a moment later. */
const mayRetry = (failures: number, error: unknown) =>
  failures < 2 && !(error instanceof ApiError && error.status < 500 && error.status !== 429);

export function createQueries(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch, onSuccess: () => reachable.set(true) }),
    mutationCache: new MutationCache({ onError: watch, onSuccess: () => reachable.set(true) }),
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: mayRetry,
        retryDelay: (attempt) => Math.min(1000 * 2 ** attempt, 8000),
        placeholderData: keepPreviousData,
        // The browser's own word on being online is about networks; our server may be on this machine.
        networkMode: "always",
      },
      mutations: { networkMode: "always" },
    },
  });
}
