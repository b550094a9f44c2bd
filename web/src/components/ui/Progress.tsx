import { Progress as Radix } from "radix-ui";

import { classes } from "@/lib/classes";

interface ProgressProps {
  label: string;
  /** 0 to 1; null when nobody knows. */
  value: number | null;
  tone?: "accent" | "good" | "bad" | "quiet";
  className?: string;
}

const TONES = { accent: "bg-accent", good: "bg-good", bad: "bg-bad", quiet: "bg-line-strong" };

/** A thin bar. */
export function Progress({ label, value, tone = "accent", className }: ProgressProps) {
  const share = value === null ? null : Math.max(0, Math.min(1, value));
  return (
    <Radix.Root
      aria-label={label}
      value={share === null ? null : Math.round(share * 100)}
      className={classes("bg-line h-1.5 w-full overflow-hidden rounded-full", className)}
    >
      <Radix.Indicator
        className={classes(
          "h-full rounded-full transition-[width] duration-300",
          TONES[tone],
          share === null && "animate-shimmer w-1/3!",
        )}
        style={{ width: `${(share ?? 0) * 100}%` }}
      />
    </Radix.Root>
  );
}
