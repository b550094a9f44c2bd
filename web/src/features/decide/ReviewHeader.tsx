import { useQuery } from "@tanstack/react-query";
import { ArrowLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { useBrandName } from "@/api/brands";
import type { GroupDetail } from "@/api/groups";
import { type GroupView, writeView } from "@/api/groupView";
import { summaryQuery } from "@/api/results";
import { ActionButton, Badge, Progress, RELATION_COLOURS } from "@/components/ui";
import type { Action } from "@/lib/actions";
import { classes } from "@/lib/classes";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

import type { ReviewAction } from "./useReviewActions";

interface ReviewHeaderProps {
  result: string;
  group: GroupDetail;
  view: GroupView;
  title: string;
  at: number;
  total: number;
  actions: Record<ReviewAction, Action>;
  extra: ReactNode;
}

/** Which group this is, where it stands in the list, and how far the review is. */
export function ReviewHeader({ result, group, view, title, at, total, actions, extra }: ReviewHeaderProps) {
  const texts = useTexts();
  const format = useFormat();
  const nameOf = useBrandName();
  return (
    <header className="border-line flex flex-wrap items-center gap-x-4 gap-y-2 border-b px-4 py-2.5 sm:px-6 lg:px-8">
      <Link
        to={paths.results(result, writeView(view).toString())}
        className="text-ink-2 hover:text-ink -ml-1 flex items-center gap-1 rounded-sm px-1 py-1 text-sm"
      >
        <ArrowLeft className="size-4" aria-hidden />
        <span className="max-sm:sr-only">{texts.decide.back}</span>
      </Link>
      <div className="flex min-w-0 items-center gap-2.5">
        <span className={classes("size-2.5 shrink-0 rounded-full", RELATION_COLOURS[group.relation])} aria-hidden />
        <h1 className="truncate text-lg font-semibold" tabIndex={-1}>
          {title}
        </h1>
        <span className="text-ink-2 truncate text-sm max-lg:hidden">{group.brands.map(nameOf).join(", ")}</span>
        {group.settled && <Badge tone="good">{texts.results.list.settled}</Badge>}
      </div>
      <div className="ml-auto flex items-center gap-3">
        <ReviewProgress result={result} />
        {extra}
        <div className="flex items-center gap-1">
          <ActionButton action={actions.previous} iconOnly look="ghost" />
          {total > 0 && (
            <span className="text-ink-2 tabular text-sm whitespace-nowrap">
              {at < 0 ? "–" : format.number(at + 1)} / {format.number(total)}
            </span>
          )}
          <ActionButton action={actions.next} iconOnly look="ghost" />
        </div>
      </div>
    </header>
  );
}

/** "312 of 1,204 groups settled" with its bar. */
export function ReviewProgress({ result }: { result: string }) {
  const texts = useTexts().decide;
  const { data } = useQuery(summaryQuery(result));
  if (!data || data.total === 0) return null;
  return (
    <div className="w-56 max-md:hidden">
      <p className="text-ink-2 tabular text-right text-xs">{texts.progress(data.settled, data.total)}</p>
      <Progress label={texts.progressLabel} value={data.settled / data.total} tone="good" className="mt-1 h-1" />
    </div>
  );
}
