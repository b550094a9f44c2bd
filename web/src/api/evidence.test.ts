import { describe, expect, it } from "vitest";

import { marks, readEvidence } from "./evidence";

const RAW = {
  inliers: 74,
  agreement: 0.98,
  overlap: [0.72, 1],
  transform: [
    [1, 0, -40],
    [0, 1, -20],
    [0, 0, 1],
  ],
  origin: "a",
  edits: ["crop", "overlay"],
  edit_details: [
    { kind: "crop", text: "cropped to 72%", value: 0, rectangles: [[0.1, 0.1, 0.9, 0.9]] },
    { kind: "overlay", text: "something laid over", value: 0, rectangles: [[0.2, 0.7, 0.8, 0.9]] },
    { kind: "polish", text: "unknown to this version", value: 0, rectangles: [] },
  ],
  cosine: { clip: 0.93 },
};

describe("evidence of a pair", () => {
  it("is read with its edits, and unknown kinds are passed over", () => {
    const evidence = readEvidence(RAW);
    expect(evidence.edits.map((edit) => edit.kind)).toEqual(["crop", "overlay"]);
    expect(evidence.overlap).toEqual([0.72, 1]);
    expect(evidence.cosine).toEqual([["clip", 0.93]]);
    expect(evidence.transform).not.toBeNull();
  });

  it("is empty where nothing was measured or it was damaged", () => {
    const evidence = readEvidence({ overlap: [1], transform: [[1]], edit_details: "none", cosine: [1] });
    expect(evidence).toMatchObject({ overlap: null, transform: null, edits: [], cosine: [], origin: "a", equal: null });
  });

  it("marks the crop in the origin, what lies over in the other one, and an inner picture in the outer one", () => {
    expect(marks(readEvidence(RAW), null)).toEqual([
      { side: "a", kind: "crop", box: [0.1, 0.1, 0.9, 0.9] },
      { side: "b", kind: "overlay", box: [0.2, 0.7, 0.8, 0.9] },
    ]);
    expect(marks(readEvidence({ inside: [0, 0, 0.5, 0.5] }), "b")).toEqual([
      { side: "a", kind: "inside", box: [0, 0, 0.5, 0.5] },
    ]);
  });
});
