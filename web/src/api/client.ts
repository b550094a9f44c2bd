import createClient, { type Middleware } from "openapi-fetch";

import { createStore } from "@/lib/store";

import { problemOf, Unreachable } from "./problems";
import type { paths } from "./schema";

/** The token that requests which change something must carry; the session hands it out. */
export const csrf = createStore("");

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

const errors: Middleware = {
  onRequest: ({ request }) => {
    if (!SAFE.has(request.method) && csrf.get()) request.headers.set("X-CSRF-Token", csrf.get());
    return request;
  },
  onResponse: async ({ response }) => {
    if (!response.ok) throw await problemOf(response);
    return response;
  },
  onError: ({ error }) => {
    if (error instanceof DOMException && error.name === "AbortError") return error;
    return new Unreachable(error);
  },
};

/** The typed client of the API. Failures are thrown: `ApiError` or `Unreachable`. */
export const api = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
  fetch: (request) => fetch(request),
  querySerializer: { array: { style: "form", explode: true } },
});
api.use(errors);

/** The data of an answer; errors were thrown before. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}
