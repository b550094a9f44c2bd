import { Activity, ArrowRight, Ban, Images, RotateCcw, Trash2 } from "lucide-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";

import { useBrandName } from "@/api/brands";
import { isActive, useJobs } from "@/api/jobs";
import { useMay } from "@/api/session";
import type { Job } from "@/api/types";
import { Button, Confirm, EmptyState, ErrorScreen, IconButton, Page, Progress, Said, Skeleton, toast } from "@/components/ui";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

import { useCancelJob, useRemoveJob, useRetryJob } from "./api/job";
import { JobStateBadge } from "./JobState";
import { currentStage, durationOf, imagesRead, overallShare } from "./stages";
import { Thumbnails } from "./Thumbnails";

/** The names of a job's brands, or that it is about all of them. */
export function useBrandNames(): (job: Job) => string {
  const nameOf = useBrandName();
  const texts = useTexts();
  return (job) => texts.jobs.named(job.brands.map(nameOf));
}

/** What is being processed, and what was. */
export function JobsPage() {
  const texts = useTexts();
  const t = texts.jobs;
  const { data: jobs, error, isPending, refetch } = useJobs();
  const active = jobs?.filter(isActive) ?? [];
  const earlier = jobs?.filter((job) => !isActive(job)) ?? [];
  return (
    <Page title={t.title} intro={t.intro} width="reading">
      {isPending && <Loading />}
      {error && !jobs && <ErrorScreen error={error} onRetry={() => void refetch()} />}
      {jobs?.length === 0 && (
        <EmptyState
          icon={Activity}
          title={t.empty.title}
          actions={
            <Button look="primary" asChild>
              <Link to={paths.brands()}>{t.empty.action}</Link>
            </Button>
          }
        >
          {t.empty.text}
        </EmptyState>
      )}
      {active.length > 0 && (
        <section className="mb-10">
          <h2 className="mb-3 text-lg font-semibold">{t.active}</h2>
          <ul className="space-y-3">
            {active.map((job) => (
              <ActiveJob key={job.id} job={job} />
            ))}
          </ul>
        </section>
      )}
      {earlier.length > 0 && (
        <section>
          <h2 className="mb-3 text-lg font-semibold">{t.earlier}</h2>
          <ul className="border-line divide-line bg-surface divide-y rounded-lg border">
            {earlier.map((job) => (
              <EarlierJob key={job.id} job={job} />
            ))}
          </ul>
        </section>
      )}
    </Page>
  );
}

function ActiveJob({ job }: { job: Job }) {
  const t = useTexts().jobs;
  const name = useBrandNames()(job);
  const now = currentStage(job);
  const cancel = useCancelJob();
  const may = useMay("reviewer");
  const progress = now?.progress;
  return (
    <li className="bg-surface border-line shadow-card hover:border-line-strong relative space-y-3 rounded-lg border p-4 transition-colors">
      <div className="flex flex-wrap items-center gap-2">
        <h3 className="min-w-0 flex-1 truncate font-semibold">
          <Link to={paths.job(job.id)} className="after:absolute after:inset-0 after:rounded-lg">
            {name}
          </Link>
        </h3>
        <JobStateBadge job={job} />
        {may && <IconButton icon={Ban} size="sm" label={t.cancel} className="relative z-1" onClick={() => cancel.mutate(job)} />}
      </div>
      <Progress label={t.progress(name)} value={overallShare(job)} />
      <div className="text-ink-2 tabular flex flex-wrap gap-x-3 text-sm">
        {now && progress ? (
          <>
            <span className="text-ink font-medium">{t.stage[now.stage]}</span>
            {progress.total > 0 && <span>{t.of(progress.done, progress.total)}</span>}
            {progress.rate ? <span>{t.rate(progress.rate)}</span> : null}
            {progress.left ? <span>{t.left(progress.left)}</span> : null}
          </>
        ) : (
          <span>{t.waiting}</span>
        )}
      </div>
      {job.progress.recent.length > 0 && <Thumbnails contents={job.progress.recent} small />}
    </li>
  );
}

function EarlierJob({ job }: { job: Job }) {
  const texts = useTexts();
  const t = texts.jobs;
  const format = useFormat();
  const name = useBrandNames()(job);
  const took = durationOf(job);
  const details = [
    job.finished ? format.ago(job.finished) : format.ago(job.created),
    took === null ? "" : t.took(took),
    imagesRead(job) > 0 ? texts.app.general.images(imagesRead(job)) : "",
    job.progress.skipped > 0 ? t.skipped(job.progress.skipped) : "",
  ];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-52">
        <div className="flex items-center gap-2.5">
          <h3 className="truncate font-medium">
            <Link to={paths.job(job.id)} className="rounded-xs hover:underline">
              {name}
            </Link>
          </h3>
          <JobStateBadge job={job} />
        </div>
        <p className="text-ink-2 tabular mt-0.5 text-sm">{details.filter(Boolean).join(" · ")}</p>
        {job.error && <p className="text-bad-ink mt-0.5 text-sm break-words"><Said text={job.error} /></p>}
      </div>
      <EarlierButtons job={job} />
    </li>
  );
}

function EarlierButtons({ job }: { job: Job }) {
  const texts = useTexts();
  const t = texts.jobs;
  const navigate = useNavigate();
  const retry = useRetryJob();
  const remove = useRemoveJob();
  const may = useMay("reviewer");
  const [asking, setAsking] = useState(false);
  const failed = (error: Error) => void toast({ tone: "bad", title: t.state.failed, said: error.message });
  return (
    <div className="flex items-center gap-1">
      {job.state === "done" && (
        <Button size="sm" asChild>
          <Link to={paths.results(job.id)}>
            <Images className="size-4" aria-hidden />
            {texts.app.nav.results}
            <ArrowRight className="size-3.5" aria-hidden />
          </Link>
        </Button>
      )}
      {may && job.state !== "done" && (
        <Button
          size="sm"
          icon={RotateCcw}
          busy={retry.isPending}
          onClick={() => retry.mutate(job, { onSuccess: (fresh) => void navigate(paths.job(fresh.id)), onError: failed })}
        >
          {t.retry}
        </Button>
      )}
      {may && <IconButton icon={Trash2} size="sm" label={t.remove} onClick={() => setAsking(true)} />}
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t.removeTitle}
        confirm={texts.app.general.remove}
        danger
        onConfirm={() => {
          setAsking(false);
          remove.mutate(job, { onError: failed });
        }}
      >
        {t.removeText}
      </Confirm>
    </div>
  );
}

function Loading() {
  const texts = useTexts();
  return (
    <div role="status" aria-label={texts.app.general.loading} className="border-line divide-line bg-surface divide-y rounded-lg border">
      {Array.from({ length: 4 }, (_, index) => (
        <div key={index} className="space-y-2 px-4 py-3.5">
          <Skeleton className="h-5 w-1/3" />
          <Skeleton className="h-4 w-1/2" />
        </div>
      ))}
    </div>
  );
}
