import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Info } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";

import { useBrandName } from "@/api/brands";
import { skippedQuery, type Summary } from "@/api/results";
import { Dialog, Progress, Said, Skeleton } from "@/components/ui";
import { classes } from "@/lib/classes";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

/** The answers that people look for first. */
export function ResultSummary({ summary }: { summary: Summary | undefined }) {
  const texts = useTexts().results.summary;
  const format = useFormat();
  if (!summary) return <SummarySkeleton />;
  const copyGroups = (summary.groups.identical ?? 0) + (summary.groups.copy ?? 0);
  const reviewed = summary.total === 0 ? 1 : summary.settled / summary.total;
  return (
    <section aria-label={texts.title} className="mb-8">
      <p className="mb-4 text-xl font-medium tracking-tight text-balance">{texts.headline(summary.copies, summary.images)}</p>
      <dl className="grid grid-cols-2 gap-3 xl:grid-cols-4">
        <Tile name={texts.unique} value={format.number(summary.unique)} hint={texts.uniqueHint} />
        <Tile name={texts.copies} value={format.number(summary.copies)} hint={texts.copiesHint(copyGroups)} />
        <Tile name={texts.gain} value={format.bytes(summary.gain)} hint={texts.gainHint} />
        <Tile name={texts.reviewed} value={format.percent(Math.floor(reviewed * 100) / 100)} hint={texts.reviewedOf(summary.settled, summary.total)}>
          <Progress label={texts.reviewed} value={reviewed} tone="good" className="mt-2" />
        </Tile>
      </dl>
      <Fallbacks summary={summary} />
      <Details summary={summary} />
    </section>
  );
}

function Tile({ name, value, hint, children }: { name: string; value: string; hint: string; children?: ReactNode }) {
  return (
    <div className="border-line bg-surface shadow-card rounded-lg border p-4 max-sm:p-3">
      <dt className="text-ink-2 text-sm">{name}</dt>
      <dd className="tabular mt-1 text-2xl font-semibold tracking-tight">{value}</dd>
      <dd className="text-ink-3 mt-0.5 text-xs">{hint}</dd>
      {children && <dd>{children}</dd>}
    </div>
  );
}

function SummarySkeleton() {
  return (
    <div className="mb-8" aria-hidden>
      <Skeleton className="mb-4 h-6.5 w-72" />
      <div className="grid grid-cols-2 gap-3 xl:grid-cols-4">
        {[0, 1, 2, 3].map((index) => (
          <Skeleton key={index} className="h-27 rounded-lg" />
        ))}
      </div>
      <Skeleton className="mt-4 h-5 w-40" />
    </div>
  );
}

/** A plain sentence for each back end that was left for another, for those who ask: what was found stands above it. */
function Fallbacks({ summary }: { summary: Summary }) {
  const texts = useTexts().results.summary;
  if (summary.fallbacks.length === 0) return null;
  return (
    <details className="group text-ink-2 mt-3 text-sm">
      <summary className="hover:text-ink inline-flex list-none items-center gap-1.5 rounded-sm py-1 [&::-webkit-details-marker]:hidden">
        <Info className="size-4 shrink-0" aria-hidden />
        {texts.fallbacks}
        <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden />
      </summary>
      <div className="border-line mt-1 max-w-3xl space-y-1 border-l-2 pl-3">
        {summary.fallbacks.map((sentence) => (
          <p key={sentence}>
            <Said text={sentence} />
          </p>
        ))}
        <Link to={paths.settings("health")} className="text-accent-ink hover:underline">
          {texts.fallbacksNext}
        </Link>
      </div>
    </details>
  );
}

/** Brands, method and time, folded away until somebody asks. */
function Details({ summary }: { summary: Summary }) {
  const texts = useTexts().results.summary;
  return (
    <details className="group mt-4">
      <summary className="text-ink-2 hover:text-ink inline-flex list-none items-center gap-1.5 rounded-sm py-1 text-sm font-medium [&::-webkit-details-marker]:hidden">
        <ChevronDown className="size-4 transition-transform group-open:rotate-180" aria-hidden />
        {texts.how}
      </summary>
      <div className="mt-2 grid gap-3 lg:grid-cols-2">
        <BrandShares summary={summary} />
        <How summary={summary} />
      </div>
    </details>
  );
}

