import { describe, expect, it } from "vitest";

import type { Image } from "@/api/groups";
import { createFormat } from "@/lib/format";
import { english } from "@/texts/en";

import { factsOf } from "./facts";

const format = createFormat("en-GB");
const { names } = english(format).compare;

function image(uri: string, brand = "acme"): Image {
  return { id: 0, sha256: uri, uri, brand, title: "", width: 10, height: 10, bytes: 5, format: "PNG", compared: "yes" };
}

function valuesOf(name: string, a: Image, b: Image) {
  return factsOf(a, b, {}, false, names, format, (key) => key.toUpperCase()).find((fact) => fact.name === name);
}

describe("what two files say", () => {
  it("shows where places differ, and the whole of them on request", () => {
    const found = valuesOf(names.place, image("/srv/long/way/shop/shots/1.png"), image("/srv/long/way/shop/old/copy of 1.png"));
    expect(found?.values).toEqual(["…/shop/shots/1.png", "…/shop/old/copy of 1.png"]);
    expect(found?.whole?.[0]).toBe("/srv/long/way/shop/shots/1.png");
    expect(valuesOf(names.place, image("https://a.example/x/1.png"), image("s3://b/2.png"))?.values).toEqual(["https://a.example/x/1.png", "s3://b/2.png"]);
  });

  it("calls brands by their names and marks what differs", () => {
    expect(valuesOf(names.brand, image("/a/1.png"), image("/a/2.png"))).toMatchObject({ values: ["ACME", "ACME"], differs: false });
    expect(valuesOf(names.brand, image("/a/1.png"), image("/a/2.png", "zeta"))?.differs).toBe(true);
  });
});
