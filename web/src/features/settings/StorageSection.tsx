import { Eraser } from "lucide-react";
import { useState } from "react";

import { useMay } from "@/api/session";
import { Button, Confirm, ErrorScreen, toast } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import { type Part, totalBytes, usePrune, useStorage } from "./api/storage";
import { Intro, LoadingRows } from "./Rows";

/** What is kept on the server, part by part. */
export function StorageSection() {
  const t = useTexts().settings.storage;
  const { data: parts, error, isPending, refetch } = useStorage();
  const admin = useMay("admin");
  if (isPending) return <LoadingRows />;
  if (!parts) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Intro>{t.intro}</Intro>
      <PartsTable parts={parts} />
      {admin && <Prune parts={parts} />}
    </>
  );
}

function PartsTable({ parts }: { parts: readonly Part[] }) {
  const t = useTexts().settings.storage;
  const format = useFormat();
  const cell = "px-4 py-2.5 tabular text-right";
  return (
    <div className="bg-surface border-line overflow-x-auto rounded-lg border">
      <table className="w-full">
        <thead>
          <tr className="text-ink-3 border-line border-b text-left text-xs">
            <th className="px-4 py-2 font-medium">{t.part}</th>
            <th className="px-4 py-2 text-right font-medium">{t.rows}</th>
            <th className="px-4 py-2 text-right font-medium">{t.size}</th>
          </tr>
        </thead>
        <tbody className="divide-line divide-y">
          {parts.map(({ name, rows, bytes }) => (
            <tr key={name}>
              <th scope="row" className="px-4 py-2.5 text-left font-medium">
                <PartName name={name} />
              </th>
              <td className={cell}>{rows === null ? "–" : format.number(rows)}</td>
              <td className={cell}>{bytes === null ? "–" : format.bytes(bytes)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr className="border-line border-t font-semibold">
            <th scope="row" colSpan={2} className="px-4 py-2.5 text-left">
              {t.total}
            </th>
            <td className={cell}>{format.bytes(totalBytes(parts))}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

/** A part in words; fingerprints by the name of their space, whose full key stands below it. */
function PartName({ name }: { name: string }) {
  const t = useTexts().settings.storage;
  const [short = name, ...rest] = name.split("/");
  return (
    <>
      {t.parts[name] ?? short}
      {rest.length > 0 && <span className="text-ink-3 block font-mono text-xs font-normal break-all">{name}</span>}
    </>
  );
}

function Prune({ parts }: { parts: readonly Part[] }) {
  const t = useTexts().settings.storage;
  const prune = usePrune();
  const [asking, setAsking] = useState(false);
  const confirm = () => {
    setAsking(false);
    prune.mutate(undefined, {
      onSuccess: (after) => {
        const freed = totalBytes(parts) - totalBytes(after);
        toast({ tone: "good", title: freed > 0 ? t.pruned(freed) : t.prunedNone });
      },
      onError: (error) => void toast({ tone: "bad", title: t.prune, said: error.message }),
    });
  };
  return (
    <div className="mt-4">
      <Button icon={Eraser} busy={prune.isPending} onClick={() => setAsking(true)}>
        {t.prune}
      </Button>
      <Confirm open={asking} onOpenChange={setAsking} title={t.pruneTitle} confirm={t.prune} onConfirm={confirm}>
        {t.pruneText}
      </Confirm>
    </div>
  );
}
