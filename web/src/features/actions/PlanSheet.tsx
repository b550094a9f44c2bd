import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Play, ShieldCheck } from "lucide-react";
import { useState } from "react";

import { applyPlan, type Method, type Plan, planQuery, runsKey } from "@/api/plans";
import { statusOf } from "@/api/problems";
import { resultKey } from "@/api/results";
import { Badge, Button, Dialog, Field, Input, Picture, Said, toast } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import { readRow, type Row } from "./rows";

/** The dry run: what would go, what stays and why, and the way to carry it out. */
export function PlanSheet({ plan }: { plan: Plan }) {
  const texts = useTexts().cleanup;
  const format = useFormat();
  const [asking, setAsking] = useState(false);
  const done = plan.applied != null;
  return (
    <section className="border-line bg-surface shadow-card overflow-hidden rounded-lg border" aria-label={texts.plan}>
      <header className="flex flex-wrap items-center gap-3 p-4">
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="text-lg font-semibold">{texts.drops(plan.total_drops, format.bytes(plan.gain))}</h2>
          <p className="text-ink-2 flex items-center gap-1.5 text-sm">
            <ShieldCheck className="text-good-ink size-4 shrink-0" aria-hidden />
            {done ? texts.applied(plan.total_drops) : texts.dryRun}
          </p>
        </div>
        {done ? (
          <Badge tone="good">{texts.states.applied}</Badge>
        ) : (
          <Button look="primary" icon={Play} className="max-sm:w-full" onClick={() => setAsking(true)}>
            {texts.apply(plan.total_drops)}
          </Button>
        )}
      </header>
      <DropTable rows={plan.drops.map(readRow)} total={plan.total_drops} />
      {plan.total_left > 0 && <Left rows={plan.left.map(readRow)} total={plan.total_left} />}
      {asking && <ApplyDialog plan={plan} onClose={() => setAsking(false)} />}
    </section>
  );
}

function DropTable({ rows, total }: { rows: readonly Row[]; total: number }) {
  const texts = useTexts().cleanup;
  const format = useFormat();
  return (
    // A part that scrolls must be reachable by keys.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="border-line max-h-112 overflow-auto border-t -outline-offset-2" tabIndex={0} role="region" aria-label={texts.columns.drop}>
      <table className="w-full min-w-140 text-sm">
        <thead className="bg-surface text-ink-3 sticky top-0 z-10 text-left text-xs">
          <tr>
            {[texts.columns.drop, texts.columns.keeper, texts.columns.reason].map((name) => (
              <th key={name} scope="col" className="px-4 py-2 font-medium">
                {name}
              </th>
            ))}
            <th scope="col" className="px-4 py-2 text-right font-medium">
              {texts.columns.bytes}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={`${row.uri} ${index}`} className="border-line border-t align-top">
              <td className="px-4 py-2">
                <span className="flex items-start gap-3">
                  {row.sha256 && <Picture sha256={row.sha256} alt="" side={160} className="size-10 shrink-0 rounded-sm" />}
                  <span className="break-all">{row.uri}</span>
                </span>
              </td>
              <td className="text-ink-2 px-4 py-2 break-all">{row.keeper}</td>
              <td className="text-ink-2 px-4 py-2">
                <Said text={row.reason} />
                {row.why && <span className="text-ink-3 block text-xs"><Said text={row.why} /></span>}
              </td>
              <td className="text-ink-2 tabular px-4 py-2 text-right whitespace-nowrap">{row.bytes === null ? "" : format.bytes(row.bytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length < total && <p className="text-ink-3 border-line border-t px-4 py-2 text-xs">{texts.firstOf(rows.length, total)}</p>}
    </div>
  );
}

/** What was decided to go and stays all the same. */
function Left({ rows, total }: { rows: readonly Row[]; total: number }) {
  const texts = useTexts().cleanup;
  return (
    <details className="border-line border-t">
      <summary className="hover:bg-hover px-4 py-3 text-sm font-medium">{texts.left(total)}</summary>
      <ul className="max-h-72 overflow-y-auto px-4 pb-3 text-sm">
        {rows.map((row, index) => (
          <li key={`${row.uri} ${index}`} className="py-1.5">
            <p className="break-all">{row.uri}</p>
            <p className="text-ink-2 text-xs"><Said text={row.reason} /></p>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** Asks for the count that was seen: nothing large happens by a stray key. */
function ApplyDialog({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const texts = useTexts();
  const { cleanup } = texts;
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const apply = useMutation({
    mutationFn: () => applyPlan(plan.id, plan.total_drops),
    onSuccess: (run) => {
      toast({ tone: run.refused.length > 0 ? "info" : "good", title: cleanup.applied(run.done), ...(run.refused.length > 0 && { text: cleanup.refused(run.refused.length) }) });
      onClose();
    },
    onError: (error) => toast({ tone: "bad", title: statusOf(error) === 409 ? cleanup.changed : cleanup.failed, said: error.message }),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: runsKey });
      void queries.invalidateQueries({ queryKey: planQuery(plan.id).queryKey });
      void queries.invalidateQueries({ queryKey: resultKey("latest") });
    },
  });
  const right = typed.trim() === String(plan.total_drops);
  const method = cleanup.methods[plan.method as Method];
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={cleanup.applyTitle(plan.total_drops)}
      description={cleanup.applyText(plan.total_drops, method.label)}
      footer={
        <>
          <Button onClick={onClose}>{texts.app.general.cancel}</Button>
          <Button look="danger" busy={apply.isPending} disabled={!right || apply.isPending} onClick={() => apply.mutate()}>
            {cleanup.applyNow}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (right && !apply.isPending) apply.mutate();
        }}
      >
        <Field id="apply-count" label={cleanup.typeCount(plan.total_drops)}>
          <Input id="apply-count" inputMode="numeric" autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}
