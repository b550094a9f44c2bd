import { describe, expect, it } from "vitest";

import type { GroupDetail, Member } from "./groups";
import { choicesOf, chosen, outcome, setApart, toggled } from "./settling";

function member(uri: string, choice: Member["choice"] = "open"): Member {
  return {
    id: 0,
    sha256: uri.padEnd(64, "0"),
    uri,
    brand: "b",
    title: "",
    width: 10,
    height: 10,
    bytes: 100,
    format: "JPEG",
    compared: "yes",
    choice,
    apart: false,
    by: "",
    reason: "",
    metadata: {},
  };
}

function group(members: Member[], relation: GroupDetail["relation"] = "copy"): GroupDetail {
  const keeper = members[0] ?? member("none");
  return {
    key: "k",
    relation,
    size: members.length,
    keeper,
    preview: members,
    brands: ["b"],
    gain: 0,
    score: 1,
    average: 1,
    reason: "",
    asked: members.length,
    settled: false,
    members,
    edges: [],
    weakest: null,
    links: [],
    revision: 0,
  };
}

describe("what confirming a group comes to", () => {
  it("keeps the suggested image of copies and drops the others", () => {
    const found = outcome(group([member("a"), member("b"), member("c")]));
    expect(found).toEqual({ keep: ["a"], drop: ["b", "c"], gain: 200 });
  });

  it("keeps all of variants and look-alikes unless somebody dropped one", () => {
    expect(outcome(group([member("a"), member("b")], "variant")).drop).toEqual([]);
    expect(outcome(group([member("a"), member("b", "drop")], "similar"))).toMatchObject({ keep: ["a"], drop: ["b"] });
  });

  it("follows the marks of people, not the suggestion", () => {
    expect(outcome(group([member("a"), member("b", "keep"), member("c")]))).toMatchObject({
      keep: ["b"],
      drop: ["a", "c"],
    });
    expect(outcome(group([member("a", "drop"), member("b"), member("c")]))).toMatchObject({ keep: ["b"] });
  });

  it("never drops the last image", () => {
    expect(outcome(group([member("a", "drop"), member("b")])).keep).toEqual(["b"]);
    expect(outcome(group([member("a", "drop"), member("b", "drop")])).keep).toEqual([]);
  });
});

describe("images that stand aside", () => {
  const apart = (uri: string): Member => ({ ...member(uri), apart: true });

  it("keeps what is no duplicate, but drops nothing in its favour", () => {
    expect(outcome(group([apart("a"), member("b"), member("c")]))).toMatchObject({ keep: ["b", "a"], drop: ["c"] });
    expect(outcome(group([apart("a"), member("b", "drop")])).keep).toEqual([]);
  });

  it("leaves what was put off as it is", () => {
    expect(outcome(group([member("a"), member("b"), member("c")]), new Set(["b"]))).toMatchObject({ keep: ["a"], drop: ["c"] });
  });

  it("asks nothing more about an image that was set apart, nor about its equal bytes", () => {
    const twin = { ...member("b2", "drop"), sha256: member("b").sha256 };
    const after = setApart(group([member("a"), member("b"), twin]), twin.sha256, true);
    expect(after).toMatchObject({ asked: 1, settled: false });
    expect(after.members.map(({ choice }) => choice)).toEqual(["open", "open", "open"]);
  });
});

describe("a group after a decision", () => {
  it("is settled when nothing is left to ask", () => {
    const before = group([member("a"), member("b")]);
    expect(chosen(before, { a: "keep" })).toMatchObject({ asked: 1, settled: false });
    expect(chosen(before, choicesOf(outcome(before)))).toMatchObject({ asked: 0, settled: true });
    expect(before.members[0]?.choice).toBe("open");
  });

  it("takes a choice back when the same key is pressed twice", () => {
    expect(toggled("open", "keep")).toBe("keep");
    expect(toggled("keep", "keep")).toBe("open");
    expect(toggled("keep", "drop")).toBe("drop");
  });
});
