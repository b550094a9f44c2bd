import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";

import { type GroupFilter, type GroupView, readView, writeView } from "@/api/groupView";

/** The view in the address, and how to change it. The page does not jump, and Back leaves the page, not the filter. */
export function useView() {
  const [search, setSearch] = useSearchParams();
  const text = search.toString();
  const view = useMemo(() => readView(new URLSearchParams(text)), [text]);
  const change = useCallback(
    (part: Partial<GroupView>) =>
      setSearch((now) => writeView({ ...readView(now), ...part }), { replace: true, preventScrollReset: true }),
    [setSearch],
  );
  const narrow = useCallback(
    (part: Partial<GroupFilter>) =>
      setSearch(
        (now) => {
          const before = readView(now);
          return writeView({ ...before, filter: { ...before.filter, ...part } });
        },
        { replace: true, preventScrollReset: true },
      ),
    [setSearch],
  );
  return { view, change, narrow };
}
