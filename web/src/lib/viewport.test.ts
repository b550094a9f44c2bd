import { describe, expect, it } from "vitest";
import { bounded, fitScale, FITTED, follow, keyed, panBy, placement, seen, wheelFactor, zoomAt } from "./viewport";

const WORLD = { left: 0, top: 0, right: 1000, bottom: 500 };
const WINDOW = { width: 500, height: 500 };

describe("the view over a world", () => {
  it("fits the world into the window and centres it", () => {
    expect(fitScale(WORLD, WINDOW)).toBe(0.5);
    expect(placement(FITTED, WORLD, WINDOW)).toEqual({ scale: 0.5, x: 0, y: 125 });
  });

  it("keeps the point under the pointer while zooming", () => {
    const at = { x: 125, y: 250 };
    const before = placement(FITTED, WORLD, WINDOW);
    const view = zoomAt(FITTED, 3, at, WORLD, WINDOW);
    const after = placement(view, WORLD, WINDOW);
    expect((at.x - after.x) / after.scale).toBeCloseTo((at.x - before.x) / before.scale, 6);
    expect((at.y - after.y) / after.scale).toBeCloseTo((at.y - before.y) / before.scale, 6);
  });

  it("returns to the whole picture when zoomed out, and never leaves it", () => {
    expect(zoomAt({ zoom: 2, x: 0.1, y: 0.9 }, 0.01, { x: 0, y: 0 }, WORLD, WINDOW)).toEqual(FITTED);
    const far = panBy({ zoom: 4, x: 0.5, y: 0.5 }, { x: -100000, y: 100000 }, WORLD, WINDOW);
    expect(far).toEqual({ zoom: 4, x: 1, y: 0 });
    expect(bounded({ zoom: 1000, x: 0.5, y: 0.5 }).zoom).toBe(40);
  });

  it("drags by exactly the way of the pointer", () => {
    const view = panBy({ zoom: 2, x: 0.5, y: 0.5 }, { x: 40, y: -30 }, WORLD, WINDOW);
    const before = placement({ zoom: 2, x: 0.5, y: 0.5 }, WORLD, WINDOW);
    const after = placement(view, WORLD, WINDOW);
    expect(after.x - before.x).toBeCloseTo(40, 6);
    expect(after.y - before.y).toBeCloseTo(-30, 6);
  });

  it("pinches with two fingers and drags with one", () => {
    const pointers = new Map([
      [1, { x: 200, y: 250 }],
      [2, { x: 300, y: 250 }],
    ]);
    const view = follow(FITTED, pointers, 2, { x: 400, y: 250 }, WORLD, WINDOW);
    expect(view.zoom).toBeCloseTo(2, 6);
    const dragged = follow({ zoom: 2, x: 0.5, y: 0.5 }, new Map([[1, { x: 0, y: 0 }]]), 1, { x: 10, y: 0 }, WORLD, WINDOW);
    expect(dragged.zoom).toBe(2);
    expect(dragged.x).toBeLessThan(0.5);
    expect(follow(FITTED, pointers, 9, { x: 0, y: 0 }, WORLD, WINDOW)).toBe(FITTED);
  });

  it("is moved by keys", () => {
    const nearer = keyed(FITTED, "+", WORLD, WINDOW) ?? FITTED;
    expect(nearer.zoom).toBeCloseTo(1.5);
    expect(keyed(nearer, "ArrowRight", WORLD, WINDOW)?.x).toBeGreaterThan(0.5);
    expect(keyed(nearer, "0", WORLD, WINDOW)).toEqual(FITTED);
    expect(keyed(FITTED, "q", WORLD, WINDOW)).toBeNull();
  });

  it("reads wheels that count in lines and trackpads that count in pixels", () => {
    expect(wheelFactor(-3, 1, false)).toBeGreaterThan(1);
    expect(wheelFactor(100, 0, false)).toBeLessThan(1);
    expect(wheelFactor(-1e9, 0, false)).toBeLessThan(2);
    expect(wheelFactor(-10, 0, true)).toBeGreaterThan(wheelFactor(-10, 0, false));
  });

  it("says which part of the world is seen", () => {
    const box = seen({ zoom: 2, x: 0.5, y: 0.5 }, WORLD, WINDOW);
    expect(box.right - box.left).toBeCloseTo(500);
    expect((box.left + box.right) / 2).toBeCloseTo(500);
  });
});
