import { expect, it } from "vitest";

import { sentencesOf } from "./sentences";

it("takes a text apart at its full stops, and not within names", () => {
  expect(sentencesOf("The model is not at huggingface.co. Run it again! 7.5 MB are free")).toEqual([
    "The model is not at huggingface.co.",
    "Run it again!",
    "7.5 MB are free",
  ]);
  expect(sentencesOf("")).toEqual([]);
});
