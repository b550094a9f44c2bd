import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";

import { brandsQuery } from "@/api/brands";
import { isActive, useJobs } from "@/api/jobs";
import type { Brand, Job } from "@/api/types";
import { toast } from "@/components/ui";
import { paths } from "@/lib/paths";
import { preferences } from "@/lib/preferences";
import { type Texts, useTexts } from "@/texts";

/** Jobs that have ended and were not among those that had ended when we last looked. */
export function finishedSince(before: ReadonlySet<string>, jobs: readonly Job[]): Job[] {
  return jobs.filter((job) => !before.has(job.id) && !isActive(job));
}

function notify(title: string, body: string, open: () => void): void {
  if (!preferences.get().notify || document.visibilityState === "visible") return;
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  const notification = new Notification(title, { body, icon: "/icon.svg" });
  notification.onclick = () => {
    window.focus();
    open();
  };
}

/** Marks the browser's title until somebody looks. */
function markTitle(): void {
  if (document.visibilityState === "visible" || document.title.startsWith("✓ ")) return;
  document.title = `✓ ${document.title}`;
  const clear = () => {
    document.title = document.title.replace(/^✓ /, "");
  };
  document.addEventListener("visibilitychange", clear, { once: true });
}

function announce(job: Job, brands: readonly Brand[], texts: Texts, open: () => void): void {
  if (job.state === "cancelled") return;
  const done = job.state === "done";
  const names = job.brands.map((key) => brands.find((brand) => brand.key === key)?.name ?? key);
  const title = done ? texts.jobs.announce.done(names) : texts.jobs.announce.failed(names);
  const label = done ? texts.jobs.announce.open : texts.jobs.announce.look;
  toast({ tone: done ? "good" : "bad", title, said: job.error, action: { label, run: open }, lasts: 12_000 });
  markTitle();
  notify(title, job.error, open);
}

/** Tells when a job has come to its end, on whatever page one is. */
export function useAnnouncements(): void {
  const { data: jobs } = useJobs();
  const texts = useTexts();
  const navigate = useNavigate();
  const client = useQueryClient();
  const ended = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!jobs) return;
    // At the first look, nothing is news.
    const finished = ended.current ? finishedSince(ended.current, jobs) : [];
    ended.current = new Set(jobs.filter((job) => !isActive(job)).map((job) => job.id));
    if (finished.length === 0) return;
    const tell = () => {
      const brands = client.getQueryData(brandsQuery.queryKey) ?? [];
      for (const job of finished)
        announce(job, brands, texts, () => void navigate(job.state === "done" ? paths.results(job.id) : paths.job(job.id)));
    };
    // The brands' names are not known on every page, and their counts have changed.
    void client.invalidateQueries({ queryKey: ["brands"] });
    void client.query(brandsQuery).then(tell, tell);
  }, [jobs, texts, navigate, client]);
}
