import { describe, expect, it } from "vitest";

import type { Action } from "@/lib/actions";

import { bySection, findByName } from "./palette";

const action = (label: string, section: string): Action => ({ id: label, label, section, run: () => undefined });
const actions = [action("Go to: Settings", "Everywhere"), action("Search settings", "Settings"), action("Add brand", "Brands")];

describe("the command palette", () => {
  it("finds actions by the words of their name, those that begin so first", () => {
    expect(findByName(actions, "brand add").map(({ label }) => label)).toEqual(["Add brand"]);
    expect(findByName(actions, "sea").map(({ label }) => label)).toEqual(["Search settings"]);
    expect(findByName(actions, "SETTINGS").map(({ label }) => label)).toEqual(["Go to: Settings", "Search settings"]);
    expect(findByName(actions, "nothing")).toEqual([]);
    expect(findByName(actions, " ")).toHaveLength(3);
  });

  it("puts what is for every page last", () => {
    expect(bySection(actions, "Everywhere").map(([section]) => section)).toEqual(["Settings", "Brands", "Everywhere"]);
  });
});
