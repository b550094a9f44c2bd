import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { watchJob } from "./events";

/** The browser's end of a line of events, steered by the test. */
class Line extends EventTarget {
  readyState = 1;
  closed = false;
  close(): void {
    this.closed = true;
  }
  tell(state: string): void {
    this.dispatchEvent(new MessageEvent("job", { data: JSON.stringify({ id: "1", state }) }));
  }
  refuse(): void {
    this.readyState = 2;
    this.dispatchEvent(new Event("error"));
  }
}

const watch = () => {
  const lines: Line[] = [];
  const heard = { onJob: vi.fn(), onEnd: vi.fn(), onLine: vi.fn() };
  const open = () => {
    const line = new Line();
    lines.push(line);
    return line as unknown as EventSource;
  };
  return { lines, heard, stop: watchJob("1", { ...heard, open }) };
};

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("EventSource", { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("following a job", () => {
  it("hands on what is told, and asks anew when an event says that it is over", () => {
    const { lines, heard } = watch();
    lines[0]?.tell("cancelled");
    lines[0]?.tell("running");
    expect(heard.onEnd).toHaveBeenCalledOnce();
    expect(heard.onJob).toHaveBeenCalledExactlyOnceWith({ id: "1", state: "running" });
    expect(lines[0]?.closed).toBe(false);
  });

  it("tries again with growing waits when the server turns it down, and stops when told", () => {
    const { lines, heard, stop } = watch();
    lines[0]?.refuse();
    expect(heard.onLine).toHaveBeenLastCalledWith(false);
    vi.advanceTimersByTime(1000);
    expect(lines).toHaveLength(2);
    lines[1]?.refuse();
    vi.advanceTimersByTime(1000);
    expect(lines).toHaveLength(2);
    vi.advanceTimersByTime(1000);
    expect(lines).toHaveLength(3);
    stop();
    expect(lines[2]?.closed).toBe(true);
    lines[2]?.refuse();
  });
});
