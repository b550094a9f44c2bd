import { ArrowLeft, ArrowRight, Ban, Bell, BellRing, CircleAlert, RotateCcw, Route } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";

import { isActive } from "@/api/jobs";
import { useMay } from "@/api/session";
import type { Job } from "@/api/types";
import { ActionButton, Button, Confirm, ErrorScreen, Page, Progress, Said, Skeleton, Spinner, toast } from "@/components/ui";
import { type Action, useActions } from "@/lib/actions";
import { paths } from "@/lib/paths";
import { prefer, usePreferences } from "@/lib/preferences";
import { useFormat, useTexts } from "@/texts";

import { useJob } from "./api/events";
import { asksForConsent, useAgreeToCost, useCancelJob, useRetryJob } from "./api/job";
import { useBrandNames } from "./JobsPage";
import { JobStateBadge } from "./JobState";
import { StageList } from "./StageList";
import { durationOf, overallShare } from "./stages";
import { StepTable } from "./StepTable";
import { Thumbnails } from "./Thumbnails";

/** One run: what it does now, how far it is, what it left out and why. */
export function JobPage() {
  const { job: id = "" } = useParams();
  const { data: job, error, isPending, refetch, live } = useJob(id);
  if (isPending) return <Loading />;
  if (!job) return <ErrorScreen error={error} onRetry={() => void refetch()} className="pt-28" />;
  return <JobView job={job} live={live} />;
}

function JobView({ job, live }: { job: Job; live: boolean }) {
  const texts = useTexts();
  const t = texts.jobs;
  const format = useFormat();
  const name = useBrandNames()(job);
  const active = isActive(job);
  const actions = useJobActions(job);
  const took = durationOf(job);
  const times = [
    job.started ? t.started(format.ago(job.started)) : t.waiting,
    job.finished && took !== null ? t.took(took) : "",
    job.person,
  ];
  return (
    <Page
      title={name}
      width="reading"
      before={
        <Link to={paths.jobs()} className="text-ink-2 hover:text-ink mb-1.5 inline-flex items-center gap-1.5 rounded-xs text-sm">
          <ArrowLeft className="size-3.5" aria-hidden />
          {t.title}
        </Link>
      }
      intro={
        <span className="flex flex-wrap items-center gap-2.5">
          <JobStateBadge job={job} />
          <span className="tabular text-sm">{times.filter(Boolean).join(" · ")}</span>
        </span>
      }
      actions={actions.buttons}
    >
      <div className="space-y-8">
        {!live && (
          <p role="status" className="bg-warn-soft text-warn-ink flex items-center gap-2 rounded-md px-3 py-2 text-sm">
            <Spinner className="size-3.5" />
            {t.reconnecting}
          </p>
        )}
        {job.error && <JobError job={job} />}
        {active && (
          <div className="space-y-3">
            <Progress label={t.progress(name)} value={overallShare(job)} className="h-2" />
            <div className="text-ink-2 flex flex-wrap items-center justify-between gap-2 text-sm">
              <p>{t.leave}</p>
              <NotifyButton />
            </div>
          </div>
        )}
        {job.progress.fallbacks.length > 0 && <Fallbacks job={job} />}
        <StageList job={job} />
        {active && <Passing contents={job.progress.recent} />}
        <StepTable job={job} />
        <FailedBrands failed={job.failed_brands} />
        <SkippedImages job={job} />
      </div>
      {actions.dialog}
    </Page>
  );
}

function useJobActions(job: Job) {
  const texts = useTexts();
  const t = texts.jobs;
  const navigate = useNavigate();
  const may = useMay("reviewer");
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const [asking, setAsking] = useState(false);
  const active = isActive(job);
  const stopping = active && (cancel.isPending || cancel.isSuccess);
  const failed = (error: Error) => void toast({ tone: "bad", title: t.state.failed, said: error.message });
  const section = t.title;
  const stop: Action = { id: "job.cancel", label: t.cancel, section, icon: Ban, keys: ["c"], disabled: !may || !active || stopping, run: () => setAsking(true) };
  const again: Action = {
    id: "job.retry",
    label: t.retry,
    section,
    icon: RotateCcw,
    keys: ["r"],
    disabled: !may || active || job.state === "done",
    run: () => retry.mutate(job, { onSuccess: (fresh) => void navigate(paths.job(fresh.id)), onError: failed }),
  };
  const see: Action = {
    id: "job.results",
    label: t.results,
    section,
    icon: ArrowRight,
    keys: ["Enter"],
    disabled: job.state !== "done",
    run: () => void navigate(paths.results(job.id)),
  };
  useActions([stop, again, see]);
  const buttons = (
    <>
      {may && active && <ActionButton action={stop} busy={stopping} />}
      {!again.disabled && <ActionButton action={again} busy={retry.isPending} />}
      {!see.disabled && <ActionButton action={see} look="primary" />}
    </>
  );
  const dialog = (
    <Confirm
      open={asking}
      onOpenChange={setAsking}
      title={t.cancelTitle}
      confirm={t.cancel}
      danger
      onConfirm={() => {
        setAsking(false);
        cancel.mutate(job, { onError: failed });
      }}
    >
      {t.cancelText}
    </Confirm>
  );
  return { buttons, dialog };
}

