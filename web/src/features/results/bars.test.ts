import { describe, expect, it } from "vitest";

import { bars, range, snapped } from "./bars";

const counts = (similar: number, copy = 0) => ({ similar, copy }) as never;
const bins = [
  { low: 0.8, high: 0.85, counts: counts(400) },
  { low: 0.85, high: 0.9, counts: counts(0) },
  { low: 0.9, high: 0.95, counts: counts(90, 10) },
];

describe("the bars of similarity", () => {
  it("count all relations, keep gaps and show few beside many", () => {
    const found = bars(bins);
    expect(found.map((bar) => bar.count)).toEqual([400, 0, 100]);
    expect(found.map((bar) => bar.height)).toEqual([1, 0, 0.5]);
  });

  it("end where a new run would be needed", () => {
    expect(range({ cosine: bins, lowest: 0.84 })).toEqual({ low: 0.84, high: 1 });
    expect(range({ cosine: [], lowest: null })).toBeNull();
  });

  it("move in half per cents", () => {
    expect(snapped(0.8823, { low: 0.8, high: 1 })).toBe(0.88);
    expect(snapped(0.2, { low: 0.8, high: 1 })).toBe(0.8);
  });
});
