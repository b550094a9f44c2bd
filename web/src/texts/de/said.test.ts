import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { describe, expect, it } from "vitest";

import { createFormat } from "@/lib/format";

import { german } from "./index";
import { said } from "./said";

const SERVER = path.join(import.meta.dirname, "../../../../src/sosie");

/** The sentences that a pattern finds in the server's own code, with a number in the place of what varies. */
function sentences(files: readonly string[], pattern: RegExp): string[] {
  const found = files.flatMap((file) => [...readFileSync(path.join(SERVER, file), "utf8").matchAll(pattern)]);
  return found.map(([, text = ""]) => text.replace(/\{[^}]*\}/g, "7"));
}

describe("what the server says, in German", () => {
  it("has every reason to keep an image", () => {
    const reasons = sentences(["grouping/keeper.py"], /lambda f: f?"([^"]+)"/g);
    expect(reasons.length).toBeGreaterThan(8);
    expect(reasons.filter((reason) => said(reason) === null)).toEqual([]);
  });

  it("has every reason for which an image cannot be read", () => {
    const files = readdirSync(path.join(SERVER, "imaging")).filter((name) => name.endsWith(".py"));
    const reasons = sentences(files.map((name) => `imaging/${name}`), /(?:UnreadableImage|NotAnImage|TooLarge)\(\s*f?"([^"]+)"/g);
    expect(reasons.length).toBeGreaterThan(8);
    expect(reasons.filter((reason) => said(reason) === null)).toEqual([]);
  });

  it("has every reason for which a copy waits", () => {
    const reasons = sentences(["review/ways.py", "review/choosing.py"], /return f?"((?:waits|stays|is|somebody) [^"]+)"/g);
    expect(reasons.length).toBeGreaterThan(4);
    expect(reasons.filter((reason) => said(reason) === null)).toEqual([]);
  });

  it("has everything that comes between a plan and its files", () => {
    const refused = sentences(["review/acting.py", "review/reverting.py", "review/places.py"], /ActionRefused\(\s*f?"([^"]+)"/g);
    const meanings = sentences(["review/failures.py"], /: \("([^"]+)", f?"/g);
    expect(refused.length).toBeGreaterThan(9);
    expect(meanings.length).toBeGreaterThan(15);
    expect([...refused, ...meanings].filter((reason) => said(reason) === null)).toEqual([]);
    expect(said("/shop/a.jpg was left as it is: the volume is full.")).toBe("/shop/a.jpg blieb, wie es ist: das Laufwerk ist voll.");
  });

  it("has what is said of images that were not compared in full, and of every event of a story", () => {
    expect(sentences(["review/audit.py"], /"(?:flat|tiny)": "([^"]+)"/g).filter((reason) => said(reason) === null)).toEqual([]);
    const kinds = sentences(["store/decisions.py"], /^KINDS.*= \((.+)\)$/gm).flatMap((line) => [...line.matchAll(/"(\w+)"/g)].map(([, kind]) => `decided: ${kind}`));
    const steps = sentences(["review/audit.py"], /"(?:done|begin|refused|undone|undoing)": "([^"]+)"/g);
    expect([kinds.length, steps.length]).toEqual([5, 5]);
    expect([...kinds, ...steps].filter((what) => !(what in german(createFormat("de")).audit.story.what))).toEqual([]);
  });

  it("puts in what varies, and leaves what it does not know", () => {
    expect(said("waits for a decision: only 82% sure that it is a copy of what is kept")).toContain("82%");
    expect(said("is cut off or damaged (parts of the picture are missing)")).toBe("ist abgeschnitten oder beschädigt (Teile des Bildes fehlen)");
    expect(said("Nobody has ever said this.")).toBeNull();
  });
});
