import { describe, expect, it } from "vitest";

import { nearest, plane, spread, within } from "./spatial";

function scatter(count: number): { x: number[]; y: number[] } {
  let state = 7;
  const next = () => (state = (state * 16807) % 2147483647) / 2147483647;
  return { x: Array.from({ length: count }, next), y: Array.from({ length: count }, next) };
}

describe("points in a plane", () => {
  const { x, y } = scatter(3000);
  const tree = plane(x, y);
  const box = { left: 0.2, top: 0.3, right: 0.45, bottom: 0.5 };

  it("finds the same points in a box as a plain search", () => {
    const plain = x.flatMap((at, i) => (at >= 0.2 && at <= 0.45 && (y[i] ?? 0) >= 0.3 && (y[i] ?? 0) <= 0.5 ? [i] : []));
    expect(within(tree, box).sort((a, b) => a - b)).toEqual(plain);
    expect(within(tree, box, 10)).toHaveLength(10);
  });

  it("finds the same nearest point as a plain search, and none out of reach", () => {
    const place = { x: 0.61, y: 0.27 };
    const far = (i: number) => Math.hypot((x[i] ?? 0) - place.x, (y[i] ?? 0) - place.y);
    const plain = x.map((_, i) => i).reduce((best, i) => (far(i) < far(best) ? i : best));
    expect(nearest(tree, place, 0.2)).toBe(plain);
    expect(nearest(tree, { x: 5, y: 5 }, 0.1)).toBeNull();
  });

  it("spreads pictures so that no cell has two", () => {
    const chosen = spread(tree, box, 0.05, 100);
    const cells = new Set(chosen.map((i) => `${Math.floor((x[i] ?? 0) / 0.05)} ${Math.floor((y[i] ?? 0) / 0.05)}`));
    expect(cells.size).toBe(chosen.length);
    expect(chosen.length).toBeGreaterThan(10);
  });

  it("takes thousands of points at one place", () => {
    const same = plane(new Array<number>(2000).fill(0.5), new Array<number>(2000).fill(0.5));
    expect(within(same, { left: 0.4, top: 0.4, right: 0.6, bottom: 0.6 })).toHaveLength(2000);
  });
});
