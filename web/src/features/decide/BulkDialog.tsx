import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { useState } from "react";

import { type BulkDecided, type BulkDecision, decideAll } from "@/api/decisions";
import { openKeys } from "@/api/groups";
import type { GroupView } from "@/api/groupView";
import { statusOf } from "@/api/problems";
import { resultKey } from "@/api/results";
import { Button, Dialog, Field, Input, Picture, Said, Segments, Skeleton, toast } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { MOST, putOff } from "@/lib/later";
import { useFormat, useTexts } from "@/texts";

import { refresh, remember } from "./useDecide";

type BulkAction = BulkDecision["action"] | "later";
const ACTIONS: readonly BulkAction[] = ["suggested", "apart", "later", "open"];

interface BulkProps {
  result: string;
  view: GroupView;
  /** How many groups the view shows. */
  total: number;
}

/** The button that decides for all groups that a filter shows, with its dialog. */
export function BulkButton({ result, view, total }: BulkProps) {
  const texts = useTexts().decide;
  const [open, setOpen] = useState(false);
  useActions([{ id: "decide.bulk", label: texts.bulk.title, section: texts.section, keys: ["shift+a"], icon: ListChecks, disabled: total === 0, run: () => setOpen(true) }]);
  return (
    <>
      <Button size="sm" icon={ListChecks} disabled={total === 0} onClick={() => setOpen(true)}>
        {texts.bulk.open}
      </Button>
      {open && <BulkDialog result={result} view={view} total={total} onClose={() => setOpen(false)} />}
    </>
  );
}

interface Doing {
  result: string;
  view: GroupView;
  onClose: () => void;
}

/** A choice for many: how many groups it is about, and what confirming does. */
interface Choosing {
  count: number;
  confirm: () => void;
  busy: boolean;
  error: Error | null;
}

/** What is recorded, once the count that was seen is confirmed. */
function useRecording({ result, view, onClose }: Doing, action: BulkAction, reason: string): Choosing & { preview: BulkDecided | undefined } {
  const texts = useTexts().decide;
  const queries = useQueryClient();
  const { filter, threshold } = view;
  const recorded = action === "later" ? "open" : action;
  const preview = useQuery({
    queryKey: [...resultKey(result), "bulk", filter, threshold, recorded],
    queryFn: () => decideAll(result, { filter, action: recorded, reason: "", preview: true }, threshold),
    enabled: action !== "later",
    placeholderData: undefined,
    gcTime: 0,
  });
  const mutation = useMutation({
    mutationFn: (expected: number) => decideAll(result, { filter, action: recorded, reason, preview: false, expected }, threshold),
    onSuccess: (done) => {
      remember({ label: texts.did.bulk(done.groups), groups: [], decisions: done.decisions });
      refresh(queries, result);
      toast({ tone: "good", title: texts.bulk.done(done.groups) });
      onClose();
    },
    onError: (error) => {
      void preview.refetch();
      toast({ tone: "bad", title: statusOf(error) === 409 ? texts.bulk.changed : texts.failed, said: error.message });
    },
  });
  const count = preview.data?.groups ?? 0;
  return { preview: preview.data, count, confirm: () => mutation.mutate(count), busy: mutation.isPending, error: preview.error };
}

/** The open groups of a view go behind all others; nobody else is told. */
function usePuttingOff({ result, view, onClose }: Doing, action: BulkAction): Choosing {
  const texts = useTexts().decide.bulk;
  const { data, error, isFetching } = useQuery({
    queryKey: [...resultKey(result), "open", view],
    queryFn: () => openKeys(result, view, MOST),
    enabled: action === "later",
    gcTime: 0,
  });
  const count = data?.length ?? 0;
  const confirm = () => {
    putOff(result, data ?? []);
    toast({ tone: "good", title: texts.laterDone(count) });
    onClose();
  };
  return { count, confirm, busy: isFetching, error };
}

function BulkDialog({ result, view, total, onClose }: BulkProps & { onClose: () => void }) {
  const texts = useTexts().decide.bulk;
  const [action, setAction] = useState<BulkAction>("suggested");
  const [reason, setReason] = useState("");
  const recording = useRecording({ result, view, onClose }, action, reason);
  const puttingOff = usePuttingOff({ result, view, onClose }, action);
  const later = action === "later";
  const { count, confirm, busy, error } = later ? puttingOff : recording;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={texts.title}
      description={texts.description(total)}
      footer={
        <Button look="primary" busy={busy} disabled={count === 0 || busy} onClick={confirm}>
          {later ? texts.laterConfirm(count) : texts.confirm(count)}
        </Button>
      }
    >
      <div className="space-y-4">
        <Segments<BulkAction>
          label={texts.action}
          value={action}
          onChange={setAction}
          options={ACTIONS.map((value) => ({ value, label: texts.actions[value] }))}
          className="max-w-full flex-wrap"
        />
        <p className="text-ink-2 text-sm">{texts.hints[action]}</p>
        <div aria-live="polite" className="min-h-44">
          {error && <p className="text-bad-ink"><Said text={error.message} /></p>}
          {later && !busy && <p className="text-lg font-semibold">{count === 0 ? texts.nothing : texts.laterCount(count)}</p>}
          {!later && recording.preview && <BulkCount count={recording.preview} action={action} />}
          {!error && (later ? busy : !recording.preview) && <Counting />}
        </div>
        {!later && (
          <Field id="bulk-reason" label={texts.reason} hint={texts.reasonHint}>
            <Input id="bulk-reason" aria-describedby="bulk-reason-note" maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
        )}
      </div>
    </Dialog>
  );
}

function Counting() {
  return (
    <div className="space-y-3" role="status" aria-label={useTexts().decide.bulk.counting}>
      <Skeleton className="h-6 w-72" />
      <Skeleton className="h-16" />
    </div>
  );
}

/** What a decision for many would come to: the count, some of the groups, what is left out and why. */
function BulkCount({ count, action }: { count: BulkDecided; action: BulkAction }) {
  const texts = useTexts().decide.bulk;
  const format = useFormat();
  const leftOut = Object.entries(count.left_out);
  const line =
    action === "suggested"
      ? texts.count(count.groups, count.images - count.dropped, count.dropped, format.bytes(count.gain))
      : texts.countApart(count.groups, count.images);
  return (
    <div className="space-y-3">
      <p className="text-lg font-semibold">{count.groups === 0 ? texts.nothing : line}</p>
      {count.sample.length > 0 && (
        <div className="flex gap-2 overflow-hidden" role="img" aria-label={texts.sample}>
          {count.sample.slice(0, 6).map((group) => (
            <Picture key={group.key} sha256={group.keeper.sha256} alt="" side={160} className="size-16 shrink-0 rounded-sm" />
          ))}
        </div>
      )}
      {leftOut.length > 0 && (
        <div>
          <h3 className="text-ink-3 text-xs font-medium">{texts.leftOut}</h3>
          <ul className="text-ink-2 mt-1 text-sm">
            {leftOut.map(([reason, groups]) => (
              <li key={reason}>
                {texts.leftOutLine(groups)} <Said text={reason} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
