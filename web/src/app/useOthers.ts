import { type QueryClient, useIsMutating, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useMatch } from "react-router";

import { type GroupDetail, groupKey } from "@/api/groups";
import { type News, othersQuery } from "@/api/others";
import { toast } from "@/components/ui";
import { type Texts, useTexts } from "@/texts";

/** Shows what other people decide while one looks: lists and counts follow, and of the group on the screen one is told.
 *
 * That group itself stays as it was seen until one looks at it anew: whoever decides on it meanwhile is told who was
 * faster, and nobody is overruled by accident.
 */
export function useOthers(): void {
  const texts = useTexts();
  const queries = useQueryClient();
  const match = useMatch("/results/:result/groups/:group");
  const reviewing = useMatch("/results/*") !== null;
  const deciding = useIsMutating() > 0;
  const { data: news } = useQuery({ ...othersQuery, enabled: reviewing && !deciding });
  const { result = "", group = "" } = match?.params ?? {};
  useEffect(() => {
    if (!news || (news.rows.length === 0 && !news.many)) return;
    const open = groupKey(result, group);
    const isOpen = (key: readonly unknown[]) => group !== "" && open.every((part, at) => key[at] === part);
    void queries.invalidateQueries({ queryKey: ["results"], predicate: ({ queryKey }) => CHANGING.has(String(queryKey[2])) && !isOpen(queryKey) });
    if (group !== "") tell(queries, result, group, news, texts);
    // Only news is a reason: what is on the screen when it comes is what it is about.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [news]);
}

/** What of a result changes with decisions. */
const CHANGING: ReadonlySet<string> = new Set(["groups", "group", "summary"]);

function tell(queries: QueryClient, result: string, key: string, news: News, texts: Texts): void {
  const seen = queries.getQueriesData<GroupDetail>({ queryKey: groupKey(result, key) }).find(([, data]) => data)?.[1];
  const contents = new Set(seen?.members.map(({ sha256 }) => sha256));
  const row = news.rows.findLast((one) => one.contents.some((content) => contents.has(content)));
  if (!row) return;
  toast({
    title: texts.decide.others.decided(row.person),
    text: texts.decide.others.text,
    action: { label: texts.decide.conflict.look, run: () => void queries.invalidateQueries({ queryKey: groupKey(result, key) }) },
    lasts: 15_000,
  });
}
