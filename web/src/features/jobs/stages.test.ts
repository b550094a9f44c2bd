import { describe, expect, it } from "vitest";

import type { Job, Stage, StepCost } from "@/api/types";

import { imagesRead, overallShare, shareOf, stagesOf, stragglersOf } from "./stages";

const progress = (stage: Stage, done: number, total: number) => ({ stage, done, total, seconds: 1, rate: null, left: null });

const job = (state: Job["state"], stages: ReturnType<typeof progress>[], params: Job["params"] = {}): Job => ({
  id: "1",
  state,
  brands: [],
  params,
  created: 0,
  started: 0,
  finished: null,
  progress: { stages, skipped: 0, last_skipped: [], recent: [], fallbacks: [], steps: [] },
  failed_brands: {},
  error: "",
  next_step: "",
  person: "",
});

const phases = (one: Job) => stagesOf(one).map(({ stage, phase }) => `${stage} ${phase}`);

describe("the stages of a run", () => {
  it("show what is done, what is under way and what comes", () => {
    expect(phases(job("running", [progress("fetch", 10, 10), progress("read", 3, 10)])).slice(0, 3)).toEqual([
      "fetch done",
      "read now",
      "compare next",
    ]);
  });

  it("leave out what this run does not do", () => {
    expect(phases(job("running", [], { sync: false, method: "hash" }))).toEqual(["read now", "compare next", "group next"]);
  });

  it("promise nothing more once the run has ended", () => {
    expect(phases(job("cancelled", [progress("fetch", 10, 10), progress("read", 3, 10)]))).toEqual(["fetch done", "read stopped"]);
    expect(phases(job("done", [progress("fetch", 10, 10), progress("read", 9, 10)]))).toEqual(["fetch done", "read done"]);
  });

  it("know how much is done, and say when they do not", () => {
    const [fetch, read] = stagesOf(job("running", [progress("fetch", 10, 10), progress("read", 5, 0)]));
    expect(fetch && shareOf(fetch)).toBe(1);
    expect(read && shareOf(read)).toBeNull();
    expect(overallShare(job("done", []))).toBe(1);
    expect(overallShare(job("running", []))).toBeNull();
  });

  it("name the tasks that lag behind, the slowest first", () => {
    const step = (name: string, ...seconds: number[]): StepCost => ({
      step: name,
      tasks: 9,
      total: 9,
      kept: 0,
      rows: 90,
      rate: 10,
      seconds: 9,
      busy: 9,
      cpu: 9,
      read: 1,
      written: 1,
      lost: 0,
      median: 1,
      stragglers: seconds.length,
      slowest: seconds.map((took) => ({ task: `${name}/${String(took)}`, seconds: took, worker: "a:1" })),
    });
    expect(stragglersOf([step("read", 5, 4), step("near"), step("verify", 7)]).map(({ task }) => task)).toEqual([
      "verify/7",
      "read/5",
      "read/4",
    ]);
  });

  it("count images that were known from before", () => {
    expect(imagesRead(job("done", [progress("fetch", 57, 57), progress("compare", 56, 56)]))).toBe(56);
  });
});
