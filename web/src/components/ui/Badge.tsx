import type { ReactNode } from "react";

import { classes } from "@/lib/classes";

export type Tone = "neutral" | "accent" | "good" | "warn" | "bad";

const TONES: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-2 border-line",
  accent: "bg-accent-soft text-accent-ink border-accent-line",
  good: "bg-good-soft text-good-ink border-transparent",
  warn: "bg-warn-soft text-warn-ink border-transparent",
  bad: "bg-bad-soft text-bad-ink border-transparent",
};

/** A word on a state. */
export function Badge({ tone = "neutral", children, className }: { tone?: Tone; children: ReactNode; className?: string }) {
  return (
    <span
      className={classes(
        "inline-flex h-5.5 items-center gap-1.5 rounded-full border px-2 text-xs font-medium whitespace-nowrap",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

export const RELATION_COLOURS = {
  identical: "bg-identical",
  copy: "bg-copy",
  contains: "bg-contains",
  variant: "bg-variant",
  scene: "bg-scene",
  similar: "bg-similar",
} as const;

/** A relation with its colour; the word is always there, colour alone says nothing. */
export function RelationBadge({ relation, label, className }: { relation: keyof typeof RELATION_COLOURS; label: string; className?: string }) {
  return (
    <Badge className={className}>
      <span className={classes("size-2 rounded-full", RELATION_COLOURS[relation])} aria-hidden />
      {label}
    </Badge>
  );
}
