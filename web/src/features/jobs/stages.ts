import { isActive } from "@/api/jobs";
import type { Job, Stage, StageProgress, StepCost } from "@/api/types";

const ORDER: readonly Stage[] = ["fetch", "read", "compare", "verify", "group", "embed", "similar"];

export type Phase = "done" | "now" | "next" | "stopped";

export interface StageView {
  stage: Stage;
  phase: Phase;
  progress: StageProgress | undefined;
}

/** Stages that a job goes through, those to come included while it is at work. */
export function stagesOf(job: Job): StageView[] {
  const { stages } = job.progress;
  const active = isActive(job);
  const seen = stages.map((progress, index): StageView => {
    const last = index === stages.length - 1;
    const phase = !last || job.state === "done" ? "done" : active ? "now" : "stopped";
    return { stage: progress.stage, phase, progress };
  });
  if (!active) return seen;
  const known = new Set(stages.map(({ stage }) => stage));
  const reached = Math.max(-1, ...stages.map(({ stage }) => ORDER.indexOf(stage)));
  const skips = new Set<Stage>([
    ...(job.params.sync === false ? (["fetch"] as const) : []),
    ...(job.params.method === "hash" ? (["verify", "embed", "similar"] as const) : []),
  ]);
  const coming = ORDER.filter((stage, index) => index > reached && !known.has(stage) && !skips.has(stage));
  // A job that runs and has told nothing yet is at its first stage.
  const begins = job.state === "running" && seen.length === 0;
  const phaseOf = (index: number): Phase => (begins && index === 0 ? "now" : "next");
  return [...seen, ...coming.map((stage, index): StageView => ({ stage, phase: phaseOf(index), progress: undefined }))];
}

/** How much of a stage is done, 0 to 1; null while its total is not known. */
export function shareOf({ phase, progress }: StageView): number | null {
  if (phase === "done") return 1;
  if (phase === "next") return 0;
  return progress && progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
}

/** How much of the whole run is done, every stage counting alike; null before anything is known. */
export function overallShare(job: Job): number | null {
  if (job.state === "done") return 1;
  const stages = stagesOf(job);
  if (!stages.some(({ progress }) => progress)) return job.state === "running" ? null : 0;
  return stages.reduce((sum, stage) => sum + (shareOf(stage) ?? 0), 0) / stages.length;
}

/** The stage that is under way. */
export const currentStage = (job: Job): StageView | undefined => stagesOf(job).find(({ phase }) => phase === "now");

/** Images that took part; those that were known from before are not read again, but compared. */
export const imagesRead = (job: Job): number =>
  Math.max(0, ...job.progress.stages.filter(({ stage }) => stage === "read" || stage === "compare").map(({ done }) => done));

/** Seconds that a job took, or has taken until now. */
export function durationOf(job: Job, now = Date.now() / 1000): number | null {
  return job.started ? Math.max(0, (job.finished ?? now) - job.started) : null;
}

/** Tasks that took far longer than most of their step, the slowest first. */
export const stragglersOf = (steps: readonly StepCost[]) =>
  steps
    .flatMap(({ step, median, slowest }) => slowest.map((one) => ({ ...one, step, median })))
    .sort((a, b) => b.seconds - a.seconds);
