import { CircleAlert, CircleCheck, CircleDashed, CirclePower, RefreshCw } from "lucide-react";

import type { BackEnd, Health } from "@/api/types";
import { Badge, Button, ErrorScreen, Said, type Tone } from "@/components/ui";
import { classes } from "@/lib/classes";
import { type Texts, useFormat, useTexts } from "@/texts";

import { useHealth } from "./api/health";
import { Intro, LoadingRows } from "./Rows";

/** How the service is: each back end of the chain with its state and what to do, and what it all stands on. */
export function HealthSection() {
  const t = useTexts().settings.health;
  const format = useFormat();
  const { data, error, isPending, isFetching, refetch, dataUpdatedAt } = useHealth();
  if (isPending) return <LoadingRows />;
  if (!data) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  return (
    <div className="space-y-8">
      <div className="flex flex-wrap items-center gap-3">
        <StatusBadge status={data.status} />
        <span className="text-ink-3 text-sm">{t.checked(format.ago(dataUpdatedAt / 1000))}</span>
        <Button size="sm" look="ghost" icon={RefreshCw} busy={isFetching} className="ml-auto" onClick={() => void refetch()}>
          {t.refresh}
        </Button>
      </div>
      <section>
        <h2 className="text-lg font-semibold">{t.chain}</h2>
        <Intro>{data.embedders.length > 0 ? t.chainIntro : t.noChain}</Intro>
        {data.embedders.length > 0 && <Chain backEnds={data.embedders} />}
      </section>
      <Facts health={data} />
    </div>
  );
}

const STATUS: Record<Health["status"], Tone> = { ready: "good", starting: "accent", degraded: "warn" };

function StatusBadge({ status }: { status: Health["status"] }) {
  const t = useTexts().settings.health;
  const Icon = status === "ready" ? CircleCheck : status === "starting" ? CircleDashed : CircleAlert;
  return (
    <Badge tone={STATUS[status]} className="h-7 px-3 text-sm">
      <Icon className="size-4" aria-hidden />
      {t.status[status]}
    </Badge>
  );
}

function Chain({ backEnds }: { backEnds: readonly BackEnd[] }) {
  const used = backEnds.findIndex(({ state }) => state === "working");
  return (
    <ol className="bg-surface border-line divide-line divide-y rounded-lg border">
      {backEnds.map((backEnd, index) => (
        <ChainRow key={backEnd.name} backEnd={backEnd} number={index + 1} used={index === used} />
      ))}
    </ol>
  );
}

const STATES: Record<BackEnd["state"], { tone: Tone; Icon: typeof CircleCheck }> = {
  working: { tone: "good", Icon: CircleCheck },
  unavailable: { tone: "bad", Icon: CircleAlert },
  "not configured": { tone: "neutral", Icon: CirclePower },
  "not tried": { tone: "neutral", Icon: CircleDashed },
};

/** What people call a back end. */
export const backEndName = (texts: Texts, name: string): string => texts.settings.health.names[name] ?? name;

function ChainRow({ backEnd, number, used }: { backEnd: BackEnd; number: number; used: boolean }) {
  const texts = useTexts();
  const t = texts.settings.health;
  const { tone, Icon } = STATES[backEnd.state];
  return (
    <li className="flex gap-3.5 px-4 py-3.5">
      <span
        aria-hidden
        className={classes(
          "tabular flex size-6 shrink-0 items-center justify-center rounded-full text-xs font-semibold",
          used ? "bg-accent text-on-accent" : "bg-sunken text-ink-2",
        )}
      >
        {number}
      </span>
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h3 className="font-medium">{backEndName(texts, backEnd.name)}</h3>
          {backEnd.model && <span className="text-ink-3 font-mono text-xs">{backEnd.model}</span>}
          <span className="ml-auto flex gap-1.5">
            {used && <Badge tone="accent">{t.inUse}</Badge>}
            <Badge tone={tone}>
              <Icon className="size-3.5" aria-hidden />
              {t.state[backEnd.state]}
            </Badge>
          </span>
        </div>
        {backEnd.detail && <p className="text-ink-2 mt-1 text-sm break-words"><Said text={backEnd.detail} /></p>}
        {backEnd.next_step && <p className="mt-1 text-sm break-words"><Said text={backEnd.next_step} /></p>}
      </div>
    </li>
  );
}

function Facts({ health }: { health: Health }) {
  const texts = useTexts();
  const t = texts.settings.health;
  const format = useFormat();
  const states = texts.jobs.state as Record<string, string>;
  const jobs = Object.entries(health.jobs).filter(([, count]) => count > 0);
  const facts: [string, string][] = [
    [t.brands, format.number(health.brands)],
    [t.images, format.number(health.images)],
    [t.jobs, jobs.map(([state, count]) => t.jobCount(count, (states[state] ?? state).toLowerCase())).join(", ") || "0"],
    [t.database, health.database],
    [t.cache, health.cache],
    [t.uptime, format.duration(health.uptime)],
    [t.instance, health.instance],
    [t.version, health.version],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-5 sm:grid-cols-4">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-ink-3 text-xs font-medium">{name}</dt>
          <dd className="tabular mt-0.5 font-medium break-words">{value || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

