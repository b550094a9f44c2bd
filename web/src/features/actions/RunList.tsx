import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { List, RotateCcw } from "lucide-react";
import { useState } from "react";

import { type Method, type Run, runsKey, runsQuery, undoRun } from "@/api/plans";
import { Badge, Button, Confirm, Said, Skeleton, toast } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import { RunFiles } from "./RunFiles";

/** What was done, newest first; each can be taken back. */
export function RunList() {
  const texts = useTexts().cleanup;
  const { data, isPending, error } = useQuery(runsQuery);
  return (
    <section className="mt-10" aria-label={texts.runs}>
      <h2 className="mb-3 text-lg font-semibold">{texts.runs}</h2>
      {error && <p className="text-bad-ink"><Said text={error.message} /></p>}
      {isPending && <Skeleton className="h-16 rounded-lg" />}
      {data?.runs.length === 0 && <p className="text-ink-2">{texts.runsEmpty}</p>}
      <ul className="space-y-2">
        {data?.runs.map((run) => (
          <RunRow key={run.id} run={run} />
        ))}
      </ul>
    </section>
  );
}

function RunRow({ run }: { run: Run }) {
  const texts = useTexts().cleanup;
  const format = useFormat();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [looking, setLooking] = useState(false);
  const undo = useMutation({
    mutationFn: () => undoRun(run.id),
    onSuccess: (done) => toast({ tone: "good", title: texts.undoneNow(done.undone - run.undone) }),
    onError: (error) => toast({ tone: "bad", title: texts.failed, said: error.message }),
    onSettled: () => {
      setAsking(false);
      void queries.invalidateQueries({ queryKey: runsKey });
    },
  });
  // What was taken back is no longer counted as done.
  const files = run.done + run.undone;
  const method = texts.methods[run.method as Method] as { label: string } | undefined;
  return (
    <li className="border-line bg-surface shadow-card flex flex-wrap items-center gap-3 rounded-lg border p-4">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{texts.run(files, method?.label ?? run.method)}</p>
        <p className="text-ink-2 text-sm" title={format.date(run.at)}>
          {format.ago(run.at)}
          {run.undone > 0 && ` · ${texts.undone(run.undone)}`}
          {run.refused.length > 0 && ` · ${texts.refused(run.refused.length)}`}
        </p>
      </div>
      <Badge tone={run.done > 0 ? "accent" : "neutral"}>{texts.states[run.state] ?? run.state}</Badge>
      <Button icon={List} size="sm" onClick={() => setLooking(true)}>
        {texts.showFiles}
      </Button>
      {run.done > 0 && (
        <Button icon={RotateCcw} size="sm" onClick={() => setAsking(true)}>
          {texts.undo}
        </Button>
      )}
      <Confirm open={asking} onOpenChange={setAsking} title={texts.undoTitle} confirm={texts.undo} onConfirm={() => undo.mutate()} busy={undo.isPending}>
        {texts.undoText(run.done)}
      </Confirm>
      {looking && <RunFiles run={run} onClose={() => setLooking(false)} />}
    </li>
  );
}
