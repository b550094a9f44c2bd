import { describe, expect, it } from "vitest";

import type { Image } from "@/api/groups";
import type { Pair } from "@/api/pairs";
import { apply } from "@/lib/homography";

import { layerOf, magnification, needsOriginal, outline, toScreen, worldOf } from "./layers";

function image(sha256: string, width: number, height: number, format = "JPEG"): Image {
  return { id: 0, sha256, uri: sha256, brand: "b", title: "", width, height, bytes: 1, format, compared: "yes" };
}

const whole = image("aa", 400, 300);
const crop = image("bb", 200, 150);
/** The crop is the part of the whole from (100, 60) on, at the same scale. */
const pair: Pair = {
  a: whole,
  b: crop,
  edge: null,
  transform: [
    [1, 0, -100],
    [0, 1, -60],
    [0, 0, 1],
  ],
  differences: {},
};

describe("compared pictures in one plane", () => {
  it("shows a crop in its place in the original", () => {
    const layer = layerOf(whole, crop, pair);
    expect(layer.aligned).toBe(true);
    expect(apply(layer.matrix, { x: 0, y: 0 })).toEqual({ x: 100, y: 60 });
    expect(worldOf(whole, [layer])).toEqual({ left: 0, top: 0, right: 400, bottom: 300 });
  });

  it("puts the original around the crop when the crop comes first", () => {
    const layer = layerOf(crop, whole, pair);
    expect(apply(layer.matrix, { x: 100, y: 60 })).toEqual({ x: 0, y: 0 });
    expect(worldOf(crop, [layer])).toEqual({ left: -100, top: -60, right: 300, bottom: 240 });
  });

  it("stretches a picture over the first where no transform was found", () => {
    const layer = layerOf(whole, crop, { ...pair, transform: null });
    expect(layer.aligned).toBe(false);
    expect(apply(layer.matrix, { x: 200, y: 150 })).toEqual({ x: 400, y: 300 });
  });

  it("needs no transform for equal bytes", () => {
    expect(layerOf(whole, { ...whole, uri: "elsewhere" }, undefined).aligned).toBe(true);
  });

  it("keeps the world bounded when one picture is enormous", () => {
    const huge = layerOf(crop, image("cc", 90000, 90000), undefined);
    expect(worldOf(crop, [{ ...huge, matrix: [[1, 0, 0], [0, 1, 0], [0, 0, 1]] }]).right).toBe(1000);
  });

  it("asks for the original only when the small picture would look soft", () => {
    const large = image("dd", 4000, 3000);
    expect(needsOriginal(large, 0.2, 1)).toBe(false);
    expect(needsOriginal(large, 0.2, 2)).toBe(true);
    expect(needsOriginal(image("ee", 4000, 3000, "HEIC"), 1, 2)).toBe(false);
    expect(needsOriginal(whole, 10, 2)).toBe(false);
  });

  it("draws marks where the picture lies on the screen", () => {
    const screen = toScreen({ scale: 2, x: 10, y: 20 }, layerOf(whole, crop, pair).matrix);
    const [first] = outline({ side: "b", kind: "overlay", box: [0, 0, 0.5, 0.5] }, crop, screen);
    expect(first).toEqual({ x: 210, y: 140 });
    expect(magnification(screen, { width: 200, height: 150 })).toBeCloseTo(2);
  });
});
