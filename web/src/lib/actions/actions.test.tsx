import { fireEvent, render } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";

import { prefer } from "../preferences";
import { type Action, keyCaps, keyName, useActions, useShortcuts } from ".";

function Page({ actions }: { actions: readonly Action[] }) {
  useShortcuts();
  useActions(actions);
  return (
    <>
      <input aria-label="text" />
      <button type="button">press</button>
    </>
  );
}

const action = (keys: string, run: () => void, rest: Partial<Action> = {}): Action => ({
  id: keys,
  label: keys,
  section: "Test",
  keys: [keys],
  run,
  ...rest,
});

const press = (key: string, init: KeyboardEventInit = {}, target: Element = document.body) =>
  fireEvent.keyDown(target, { key, ...init });

afterEach(() => prefer({ letterKeys: true }));

describe("the table of actions", () => {
  it("runs the action of a key, as it is now", () => {
    const [first, second] = [vi.fn(), vi.fn()];
    const { rerender } = render(<Page actions={[action("j", first)]} />);
    rerender(<Page actions={[action("j", second)]} />);
    press("j");
    expect(first).not.toHaveBeenCalled();
    expect(second).toHaveBeenCalledOnce();
  });

  it("knows sequences, and forgets a beginning that leads nowhere", () => {
    const run = vi.fn();
    render(<Page actions={[action("g b", run)]} />);
    press("g");
    press("x");
    press("b");
    expect(run).not.toHaveBeenCalled();
    press("g");
    press("b");
    expect(run).toHaveBeenCalledOnce();
  });

  it("leaves letters to the field that is typed in, but not commands with Ctrl", () => {
    const [letter, command] = [vi.fn(), vi.fn()];
    const { getByLabelText } = render(<Page actions={[action("j", letter), action("mod+k", command)]} />);
    press("j", {}, getByLabelText("text"));
    press("k", { ctrlKey: true }, getByLabelText("text"));
    expect(letter).not.toHaveBeenCalled();
    expect(command).toHaveBeenCalledOnce();
  });

  it("leaves Enter to the button that has the focus", () => {
    const run = vi.fn();
    const { getByText } = render(<Page actions={[action("Enter", run)]} />);
    press("Enter", {}, getByText("press"));
    expect(run).not.toHaveBeenCalled();
    press("Enter");
    expect(run).toHaveBeenCalledOnce();
  });

  it("keeps letters quiet when the person turned them off", () => {
    const [letter, command] = [vi.fn(), vi.fn()];
    render(<Page actions={[action("j", letter), action("mod+k", command)]} />);
    prefer({ letterKeys: false });
    press("j");
    press("k", { metaKey: true });
    expect(letter).not.toHaveBeenCalled();
    expect(command).toHaveBeenCalledOnce();
  });

  it("runs nothing that is disabled, and nothing of a page that has gone", () => {
    const run = vi.fn();
    const { unmount } = render(<Page actions={[action("j", run, { disabled: true }), action("k", run)]} />);
    press("j");
    unmount();
    press("k");
    expect(run).not.toHaveBeenCalled();
  });

  it("reaches the dialog's actions alone while a dialog is open", () => {
    const [page, dialog] = [vi.fn(), vi.fn()];
    render(
      <>
        <Page actions={[action("j", page), action("k", dialog, { layer: "dialog" })]} />
        <div role="dialog" data-state="open" />
      </>,
    );
    press("j");
    press("k");
    expect(page).not.toHaveBeenCalled();
    expect(dialog).toHaveBeenCalledOnce();
  });
});

describe("the names of keys", () => {
  it("count Shift for letters and named keys, and not for symbols", () => {
    const key = (name: string, rest: Partial<KeyboardEvent> = {}) =>
      keyName({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...rest });
    expect(key("A", { shiftKey: true })).toBe("shift+a");
    expect(key("?", { shiftKey: true })).toBe("?");
    expect(key("ArrowDown", { shiftKey: true })).toBe("shift+ArrowDown");
    expect(key("k", { metaKey: true })).toBe("mod+k");
    expect(key(" ")).toBe("Space");
    expect(key("Shift", { shiftKey: true })).toBe("");
  });

  it("are shown as caps", () => {
    expect(keyCaps("g b")).toEqual([["G"], ["B"]]);
    expect(keyCaps("shift+ArrowUp")).toEqual([["⇧", "↑"]]);
    expect(keyCaps("+")).toEqual([["+"]]);
  });
});
