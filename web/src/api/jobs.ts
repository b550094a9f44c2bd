import { queryOptions, useQuery } from "@tanstack/react-query";

import { answer, api } from "./client";
import type { Job } from "./types";

export const isActive = (job: Pick<Job, "state">) => job.state === "queued" || job.state === "running";

/** The newest jobs; asked often while one of them is at work, and now and then otherwise. */
export const jobsQuery = queryOptions({
  queryKey: ["jobs"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/jobs", { params: { query: { limit: 50 } }, signal }))).jobs,
  // In the background too: a run that ends there announces itself.
  refetchIntervalInBackground: true,
  refetchInterval: ({ state }) => (state.data?.some(isActive) ? 2000 : 20_000),
});

export const useJobs = () => useQuery(jobsQuery);
