import { readFile } from "node:fs/promises";

import openapi, { astToString } from "openapi-typescript";
import { describe, expect, it } from "vitest";

const read = (name: string) => readFile(name, "utf8");

describe("the API's types", () => {
  it("are those of the API's own description: `npm run types` writes them anew", async () => {
    const schema: unknown = JSON.parse(await read("openapi.json"));
    const tree = await openapi(schema as Parameters<typeof openapi>[0], { rootTypes: true, rootTypesNoSchemaPrefix: true, silent: true });
    const written = await read("src/api/schema.d.ts");
    expect(written.slice(written.indexOf("export interface paths"))).toBe(
      astToString(tree).slice(astToString(tree).indexOf("export interface paths")),
    );
  });
});
