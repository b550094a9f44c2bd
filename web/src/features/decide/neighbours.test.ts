import { describe, expect, it } from "vitest";

import { hasFreshOpen, neighbour, nextOpen } from "./neighbours";

const list = [
  { key: "a", settled: false },
  { key: "b", settled: true },
  { key: "c", settled: false },
  { key: "d", settled: false },
];

describe("the way through the groups", () => {
  it("steps forth and back, and stops at the ends", () => {
    expect(neighbour(list, "a", 1)).toBe("b");
    expect(neighbour(list, "a", -1)).toBeNull();
    expect(neighbour(list, "d", 1)).toBeNull();
    expect(neighbour(list, "not in this view", 1)).toBe("a");
  });

  it("goes to the next open group, round the end", () => {
    expect(nextOpen(list, "a", [])).toBe("c");
    expect(nextOpen(list, "d", [])).toBe("a");
  });

  it("leaves what was put off for the end", () => {
    expect(nextOpen(list, "a", ["c"])).toBe("d");
    expect(nextOpen(list, "a", ["d", "c"])).toBe("d");
    expect(hasFreshOpen(list, "a", ["c", "d"])).toBe(false);
  });

  it("ends when nothing is open", () => {
    expect(nextOpen([{ key: "a", settled: false }, { key: "b", settled: true }], "a", [])).toBeNull();
    expect(nextOpen([], "a", [])).toBeNull();
  });
});
