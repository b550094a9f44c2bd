import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { isActive } from "@/api/jobs";
import type { Job } from "@/api/types";

import { jobQuery, remember } from "./job";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15_000;

interface Watch {
  onJob: (job: Job) => void;
  /** Called when an event says that the job is over. It may be of an earlier try: ask how the job stands. */
  onEnd: () => void;
  /** Called with false when the line broke, and with true when it stands again. */
  onLine: (live: boolean) => void;
  open?: (address: string) => EventSource;
}

/**
 * Follows a job's events; returns what stops it.
 *
 * A line that breaks is picked up by the browser where it broke (Last-Event-ID). Where the server turned the line down,
 * the browser gives up: then we try again ourselves, with waits that grow.
 */
export function watchJob(id: string, { onJob, onEnd, onLine, open = (address) => new EventSource(address) }: Watch): () => void {
  let source: EventSource | null = null;
  let timer = 0;
  let wait = FIRST_WAIT;
  const stop = () => {
    window.clearTimeout(timer);
    source?.close();
  };
  const connect = () => {
    source = open(`/api/jobs/${encodeURIComponent(id)}/events`);
    source.addEventListener("open", () => {
      wait = FIRST_WAIT;
      onLine(true);
    });
    source.addEventListener("job", (event: MessageEvent<string>) => {
      const job = JSON.parse(event.data) as Job;
      if (isActive(job)) onJob(job);
      else onEnd();
    });
    source.addEventListener("error", () => {
      onLine(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = window.setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    });
  };
  connect();
  return stop;
}

/** A job as it stands, live as long as it is at work. `live` is false while the line to the server is broken. */
export function useJob(id: string) {
  const client = useQueryClient();
  const query = useQuery(jobQuery(id));
  const [live, setLive] = useState(true);
  const active = query.data !== undefined && isActive(query.data);
  const { refetch } = query;
  useEffect(() => {
    if (!active) return;
    return watchJob(id, { onJob: (job) => remember(client, job), onEnd: () => void refetch(), onLine: setLive });
  }, [id, active, client, refetch]);
  // While the line is broken, asking now and then still tells when it has ended.
  useEffect(() => {
    if (live || !active) return;
    const timer = window.setInterval(() => void refetch(), 5000);
    return () => window.clearInterval(timer);
  }, [live, active, refetch]);
  return { ...query, live: live || !active };
}