/** Asks the browser's leave to raise a notification when the run is finished. */
function NotifyButton() {
  const t = useTexts().jobs;
  const { notify } = usePreferences();
  if (typeof Notification === "undefined") return null;
  const on = notify && Notification.permission === "granted";
  const ask = async () => {
    const said = await Notification.requestPermission();
    prefer({ notify: said === "granted" });
    if (said !== "granted") toast({ title: t.notifyDenied });
  };
  if (on)
    return (
      <span className="flex items-center gap-2">
        <BellRing className="size-4" aria-hidden />
        {t.notifyOn}
      </span>
    );
  return (
    <Button size="sm" look="ghost" icon={Bell} onClick={() => void ask()}>
      {t.notify}
    </Button>
  );
}

function JobError({ job }: { job: Job }) {
  return (
    <div role="alert" className="bg-bad-soft text-bad-ink flex gap-3 rounded-lg p-4">
      <CircleAlert className="mt-0.5 size-4.5 shrink-0" aria-hidden />
      <div className="min-w-0 break-words">
        <p className="font-medium"><Said text={job.error} /></p>
        {job.next_step && <p className="mt-1"><Said text={job.next_step} /></p>}
      </div>
    </div>
  );
}

function Section({ title, intro, children }: { title: string; intro?: string; children: ReactNode }) {
  return (
    <section>
      <h2 className="text-lg font-semibold">{title}</h2>
      {intro && <p className="text-ink-2 mt-0.5 text-sm">{intro}</p>}
      <div className="mt-3">{children}</div>
    </section>
  );
}

function Fallbacks({ job }: { job: Job }) {
  const t = useTexts().jobs;
  return (
    <div role="status" className="bg-warn-soft flex gap-3 rounded-lg p-4">
      <Route className="text-warn-ink mt-0.5 size-4.5 shrink-0" aria-hidden />
      <div>
        <p className="text-warn-ink font-medium">{t.fallbacks}</p>
        {job.progress.fallbacks.map((sentence) => (
          <p key={sentence} className="mt-1">
            <Said text={sentence} />
          </p>
        ))}
        {asksForConsent(job) && <AgreeButton job={job} />}
      </div>
    </div>
  );
}

/** Agrees to what the sentence above says it costs. */
function AgreeButton({ job }: { job: Job }) {
  const t = useTexts().jobs;
  const navigate = useNavigate();
  const agree = useAgreeToCost();
  if (!useMay("reviewer")) return null;
  const run = () =>
    agree.mutate(job, {
      onSuccess: (fresh) => void navigate(paths.job(fresh.id)),
      onError: (error) => toast({ tone: "bad", title: t.state.failed, said: error.message }),
    });
  return (
    <Button className="mt-3" size="sm" onClick={run} busy={agree.isPending}>
      {t.agree}
    </Button>
  );
}

function Passing({ contents }: { contents: readonly string[] }) {
  const t = useTexts().jobs;
  return (
    <Section title={t.passing}>
      {contents.length > 0 ? (
        <Thumbnails contents={contents} />
      ) : (
        <div className="text-ink-3 border-line flex h-22 items-center justify-center rounded-lg border border-dashed text-sm sm:h-26">{t.passingNone}</div>
      )}
    </Section>
  );
}

function FailedBrands({ failed }: { failed: Readonly<Record<string, string>> }) {
  const t = useTexts().jobs;
  const entries = Object.entries(failed);
  if (entries.length === 0) return null;
  return (
    <Section title={t.failedBrands} intro={t.failedBrandsIntro}>
      <ul className="border-line divide-line bg-surface divide-y rounded-lg border">
        {entries.map(([brand, reason]) => (
          <li key={brand} className="px-4 py-3">
            <span className="font-medium">{brand}</span>
            <span className="text-bad-ink block text-sm break-words"><Said text={reason} /></span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function SkippedImages({ job }: { job: Job }) {
  const t = useTexts().jobs;
  const { skipped, last_skipped: last } = job.progress;
  if (skipped === 0) return null;
  return (
    <Section title={t.skipped(skipped)} intro={t.skippedIntro}>
      <ul className="border-line divide-line bg-surface divide-y rounded-lg border text-sm">
        {last.map(({ uri, reason }, index) => (
          <li key={index} className="px-4 py-2.5">
            <span className="font-mono text-xs break-all">{uri}</span>
            <span className="text-ink-2 block break-words"><Said text={reason ?? ""} /></span>
          </li>
        ))}
        {skipped > last.length && (
          <li className="text-ink-3 px-4 py-2.5">{last.length > 0 ? t.skippedMore(skipped - last.length) : t.skippedListed}</li>
        )}
      </ul>
    </Section>
  );
}

function Loading() {
  const texts = useTexts();
  return (
    <div role="status" aria-label={texts.app.general.loading} className="mx-auto w-full max-w-4xl space-y-4 px-4 pt-8 sm:px-6 lg:px-8">
      <Skeleton className="h-8 w-1/3" />
      <Skeleton className="h-5 w-1/4" />
      <Skeleton className="mt-8 h-64 w-full rounded-lg" />
    </div>
  );
}
