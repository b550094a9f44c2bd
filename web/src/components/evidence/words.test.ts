import { describe, expect, it } from "vitest";

import type { Edge } from "@/api/groups";
import { createFormat } from "@/lib/format";
import { german } from "@/texts/de";
import { english } from "@/texts/en";

import { edgeWords, measuredWords } from "./words";

const texts = english(createFormat("en"));

function edge(evidence: Edge["evidence"], relation: Edge["relation"] = "copy"): Edge {
  return { a: 0, b: 1, relation, score: 0.97, evidence, words: "" };
}

const CROPPED = {
  overlap: [0.72, 1],
  origin: "a",
  inliers: 74,
  agreement: 0.98,
  edit_details: [
    { kind: "crop", text: "cropped to 72%", value: 0, rectangles: [[0, 0, 0.8, 0.9]] },
    { kind: "mirror", text: "mirrored", value: 0, rectangles: [] },
    { kind: "recompress", text: "JPEG quality 92 to 60", value: 0, rectangles: [] },
    { kind: "overlay", text: "2 things laid over", value: 0, rectangles: [[0, 0, 1, 1], [0, 0, 1, 1]] },
  ],
};

describe("evidence in words", () => {
  it("says what was done, in English", () => {
    expect(edgeWords(edge(CROPPED), texts)).toEqual([
      "cropped to 72%",
      "mirrored",
      "JPEG quality 92 to 60",
      "2 things laid over",
    ]);
  });

  it("says it in German", () => {
    expect(edgeWords(edge(CROPPED), german(createFormat("de")))).toEqual([
      "auf 72\u00a0% beschnitten",
      "gespiegelt",
      "JPEG-Qualität 92 auf 60",
      "2 Dinge darübergelegt",
    ]);
  });

  it("reads the share of the image that the other was made from", () => {
    const turned = { ...CROPPED, overlap: [1, 0.5], origin: "b" };
    expect(edgeWords(edge(turned), texts)[0]).toBe("cropped to 50%");
  });

  it("tells equal files and look-alikes by what makes them so", () => {
    expect(edgeWords(edge({ equal: "bytes" }, "identical"), texts)).toEqual(["The same file, byte for byte"]);
    expect(edgeWords(edge({ cosine: { "clip/vit-b-32": 0.93 } }, "similar"), texts)).toEqual(["93% alike by clip"]);
  });

  it("lists what was measured", () => {
    expect(measuredWords(edge(CROPPED), texts)).toEqual([
      "74 points agree on one alignment",
      "98% of the textured parts agree",
    ]);
  });
});
