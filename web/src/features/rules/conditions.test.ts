import { describe, expect, it } from "vitest";

import type { RulesForm } from "@/api/rules";

import { newRule, rulesOf, typingOf } from "./conditions";

const NOTHING = { path: [], brand: [], format: [], metadata: null, min_pixels: null, max_pixels: null, modified_before: null, modified_after: null };

const RULES: RulesForm = {
  automatic: ["identical"],
  order: ["pixels", "name"],
  formats: ["PNG", "JPEG"],
  protect: [{ ...NOTHING, name: "the archive", path: ["archive/", "/mnt/a, b/"] }],
  only_when: [{ ...NOTHING, name: "", brand: ["nike"], metadata: false, kept: { ...NOTHING, min_pixels: 1_000_000, modified_before: "2024-01-31" } }],
  prefer: [{ ...NOTHING, name: "masters", format: ["TIFF", "PNG"], metadata: true }],
};

describe("rules in a form", () => {
  it("come back as they were", () => expect(rulesOf(typingOf(RULES))).toEqual(RULES));

  it("leave out what is empty", () => {
    const typing = typingOf({ automatic: [], order: [], formats: [], protect: [], only_when: [], prefer: [] });
    const made = rulesOf({ ...typing, protect: [{ ...newRule("protect"), path: " archive/ \n\n", brand: " a,, b " }] });
    expect(made.protect).toEqual([{ ...NOTHING, name: "", path: ["archive/"], brand: ["a", "b"] }]);
  });

  it("ask of a rule with a condition what stays", () => {
    expect(newRule("only_when").kept).not.toBeNull();
    expect(newRule("protect").kept).toBeNull();
  });
});
