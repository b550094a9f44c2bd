import { describe, expect, it } from "vitest";

import { batches } from "./api/uploads";
import { nameOfDrop } from "./dropped";
import { freeKey, isKey, keyFor } from "./keys";
import { draftOf, isComplete, specOf, wrongLine } from "./sources";

const part = (name: string, size = 10) => ({ name, file: new File([new Uint8Array(size)], name) });

describe("the key of a brand", () => {
  it("is made of its name", () => {
    expect(keyFor("Levi's Kids")).toBe("levis-kids");
    expect(keyFor("Öko & Söhne")).toBe("oeko-soehne");
    expect(keyFor("  Ångström 1.0 ")).toBe("angstroem-1.0");
    expect(keyFor("日本")).toBe("");
  });

  it("is one that nobody has", () => {
    expect(freeKey("Nike", new Set(["nike", "nike-2"]))).toBe("nike-3");
    expect(freeKey("日本", new Set())).toBe("brand");
    expect(isKey(freeKey("x".repeat(200), new Set([keyFor("x".repeat(200))])))).toBe(true);
  });
});

describe("the form of a source", () => {
  it("sends lists as lists, and further settings as what they are", () => {
    const draft = { kind: "urls" as const, values: { urls: "https://a/1.jpg\n\n https://a/2.jpg " }, more: "limit = 5\nrobots=false\ntoken = ${TOKEN}" };
    expect(specOf(draft)).toEqual({
      kind: "urls",
      settings: { urls: ["https://a/1.jpg", "https://a/2.jpg"], limit: 5, robots: false, token: "${TOKEN}" },
    });
  });

  it("shows a source as it was given", () => {
    const spec = { kind: "shopify" as const, settings: { url: "https://shop.example", max_pages: 3 } };
    expect(specOf(draftOf(spec))).toEqual(spec);
  });

  it("is complete when all that is needed is there", () => {
    expect(isComplete({ kind: "shopify", values: {}, more: "" })).toBe(false);
    expect(isComplete({ kind: "urls", values: { url: "https://a/list.txt" }, more: "" })).toBe(true);
    expect(isComplete({ kind: "upload", values: {}, more: "" })).toBe(true);
    expect(wrongLine("a = 1\nnonsense")).toBe("nonsense");
  });
});

describe("files that are dropped", () => {
  it("give the brand the name of the folder that holds them all", () => {
    expect(nameOfDrop([part("autumn/a.jpg"), part("autumn/b/c.jpg")])).toBe("autumn");
    expect(nameOfDrop([part("lookbook.zip")])).toBe("lookbook");
    expect(nameOfDrop([part("a.jpg"), part("b.jpg")])).toBe("");
  });

  it("are sent in requests of bounded size, none left out", () => {
    const parts = [part("a", 60), part("b", 60), part("c", 300), part("d", 10), part("e", 10)];
    const sent = batches(parts, 2, 120);
    expect(sent.map((batch) => batch.map(({ name }) => name).join(""))).toEqual(["ab", "c", "de"]);
  });
});