const CARD = "border-line bg-surface rounded-lg border p-4";

function BrandShares({ summary }: { summary: Summary }) {
  const texts = useTexts().results.summary;
  const nameOf = useBrandName();
  const most = Math.max(1, ...summary.brands.map(({ images }) => images));
  return (
    <div className={CARD}>
      <h2 className="mb-2 text-sm font-medium">{texts.brands}</h2>
      <ul className="max-h-72 space-y-2.5 overflow-y-auto">
        {summary.brands.map(({ brand, images, copies }) => (
          <li key={brand} className="text-sm">
            <div className="flex justify-between gap-3">
              <span className="truncate">{nameOf(brand)}</span>
              <span className="text-ink-2 tabular shrink-0">{texts.brandLine(images, copies)}</span>
            </div>
            <div className="bg-sunken mt-1 flex h-1.5 overflow-hidden rounded-full" aria-hidden>
              <span className="bg-line-strong" style={{ width: `${((images - copies) / most) * 100}%` }} />
              <span className="bg-accent" style={{ width: `${(copies / most) * 100}%` }} />
            </div>
          </li>
        ))}
      </ul>
      {summary.cross_brand > 0 && <p className="text-ink-2 mt-3 text-sm">{texts.crossBrand(summary.cross_brand)}</p>}
    </div>
  );
}

function How({ summary }: { summary: Summary }) {
  const texts = useTexts().results.summary;
  const format = useFormat();
  const [skipped, setSkipped] = useState(false);
  const stages = Object.entries(summary.timings)
    .filter(([, seconds]) => seconds >= 0.05)
    .map(([stage, seconds]) => `${texts.stage(stage)} ${format.duration(seconds)}`);
  const rows: [string, ReactNode][] = [
    [texts.method, texts.methods(summary.method)],
    [texts.embedder, summary.embedder || texts.noEmbedder],
    ...(summary.threshold === null ? [] : [[texts.threshold, format.percent(summary.threshold, 1)] as [string, ReactNode]]),
    [texts.took, `${format.duration(summary.seconds)}${stages.length > 0 ? ` (${stages.join(", ")})` : ""}`],
    [
      texts.skipped,
      summary.skipped === 0 ? (
        texts.skippedLine(0)
      ) : (
        <button type="button" className="text-accent-ink hover:underline" onClick={() => setSkipped(true)}>
          {texts.skippedLine(summary.skipped)}
        </button>
      ),
    ],
  ];
  return (
    <div className={CARD}>
      <dl className="space-y-2 text-sm">
        {rows.map(([name, value]) => (
          <div key={name} className="flex gap-3">
            <dt className="text-ink-2 w-32 shrink-0">{name}</dt>
            <dd className={classes("min-w-0 flex-1")}>{value}</dd>
          </div>
        ))}
      </dl>
      {skipped && <SkippedDialog result={summary.id} onClose={() => setSkipped(false)} />}
    </div>
  );
}

function SkippedDialog({ result, onClose }: { result: string; onClose: () => void }) {
  const texts = useTexts();
  const [cursors, setCursors] = useState([""]);
  const { data, isPending, error } = useQuery(skippedQuery(result, cursors.at(-1) ?? ""));
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={texts.results.summary.skippedTitle} description={texts.results.summary.skippedText} width="lg">
      {error && <p className="text-bad-ink"><Said text={error.message} /></p>}
      {isPending ? (
        <Skeleton className="h-40" />
      ) : (
        <ul className="divide-line divide-y">
          {data?.skipped.map(({ uri, reason }, index) => (
            <li key={`${uri} ${index}`} className="py-2 text-sm">
              <p className="font-medium break-all">{uri}</p>
              <p className="text-ink-2"><Said text={reason ?? ""} /></p>
            </li>
          ))}
        </ul>
      )}
      {data?.next && (
        <button type="button" className="text-accent-ink mt-3 text-sm hover:underline" onClick={() => setCursors((now) => [...now, data.next ?? ""])}>
          {texts.app.general.showMore}
        </button>
      )}
    </Dialog>
  );
}
