import { answer, api } from "./client";
import type { Schema } from "./types";
import { upload } from "./upload";

export type Check = Schema["Check"];
export type Match = Schema["Match"];

export interface CheckOptions {
  brand: string;
  add: boolean;
}

/** Ask whether the image at an address is in the catalogue. */
export const checkAddress = (url: string, { brand, add }: CheckOptions): Promise<Check> =>
  answer(api.POST("/api/check", { body: { url, brand, add } }));

/** Ask whether an image that a person has at hand is in the catalogue. */
export const checkFile = (file: File, { brand, add }: CheckOptions): Promise<Check> =>
  upload<Check>("/api/check", [{ file, name: file.name || "image" }], {
    field: "file",
    fields: { brand, add: add ? "true" : "false" },
  });
