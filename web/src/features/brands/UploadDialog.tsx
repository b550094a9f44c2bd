import { CircleAlert, CircleCheck } from "lucide-react";
import { useState } from "react";

import type { Brand, UploadResult } from "@/api/types";
import type { UploadPart } from "@/api/upload";
import { Button, Dialog, ErrorScreen, Field, Input, Progress, Said, Select } from "@/components/ui";
import { useTexts } from "@/texts";

import { useUpload } from "./api/uploads";
import { nameOfDrop } from "./dropped";
import { freeKey } from "./keys";

const FRESH = "";

interface UploadDialogProps {
  parts: readonly UploadPart[];
  brands: readonly Brand[];
  /** The brand on whose card the files were dropped. */
  target?: string | undefined;
  onClose: () => void;
  onRun: (brand: string) => void;
}

/** Asks into which brand the files go, sends them, and tells what became of them. */
export function UploadDialog({ parts, brands, target = FRESH, onClose, onRun }: UploadDialogProps) {
  const texts = useTexts();
  const t = texts.brands.upload;
  const { state, start, cancel } = useUpload();
  const [brand, setBrand] = useState(target);
  const [name, setName] = useState(() => nameOfDrop(parts));
  const key = brand || freeKey(name, new Set(brands.map((one) => one.key)));
  const size = parts.reduce((sum, { file }) => sum + file.size, 0);
  const sending = state.kind === "sending";
  const done = state.kind === "done";
  const send = () => void start(key, parts);
  const close = () => {
    if (sending) cancel();
    onClose();
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      title={t.title}
      description={t.intro(parts.length, size)}
      footer={
        done ? (
          <>
            <Button onClick={onClose}>{t.close}</Button>
            {state.result.accepted > 0 && (
              <Button look="primary" onClick={() => onRun(state.result.brand)}>
                {t.runNow}
              </Button>
            )}
          </>
        ) : (
          <>
            <Button onClick={sending ? cancel : close}>{texts.app.general.cancel}</Button>
            <Button look="primary" busy={sending} disabled={!brand && !name.trim()} onClick={send}>
              {t.start}
            </Button>
          </>
        )
      }
    >
      {done ? (
        <Outcome result={state.result} name={brands.find((one) => one.key === state.result.brand)?.name ?? (name || state.result.brand)} />
      ) : (
        <div className="space-y-4">
          <Target brands={brands} brand={brand} onBrand={setBrand} name={name} onName={setName} />
          {sending && (
            <div role="status" className="space-y-2">
              <p className="text-ink-2 tabular text-sm">{t.sending(state.share)}</p>
              <Progress label={t.title} value={state.share} />
            </div>
          )}
          {state.kind === "failed" && <Failure error={state.error} onRetry={send} />}
        </div>
      )}
    </Dialog>
  );
}

function Failure({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const t = useTexts().brands.upload;
  if (error instanceof DOMException) return <p role="status">{t.cancelled}</p>;
  return <ErrorScreen error={error} className="py-4" onRetry={onRetry} />;
}

interface TargetProps {
  brands: readonly Brand[];
  brand: string;
  onBrand: (brand: string) => void;
  name: string;
  onName: (name: string) => void;
}

const NEW = "+";

function Target({ brands, brand, onBrand, name, onName }: TargetProps) {
  const t = useTexts().brands.upload;
  const options = [{ value: NEW, label: t.fresh }, ...brands.map((one) => ({ value: one.key, label: one.name || one.key }))];
  return (
    <>
      {brands.length > 0 && (
        <Field id="upload-target" label={t.target}>
          <Select
            id="upload-target"
            label={t.target}
            value={brand || NEW}
            options={options}
            onChange={(value) => onBrand(value === NEW ? FRESH : value)}
            className="w-full"
          />
        </Field>
      )}
      {!brand && (
        <Field id="upload-name" label={t.name}>
          <Input id="upload-name" value={name} required maxLength={200} onChange={(event) => onName(event.target.value)} />
        </Field>
      )}
    </>
  );
}

function Outcome({ result, name }: { result: UploadResult; name: string }) {
  const t = useTexts().brands.upload;
  return (
    <div role="status" className="space-y-4">
      <p className="text-good-ink flex items-center gap-2 font-medium">
        <CircleCheck className="size-4.5" aria-hidden />
        {t.done(result.accepted, name)}
      </p>
      {result.skipped.length > 0 && (
        <section>
          <h3 className="text-warn-ink mb-2 flex items-center gap-2 text-sm font-medium">
            <CircleAlert className="size-4" aria-hidden />
            {t.skippedTitle(result.skipped.length)}
          </h3>
          <ul className="border-line divide-line max-h-56 divide-y overflow-y-auto rounded-md border text-sm">
            {result.skipped.map(({ name: file, reason }, index) => (
              <li key={index} className="px-3 py-2">
                <span className="font-medium break-all">{file}</span>
                <span className="text-ink-2 block"><Said text={reason ?? ""} /></span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
