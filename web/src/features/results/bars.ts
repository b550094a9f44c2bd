/** Bars of the similarity histogram. Plain functions. */
import type { Histogram } from "@/api/results";

export interface Bar {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** 0 to 1; the square root, so that the few pairs near the limit can be seen beside the many. */
  readonly height: number;
}

/** The bins that a threshold cuts, as bars over the same width each. Bins without pairs stay, so that gaps show. */
export function bars(bins: Histogram["cosine"]): Bar[] {
  const counts = bins.map((bin) => Object.values(bin.counts).reduce((sum, count) => sum + count, 0));
  const most = Math.max(1, ...counts);
  return bins.map(({ low, high }, index) => {
    const count = counts[index] ?? 0;
    return { low, high, count, height: count === 0 ? 0 : Math.max(Math.sqrt(count / most), 0.02) };
  });
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** From where to where a threshold can be moved; null when there is nothing to cut. */
export function range({ cosine, lowest }: Pick<Histogram, "cosine" | "lowest">): Range | null {
  const first = cosine[0];
  if (!first) return null;
  const low = lowest ?? first.low;
  return low < 1 ? { low, high: 1 } : null;
}

/** A position on the slider as a threshold: half per cents, within the range. */
export function snapped(value: number, { low, high }: Range): number {
  const step = Math.round(value * 200) / 200;
  return Math.min(Math.max(step, low), high);
}
