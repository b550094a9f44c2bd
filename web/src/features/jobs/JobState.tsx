import { Ban, CircleAlert, CircleCheck, Clock } from "lucide-react";

import type { Job } from "@/api/types";
import { Badge, Spinner, type Tone } from "@/components/ui";
import { useTexts } from "@/texts";

const TONES: Record<Job["state"], Tone> = { queued: "neutral", running: "accent", done: "good", failed: "bad", cancelled: "neutral" };
const ICONS = { queued: Clock, done: CircleCheck, failed: CircleAlert, cancelled: Ban };

/** A job's state in a word. */
export function JobStateBadge({ job }: { job: Job }) {
  const texts = useTexts();
  const Icon = job.state === "running" ? null : ICONS[job.state];
  return (
    <Badge tone={TONES[job.state]}>
      {Icon ? <Icon className="size-3.5" aria-hidden /> : <Spinner className="size-3" />}
      {texts.jobs.state[job.state]}
    </Badge>
  );
}
