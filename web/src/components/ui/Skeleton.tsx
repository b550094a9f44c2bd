import { classes } from "@/lib/classes";

/** The place of something that is on its way, in its size. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={classes("bg-pressed animate-shimmer rounded-sm", className)} />;
}
