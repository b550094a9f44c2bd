import { describe, expect, it } from "vitest";

import { createFormat } from "./format";

const [en, de] = [createFormat("en"), createFormat("de")];
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("formats", () => {
  it("write sizes in steps of a thousand", () => {
    expect(en.bytes(0)).toBe("0 bytes");
    expect(en.bytes(999)).toBe("999 bytes");
    expect(en.bytes(1500)).toBe("1.5 kB");
    expect(en.bytes(123_456_789)).toBe("123 MB");
    expect(plain(de.bytes(1_234_567))).toBe("1,2 MB");
    expect(en.bytes(3e15)).toBe("3,000 TB");
  });

  it("tell how long ago something was", () => {
    expect(en.ago(1000, 1000)).toBe("now");
    expect(en.ago(1000, 1000 + 170)).toBe("3 minutes ago");
    expect(en.ago(1000, 1000 + 86_400)).toBe("yesterday");
    expect(de.ago(1000, 1000 + 7200)).toBe("vor 2 Stunden");
  });

  it("tell how long something takes", () => {
    expect(en.duration(0.25)).toBe("0.3 sec");
    expect(en.duration(59.6)).toBe("1 min 0 sec");
    expect(en.duration(80)).toBe("1 min 20 sec");
    expect(en.duration(3720)).toBe("1 hr 2 min");
  });

  it("count", () => {
    const forms = { one: "image", other: "images" };
    expect(en.plural(1, forms)).toBe("1 image");
    expect(en.plural(1204, forms)).toBe("1,204 images");
    expect(de.plural(1204, forms)).toBe("1.204 images");
  });
});
