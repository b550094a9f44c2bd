import { Check, Circle, X } from "lucide-react";

import type { Job } from "@/api/types";
import { Progress, Spinner } from "@/components/ui";
import { classes } from "@/lib/classes";
import { useFormat, useTexts } from "@/texts";

import { type Phase, shareOf, stagesOf, type StageView } from "./stages";

/** The stages of a run, one below the other, with counts, rate and the time that remains. */
export function StageList({ job }: { job: Job }) {
  const t = useTexts().jobs;
  return (
    <section>
      <h2 className="sr-only">{t.stages}</h2>
      <ol className="bg-surface border-line divide-line divide-y rounded-lg border">
        {stagesOf(job).map((view) => (
          <StageRow key={view.stage} view={view} />
        ))}
      </ol>
    </section>
  );
}

const ICON = "flex size-6 shrink-0 items-center justify-center rounded-full";

function StageIcon({ phase }: { phase: Phase }) {
  if (phase === "done")
    return (
      <span className={classes(ICON, "bg-good-soft text-good-ink")}>
        <Check className="size-3.5" strokeWidth={2.5} aria-hidden />
      </span>
    );
  if (phase === "now")
    return (
      <span className={classes(ICON, "bg-accent-soft text-accent-ink")}>
        <Spinner className="size-3.5" />
      </span>
    );
  if (phase === "stopped")
    return (
      <span className={classes(ICON, "bg-sunken text-ink-3")}>
        <X className="size-3.5" aria-hidden />
      </span>
    );
  return (
    <span className={classes(ICON, "text-line-strong")}>
      <Circle className="size-2.5" aria-hidden />
    </span>
  );
}

function StageRow({ view }: { view: StageView }) {
  const t = useTexts().jobs;
  const { stage, phase } = view;
  return (
    <li className="flex gap-3.5 px-4 py-3" aria-current={phase === "now" ? "step" : undefined}>
      <StageIcon phase={phase} />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4">
          <h3 className={classes("font-medium", phase === "next" && "text-ink-3 font-normal")}>{t.stage[stage]}</h3>
          <StageNumbers view={view} />
        </div>
        {phase === "now" && (
          <>
            <p className="text-ink-2 mt-0.5 text-sm">{t.stageHint[stage]}</p>
            <Progress label={t.progress(t.stage[stage])} value={shareOf(view)} className="mt-2.5" />
          </>
        )}
      </div>
    </li>
  );
}

function StageNumbers({ view: { phase, progress } }: { view: StageView }) {
  const t = useTexts().jobs;
  const format = useFormat();
  if (!progress) return null;
  const parts =
    phase === "now"
      ? [
          progress.total > 0 ? t.of(progress.done, progress.total) : progress.done > 0 ? format.number(progress.done) : "",
          progress.rate ? t.rate(progress.rate) : "",
          progress.left ? t.left(progress.left) : "",
        ]
      : [progress.done > 0 ? format.number(progress.done) : "", progress.seconds >= 0.05 ? format.duration(progress.seconds) : ""];
  return <p className="text-ink-2 tabular text-sm">{parts.filter(Boolean).join(" · ")}</p>;
}
