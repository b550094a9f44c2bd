import { describe, expect, it } from "vitest";
import { DEFAULT_VIEW, filtersSet, readView, writeView } from "./groupView";

describe("the view of the groups in the address", () => {
  it("is empty for the default view", () => {
    expect(writeView(DEFAULT_VIEW).toString()).toBe("");
    expect(readView(new URLSearchParams())).toEqual(DEFAULT_VIEW);
  });

  it("comes back as it was written", () => {
    const view = readView(
      new URLSearchParams(
        "relation=copy&relation=similar&brand=levis-1&brand=nike&cross=1&min_size=3&max_size=40&min_score=0.5" +
          "&max_score=0.95&source=archive%2F&text=red+shoe&state=open&sort=size&order=up&threshold=0.91",
      ),
    );
    expect(view.filter.relation).toEqual(["copy", "similar"]);
    expect(view.filter.brand).toEqual(["levis-1", "nike"]);
    expect(view).toMatchObject({ sort: "size", descending: false, threshold: 0.91 });
    expect(readView(writeView(view))).toEqual(view);
    expect(filtersSet(view.filter)).toBe(7);
  });

  it("passes over what makes no sense", () => {
    const view = readView(
      new URLSearchParams("relation=twin&min_size=-3&max_size=many&min_score=7&state=half&sort=colour&threshold=abc"),
    );
    expect(view).toEqual(DEFAULT_VIEW);
  });
});
