import { useQuery } from "@tanstack/react-query";
import { Download, ImageOff, Map as MapIcon, Recycle } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";

import { useBrandName } from "@/api/brands";
import type { GroupView } from "@/api/groupView";
import { statusOf } from "@/api/problems";
import { exportAddress, EXPORTS, type Summary, summaryQuery } from "@/api/results";
import { Button, Dropdown, DropdownItem, EmptyState, ErrorScreen, Page } from "@/components/ui";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

import { FilterBar } from "./FilterBar";
import { GroupList } from "./GroupList";
import { ResultSummary } from "./ResultSummary";
import { useView } from "./useView";

interface ResultsPageProps {
  /** What can be done with all groups that a view shows. */
  tools: (result: string, view: GroupView, total: number) => ReactNode;
}

/** What a run found: the answers first, then the groups. */
export function ResultsPage({ tools }: ResultsPageProps) {
  const { result = "latest" } = useParams();
  const texts = useTexts().results;
  const { data: summary, error, refetch } = useQuery(summaryQuery(result));
  const { view, change, narrow } = useView();
  if (statusOf(error) === 404 && result === "latest") return <NoResults />;
  if (error) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  return (
    <Page title={texts.title} intro={summary ? <Intro summary={summary} /> : " "} actions={summary && <Actions summary={summary} />}>
      <ResultSummary summary={summary} />
      <FilterBar result={result} summary={summary} view={view} change={change} narrow={narrow} />
      <GroupList result={result} view={view} narrow={narrow} nothing={summary?.total === 0} tools={tools} />
    </Page>
  );
}

function NoResults() {
  const texts = useTexts().results;
  return (
    <Page title={texts.title}>
      <EmptyState
        icon={ImageOff}
        title={texts.none.title}
        actions={
          <Button look="primary" asChild>
            <Link to={paths.brands()}>{texts.none.action}</Link>
          </Button>
        }
      >
        {texts.none.text}
      </EmptyState>
    </Page>
  );
}

function Intro({ summary }: { summary: Summary }) {
  const texts = useTexts().results;
  const format = useFormat();
  const nameOf = useBrandName();
  const ago = format.ago(summary.created);
  const names = summary.brands.map(({ brand }) => nameOf(brand));
  return <span title={format.date(summary.created)}>{names.length > 4 ? texts.manyBrands(names.length, ago) : texts.of(names, ago)}</span>;
}

function Actions({ summary }: { summary: Summary }) {
  const texts = useTexts().results;
  const { id } = summary;
  return (
    <>
      <Dropdown
        trigger={
          <Button icon={Download} className="max-sm:px-2 max-sm:text-sm">
            {texts.export}
          </Button>
        }
      >
        {EXPORTS.map((format) => (
          <DropdownItem key={format} onSelect={() => window.location.assign(exportAddress(id, format))}>
            {texts.exports[format]}
          </DropdownItem>
        ))}
      </Dropdown>
      <LinkButton to={paths.map(id)} icon={MapIcon} label={texts.map} />
      <LinkButton to={`${paths.actions()}?result=${encodeURIComponent(id)}`} icon={Recycle} label={texts.cleanUp} />
    </>
  );
}

function LinkButton({ to, icon: Icon, label }: { to: string; icon: typeof MapIcon; label: string }) {
  return (
    <Button asChild className="max-sm:px-2 max-sm:text-sm">
      <Link to={to}>
        <Icon className="size-4" aria-hidden />
        {label}
      </Link>
    </Button>
  );
}
