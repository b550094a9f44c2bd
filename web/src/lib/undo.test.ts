import { describe, expect, it } from "vitest";
import { decided, EMPTY, forgotten, redoable, redone, undoable, undone } from "./undo";

const first = { label: "keep one", groups: ["g1"], decisions: [1, 2] };
const second = { label: "set apart", groups: ["g2"], decisions: [3] };

describe("the history of decisions", () => {
  it("goes back and forth with the numbers that the server gave last", () => {
    let history = decided(decided(EMPTY, first), second);
    history = undone(history, second, [4]);
    expect(undoable(history)).toEqual(first);
    expect(redoable(history)?.decisions).toEqual([4]);
    history = redone(history, { ...second, decisions: [4] }, [5]);
    expect(undoable(history)?.decisions).toEqual([5]);
    expect(redoable(history)).toBeUndefined();
  });

  it("forgets what was undone once something new is decided", () => {
    let history = decided(EMPTY, first);
    history = undone(history, first, [9]);
    history = decided(history, second);
    expect(redoable(history)).toBeUndefined();
    expect(history.past).toEqual([second]);
  });

  it("takes no notice of decisions that recorded nothing", () => {
    expect(decided(EMPTY, { ...first, decisions: [] })).toBe(EMPTY);
  });

  it("does not move an entry twice when two answers arrive", () => {
    const history = decided(EMPTY, first);
    const once = undone(history, first, [7]);
    expect(undone(once, first, [8])).toBe(once);
  });

  it("drops what can no longer be undone", () => {
    expect(undoable(forgotten(decided(EMPTY, first), first))).toBeUndefined();
  });
});
