import { describe, expect, it } from "vitest";

import { nameOf } from "./names";

describe("the name of an image", () => {
  it("is its title, or the last part of its address", () => {
    expect(nameOf({ uri: "/shop/archive/shoe.jpg", title: "" })).toBe("shoe.jpg");
    expect(nameOf({ uri: "https://cdn.example/a/red%20shoe.png?v=3", title: "" })).toBe("red shoe.png");
    expect(nameOf({ uri: "C:\\shop\\hat.webp", title: "" })).toBe("hat.webp");
    expect(nameOf({ uri: "/a/b.jpg", title: "Winter hat" })).toBe("Winter hat");
    expect(nameOf({ uri: "/sale/50%.jpg", title: "" })).toBe("50%.jpg");
  });
});
