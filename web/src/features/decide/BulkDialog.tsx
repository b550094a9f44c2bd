import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ListChecks } from "lucide-react";
import { useState } from "react";

import { type BulkDecided, type BulkDecision, decideAll } from "@/api/decisions";
import type { GroupFilter } from "@/api/groupView";
import { statusOf } from "@/api/problems";
import { resultKey } from "@/api/results";
import { Button, Dialog, Field, Input, Picture, Segments, Skeleton, toast } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { useFormat, useTexts } from "@/texts";

import { refresh, remember } from "./useDecide";

type BulkAction = BulkDecision["action"];
const ACTIONS: readonly BulkAction[] = ["suggested", "apart", "open"];

interface BulkProps {
  result: string;
  filter: GroupFilter;
  /** How many groups the filter shows. */
  total: number;
}

/** The button that decides for all groups that a filter shows, with its dialog. */
export function BulkButton({ result, filter, total }: BulkProps) {
  const texts = useTexts().decide;
  const [open, setOpen] = useState(false);
  useActions([{ id: "decide.bulk", label: texts.bulk.title, section: texts.section, keys: ["shift+a"], icon: ListChecks, disabled: total === 0, run: () => setOpen(true) }]);
  return (
    <>
      <Button size="sm" icon={ListChecks} disabled={total === 0} onClick={() => setOpen(true)}>
        {texts.bulk.open}
      </Button>
      {open && <BulkDialog result={result} filter={filter} total={total} onClose={() => setOpen(false)} />}
    </>
  );
}

function BulkDialog({ result, filter, total, onClose }: BulkProps & { onClose: () => void }) {
  const texts = useTexts().decide;
  const queries = useQueryClient();
  const [action, setAction] = useState<BulkAction>("suggested");
  const [reason, setReason] = useState("");
  const preview = useQuery({
    queryKey: [...resultKey(result), "bulk", filter, action],
    queryFn: () => decideAll(result, { filter, action, preview: true, reason: "" }),
    gcTime: 0,
  });
  const confirm = useMutation({
    mutationFn: (expected: number) => decideAll(result, { filter, action, preview: false, reason, expected }),
    onSuccess: (done) => {
      remember({ label: texts.did.bulk(done.groups), groups: [], decisions: done.decisions });
      refresh(queries, result);
      toast({ tone: "good", title: texts.bulk.done(done.groups) });
      onClose();
    },
    onError: (error) => {
      void preview.refetch();
      toast({ tone: "bad", title: statusOf(error) === 409 ? texts.bulk.changed : texts.failed, text: error.message });
    },
  });
  const count = preview.data;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={texts.bulk.title}
      description={texts.bulk.description(total)}
      footer={
        <Button look="primary" busy={confirm.isPending} disabled={!count || count.groups === 0 || confirm.isPending} onClick={() => count && confirm.mutate(count.groups)}>
          {texts.bulk.confirm(count?.groups ?? 0)}
        </Button>
      }
    >
      <div className="space-y-4">
        <Segments<BulkAction>
          label={texts.bulk.action}
          value={action}
          onChange={setAction}
          options={ACTIONS.map((value) => ({ value, label: texts.bulk.actions[value] }))}
          className="max-w-full flex-wrap"
        />
        <p className="text-ink-2 text-sm">{texts.bulk.hints[action]}</p>
        <div aria-live="polite" className="min-h-44">
          {preview.error ? (
            <p className="text-bad-ink">{preview.error.message}</p>
          ) : count ? (
            <BulkCount count={count} action={action} />
          ) : (
            <div className="space-y-3" role="status" aria-label={texts.bulk.counting}>
              <Skeleton className="h-6 w-72" />
              <Skeleton className="h-16" />
            </div>
          )}
        </div>
        <Field id="bulk-reason" label={texts.bulk.reason} hint={texts.bulk.reasonHint}>
          <Input id="bulk-reason" aria-describedby="bulk-reason-note" maxLength={2000} value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
      </div>
    </Dialog>
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
              <li key={reason}>{texts.leftOutLine(groups, reason.replaceAll("`", ""))}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
