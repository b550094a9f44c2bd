import { act, renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { useTyped } from "./useTyped";

describe("a field whose text is kept elsewhere", () => {
  it("keeps every letter, however late its keeper follows, and takes over what others change", () => {
    const sent: string[] = [];
    const { result, rerender } = renderHook(({ kept }) => useTyped(kept, (text) => sent.push(text)), { initialProps: { kept: "" } });
    for (const letters of ["f", "fr", "fri"]) act(() => result.current[1](letters));
    expect(result.current[0]).toBe("fri");
    rerender({ kept: "f" });
    expect(result.current[0]).toBe("fri");
    rerender({ kept: "fri" });
    expect([result.current[0], sent]).toEqual(["fri", ["f", "fr", "fri"]]);
    rerender({ kept: "" });
    expect(result.current[0]).toBe("");
  });
});
