import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import { describe, expect, it } from "vitest";

import { patchGroup } from "./decisions";
import { groupKey, groupsKey, type GroupsPage, type GroupSummary } from "./groups";
import { resultKey } from "./results";

const group = (key: string): GroupSummary =>
  ({ key, relation: "copy", size: 2, settled: false, asked: 2, preview: [], brands: [] }) as unknown as GroupSummary;

const list = (...pages: string[][]): InfiniteData<GroupsPage> => ({
  pageParams: pages.map(() => ""),
  pages: pages.map((keys) => ({ groups: keys.map(group), total: 4, images: 8, gain: 0 })),
});

describe("a decision in what is shown", () => {
  it("changes the group in its page, in every list and in the count, and nothing else", () => {
    const queries = new QueryClient();
    queries.setQueryData([...groupKey("r", "c"), null], group("c"));
    queries.setQueryData([...groupsKey("r"), "one view"], list(["a", "b"], ["c", "d"]));
    queries.setQueryData([...groupsKey("r"), "another"], list(["c"]));
    queries.setQueryData([...groupsKey("other"), "view"], list(["c"]));
    queries.setQueryData([...resultKey("r"), "summary"], { settled: 3, total: 9 });
    const before = queries.getQueryData<InfiniteData<GroupsPage>>([...groupsKey("r"), "one view"]);

    patchGroup(queries, "r", "c", (now) => ({ ...now, asked: 0, settled: true }));

    const after = queries.getQueryData<InfiniteData<GroupsPage>>([...groupsKey("r"), "one view"]);
    expect(after?.pages[1]?.groups[0]).toMatchObject({ key: "c", settled: true });
    expect(after?.pages[0]).toBe(before?.pages[0]);
    expect(queries.getQueryData<GroupSummary>([...groupKey("r", "c"), null])?.settled).toBe(true);
    expect(queries.getQueryData<InfiniteData<GroupsPage>>([...groupsKey("r"), "another"])?.pages[0]?.groups[0]?.settled).toBe(true);
    expect(queries.getQueryData<InfiniteData<GroupsPage>>([...groupsKey("other"), "view"])?.pages[0]?.groups[0]?.settled).toBe(false);
    expect(queries.getQueryData([...resultKey("r"), "summary"])).toEqual({ settled: 4, total: 9 });
  });

  it("counts nothing twice when a settled group is decided again", () => {
    const queries = new QueryClient();
    queries.setQueryData([...groupKey("r", "c"), null], { ...group("c"), settled: true });
    queries.setQueryData([...resultKey("r"), "summary"], { settled: 3, total: 9 });
    patchGroup(queries, "r", "c", (now) => ({ ...now, settled: true }));
    expect(queries.getQueryData([...resultKey("r"), "summary"])).toEqual({ settled: 3, total: 9 });
  });
});
