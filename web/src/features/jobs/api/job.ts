import { type QueryClient, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { answer, api } from "@/api/client";
import { jobsQuery } from "@/api/jobs";
import type { Job, Schema } from "@/api/types";

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["jobs", id],
    queryFn: ({ signal }) => answer(api.GET("/api/jobs/{job}", { params: { path: { job: id } }, signal })),
    placeholderData: undefined,
  });

/** Puts what is known of a job now where the list and its page read it. */
export function remember(client: QueryClient, job: Job): void {
  client.setQueryData(jobQuery(job.id).queryKey, job);
  client.setQueryData(jobsQuery.queryKey, (jobs: Job[] | undefined) => jobs?.map((one) => (one.id === job.id ? job : one)));
}

/** Asks for a job to be stopped; it is over only when the server says so. */
export function useCancelJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (job: Job) => answer(api.POST("/api/jobs/{job}/cancel", { params: { path: { job: job.id } } })),
    onSuccess: (job) => remember(client, job),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

export function useRetryJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (job: Job) => answer(api.POST("/api/jobs/{job}/retry", { params: { path: { job: job.id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Whether a job kept its images from a back end that costs money, since nobody has agreed to that yet. */
export const asksForConsent = (job: Job) => job.state === "done" && job.progress.fallbacks.some((sentence) => sentence.includes("confirm_cost"));

/** Runs a job again as it was asked for, with the images sent to the back end that costs money. */
export function useAgreeToCost() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ brands, params }: Job) => {
      const { method, embedders, threshold } = params as Partial<Schema["JobInput"]>;
      return answer(api.POST("/api/jobs", { body: { brands, method, embedders, threshold, sync: false, confirm_cost: true } }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}

/** Takes a job off the list at once, and puts it back when the server says no. */
export function useRemoveJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (job: Job) => answer(api.DELETE("/api/jobs/{job}", { params: { path: { job: job.id } } })),
    onMutate: (job) => {
      const before = client.getQueryData(jobsQuery.queryKey);
      client.setQueryData(jobsQuery.queryKey, (jobs: Job[] | undefined) => jobs?.filter((one) => one.id !== job.id));
      return { before };
    },
    onError: (_error, _job, context) => client.setQueryData(jobsQuery.queryKey, context?.before),
    onSettled: () => client.invalidateQueries({ queryKey: ["jobs"] }),
  });
}
