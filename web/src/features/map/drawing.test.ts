import { describe, expect, it } from "vitest";

import { plane } from "@/lib/spatial";

import { groupsInSight, inSight, type Scene } from "./drawing";

function scene(grouped: boolean): Scene {
  const x = [0.1, 0.12, 0.14, 0.8, 0.82];
  const y = [0.1, 0.1, 0.1, 0.9, 0.9];
  const columns = {
    id: [0, 1, 2, 3, 4],
    sha256: ["a", "b", "c", "d", "e"],
    brand: ["x", "x", "x", "x", "x"],
    x,
    y,
    group: [0, 0, -1, 1, 1],
    groups: ["g0", "g1"],
    relation: ["copy" as const, "similar" as const],
  };
  const colours = { identical: "", copy: "", contains: "", variant: "", scene: "", similar: "", none: "" };
  return { columns, tree: plane(x, y), colours, accent: "", grouped };
}

const corner = { left: 0, top: 0, right: 0.5, bottom: 0.5 };

describe("what the map shows", () => {
  it("is what lies in the window, with or without images in no group", () => {
    expect(inSight(scene(false), corner).sort()).toEqual([0, 1, 2]);
    expect(inSight(scene(true), corner).sort()).toEqual([0, 1]);
  });

  it("stands in the list as well, group by group", () => {
    expect(groupsInSight(scene(false), corner)).toEqual([{ group: 0, images: [0, 1] }]);
    expect(groupsInSight(scene(false), { left: 0, top: 0, right: 1, bottom: 1 }).map(({ group }) => group)).toEqual([0, 1]);
  });
});
