import { CircleAlert, CircleCheck, ImageOff, SearchCheck, Trash2 } from "lucide-react";

import type { SourceTest } from "@/api/types";
import { Button, ErrorScreen, Field, IconButton, Input, Said, Select, TextArea } from "@/components/ui";
import { useTexts } from "@/texts";

import { useTestSource } from "./api/changes";
import { emptyDraft, fieldsOf, isComplete, KINDS, type SourceDraft, type SourceField, specOf, wrongLine } from "./sources";

interface SourceFormProps {
  number: number;
  brand: string;
  draft: SourceDraft;
  onChange: (draft: SourceDraft) => void;
  /** Missing where it is the only source. */
  onRemove?: (() => void) | undefined;
}

/** One source: its kind, what that kind needs, and a look at what it gives. */
export function SourceForm({ number, brand, draft, onChange, onRemove }: SourceFormProps) {
  const texts = useTexts();
  const t = texts.brands;
  const test = useTestSource();
  const id = `source-${number}`;
  const ours: { value: string; label: string }[] = KINDS.map(({ kind }) => ({ value: kind, ...t.kinds[kind] }));
  const kinds = ours.some(({ value }) => value === draft.kind) ? ours : [...ours, { value: draft.kind, label: draft.kind }];
  const change = (next: SourceDraft) => {
    test.reset();
    onChange(next);
  };
  return (
    <fieldset className="border-line space-y-4 rounded-lg border p-4">
      <legend className="sr-only">{t.form.source(number)}</legend>
      <div className="flex items-end gap-2">
        <Field id={`${id}-kind`} label={t.form.kind} className="flex-1">
          <Select id={`${id}-kind`} label={t.form.kind} value={draft.kind} options={kinds} onChange={(kind) => change(emptyDraft(kind))} className="w-full" />
        </Field>
        {onRemove && <IconButton icon={Trash2} label={t.form.removeSource} onClick={onRemove} />}
      </div>
      {fieldsOf(draft.kind).map((field) => (
        <SettingInput
          key={field.name}
          id={`${id}-${field.name}`}
          field={field}
          value={draft.values[field.name] ?? ""}
          onChange={(value) => change({ ...draft, values: { ...draft.values, [field.name]: value } })}
        />
      ))}
      {draft.kind === "upload" ? (
        <p className="text-ink-2 text-sm">{t.form.uploadHint}</p>
      ) : (
        <>
          <MoreSettings id={`${id}-more`} value={draft.more} onChange={(more) => change({ ...draft, more })} />
          <Button
            icon={SearchCheck}
            busy={test.isPending}
            disabled={!isComplete(draft)}
            onClick={() => test.mutate({ brand, source: specOf(draft) })}
          >
            {test.isPending ? t.form.testing : t.form.test}
          </Button>
          {test.data && <TestResult test={test.data} />}
          {test.isError && <ErrorScreen error={test.error} className="py-4" onRetry={() => test.mutate({ brand, source: specOf(draft) })} />}
        </>
      )}
    </fieldset>
  );
}

interface SettingInputProps {
  id: string;
  field: SourceField;
  value: string;
  onChange: (value: string) => void;
}

function SettingInput({ id, field, value, onChange }: SettingInputProps) {
  const { label, placeholder } = useTexts().brands.fields[field.text];
  return (
    <Field id={id} label={label}>
      {field.lines ? (
        <TextArea id={id} rows={4} value={value} placeholder={placeholder} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <Input id={id} value={value} required={field.required} placeholder={placeholder} spellCheck={false} onChange={(event) => onChange(event.target.value)} />
      )}
    </Field>
  );
}

function MoreSettings({ id, value, onChange }: { id: string; value: string; onChange: (value: string) => void }) {
  const t = useTexts().brands.form;
  const wrong = wrongLine(value);
  return (
    <details open={value !== "" || undefined}>
      <summary className="text-ink-2 hover:text-ink w-fit rounded-xs text-sm font-medium">{t.more}</summary>
      <Field id={id} label={t.more} hint={t.moreHint} error={wrong ? t.moreWrong(wrong) : undefined} className="mt-2 *:first:sr-only">
        <TextArea
          id={id}
          rows={3}
          value={value}
          spellCheck={false}
          aria-invalid={wrong !== "" || undefined}
          aria-describedby={`${id}-note`}
          className="font-mono text-sm"
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    </details>
  );
}

/** What a look at the source found: the first pictures, or why it cannot be read. */
function TestResult({ test }: { test: SourceTest }) {
  const t = useTexts().brands.form;
  if (!test.ok)
    return (
      <div role="alert" className="bg-bad-soft text-bad-ink flex gap-2 rounded-md p-3 text-sm">
        <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
        <p className="min-w-0 break-words">
          <Said text={`${test.error} ${test.next_step}`} />
        </p>
      </div>
    );
  return (
    <div role="status" className="space-y-3">
      <p className="text-good-ink flex items-center gap-2 text-sm font-medium">
        <CircleCheck className="size-4" aria-hidden />
        {test.found > 0 ? t.found(test.found, test.complete) : t.foundNone}
      </p>
      {test.images.length > 0 && (
        <ul aria-label={t.preview} className="grid grid-cols-4 gap-2 sm:grid-cols-6">
          {test.images.slice(0, 12).map((image) => (
            <li key={image.uri} title={image.title || image.uri} className="picture-ground flex aspect-square items-center justify-center overflow-hidden rounded-sm">
              {image.data ? (
                <img src={image.data} alt={image.title || image.uri} className="size-full object-cover" />
              ) : (
                <ImageOff role="img" aria-label={t.noPreview} className="text-ink-3 size-4" />
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
