import { useQueryClient } from "@tanstack/react-query";

import { groupKey } from "@/api/groups";
import { Button, Dialog, Said } from "@/components/ui";
import { useTexts } from "@/texts";

import { refresh, conflict as store, useConflict, useDecide } from "./useDecide";

/** Somebody else decided first: see what they did, or decide all the same. */
export function ConflictDialog({ result, threshold, onLook }: { result: string; threshold: number | null; onLook: (group: string) => void }) {
  const texts = useTexts().decide.conflict;
  const queries = useQueryClient();
  const decide = useDecide(result, threshold);
  const conflict = useConflict();
  if (!conflict) return null;
  const look = () => {
    store.set(null);
    refresh(queries, result);
    onLook(conflict.deciding.group.key);
  };
  const again = () => {
    store.set(null);
    void queries.invalidateQueries({ queryKey: groupKey(result, conflict.deciding.group.key) });
    decide({ ...conflict.deciding, force: true });
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && look()}
      title={texts.title}
      description={<Said text={conflict.message} />}
      width="sm"
      footer={
        <>
          <Button onClick={again}>{texts.again}</Button>
          <Button look="primary" onClick={look}>
            {texts.look}
          </Button>
        </>
      }
    >
      <p className="text-ink-2">{texts.text}</p>
    </Dialog>
  );
}
