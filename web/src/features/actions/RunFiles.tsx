import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type Run, runItemsQuery, runsKey, undoRun } from "@/api/plans";
import { Badge, Button, Checkbox, Dialog, Said, Skeleton, toast } from "@/components/ui";
import { useTexts } from "@/texts";

/** The files of a run: where each is now, and the way to take single ones back. */
export function RunFiles({ run, onClose }: { run: Run; onClose: () => void }) {
  const texts = useTexts();
  const { cleanup } = texts;
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(runItemsQuery(run.id));
  const undo = useMutation({
    mutationFn: () => undoRun(run.id, [...chosen]),
    onSuccess: (done) => {
      toast({ tone: done.refused.length > 0 ? "info" : "good", title: cleanup.undoneNow(chosen.size - done.refused.length), said: done.refused[0]?.reason });
      onClose();
    },
    onError: (failure) => toast({ tone: "bad", title: cleanup.failed, said: failure.message }),
    onSettled: () => void queries.invalidateQueries({ queryKey: runsKey }),
  });
  const toggle = (uri: string, on: boolean) => setChosen((now) => new Set(on ? [...now, uri] : [...now].filter((one) => one !== uri)));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={cleanup.runFiles}
      description={cleanup.runFilesText}
      width="lg"
      footer={
        <>
          <Button onClick={onClose}>{texts.app.general.close}</Button>
          <Button look="primary" busy={undo.isPending} disabled={chosen.size === 0 || undo.isPending} onClick={() => undo.mutate()}>
            {cleanup.undoSome(chosen.size)}
          </Button>
        </>
      }
    >
      {error && <p className="text-bad-ink"><Said text={error.message} /></p>}
      {isPending && <Skeleton className="h-40" />}
      <ul className="divide-line divide-y">
        {data?.pages.flatMap((page) => page.items).map((item) => (
          <li key={item.uri} className="flex items-start gap-3 py-2 text-sm">
            {item.step === "done" || item.step === "begin" || item.step === "undoing" ? (
              <Checkbox label={item.uri} checked={chosen.has(item.uri)} onChange={(on) => toggle(item.uri, on)} className="mt-0.5" />
            ) : (
              <span className="size-5 shrink-0" />
            )}
            <div className="min-w-0 flex-1">
              <p className="break-all">{item.uri}</p>
              {item.now_at.map((path) => (
                <p key={path} className="text-ink-3 text-xs break-all">
                  → {path}
                </p>
              ))}
              {item.reason && item.step === "refused" && <p className="text-ink-2 text-xs"><Said text={item.reason} /></p>}
            </div>
            <Badge>{cleanup.itemSteps[item.step]}</Badge>
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button size="sm" className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {texts.app.general.showMore}
        </Button>
      )}
    </Dialog>
  );
}
