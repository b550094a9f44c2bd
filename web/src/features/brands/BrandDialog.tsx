import { Plus } from "lucide-react";
import { type SubmitEvent, useState } from "react";

import type { Brand } from "@/api/types";
import { Button, Dialog, ErrorScreen, Field, Input, Select, Switch } from "@/components/ui";
import { useTexts } from "@/texts";

import { useAddBrand, useChangeBrand, useSyncBrand } from "./api/changes";
import { freeKey, isKey } from "./keys";
import { SourceForm } from "./SourceForm";
import { draftOf, emptyDraft, isComplete, type SourceDraft, specOf } from "./sources";

interface BrandDialogProps {
  /** The brand to edit; none makes a new one. */
  brand?: Brand | undefined;
  taken: ReadonlySet<string>;
  onClose: () => void;
}

interface Draft {
  name: string;
  /** Empty as long as the name decides it. */
  key: string;
  sources: SourceDraft[];
  everyHours: number | null;
  fetchNow: boolean;
}

const draftFor = (brand?: Brand): Draft => ({
  name: brand?.name ?? "",
  key: brand?.key ?? "",
  sources: brand ? brand.sources.map(draftOf) : [emptyDraft()],
  everyHours: brand?.every_hours ?? null,
  fetchNow: !brand,
});

/** Sends the form: adds or changes the brand, then fetches it if wanted. */
function useSave(brand: Brand | undefined, onSaved: () => void) {
  const add = useAddBrand();
  const change = useChangeBrand();
  const sync = useSyncBrand();
  const save = async (draft: Draft, key: string) => {
    const sources = draft.sources.map(specOf);
    const shared = { name: draft.name.trim(), sources, every_hours: draft.everyHours };
    if (brand) await change.mutateAsync({ key, ...shared });
    else await add.mutateAsync({ key, colour: "", ...shared });
    onSaved();
    if (draft.fetchNow && sources.some(({ kind }) => kind !== "upload")) sync.mutate(key);
  };
  // The failure is shown from `error`; the promise itself has nobody else to tell.
  return { save: (draft: Draft, key: string) => void save(draft, key).catch(() => undefined), busy: add.isPending || change.isPending, error: add.error ?? change.error };
}

/** The form of a brand: its name, where its images come from, when it is fetched. */
export function BrandDialog({ brand, taken, onClose }: BrandDialogProps) {
  const texts = useTexts();
  const t = texts.brands.form;
  const [draft, setDraft] = useState(() => draftFor(brand));
  const { save, busy, error } = useSave(brand, onClose);
  const key = draft.key || freeKey(draft.name, taken);
  const keyError = brand ? "" : !isKey(key) ? t.keyWrong : taken.has(key) ? t.keyTaken : "";
  const ready = draft.name.trim() !== "" && !keyError && draft.sources.every(isComplete);
  const patch = (change: Partial<Draft>) => setDraft((current) => ({ ...current, ...change }));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (ready) save(draft, key);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={brand ? t.editTitle(brand.name || brand.key) : t.addTitle}
      width="lg"
      footer={
        <>
          <Button onClick={onClose}>{texts.app.general.cancel}</Button>
          <Button look="primary" type="submit" form="brand-form" disabled={!ready} busy={busy}>
            {brand ? t.submitEdit : t.submitAdd}
          </Button>
        </>
      }
    >
      <form id="brand-form" onSubmit={submit} className="space-y-6">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field id="brand-name" label={t.name}>
            <Input id="brand-name" value={draft.name} required maxLength={200} placeholder={t.namePlaceholder} onChange={(event) => patch({ name: event.target.value })} />
          </Field>
          <Field id="brand-key" label={t.key} hint={t.keyHint} error={draft.name && keyError ? keyError : undefined}>
            <Input
              id="brand-key"
              value={draft.key}
              disabled={brand !== undefined}
              placeholder={draft.name ? key : ""}
              spellCheck={false}
              aria-describedby="brand-key-note"
              aria-invalid={(draft.name !== "" && keyError !== "") || undefined}
              onChange={(event) => patch({ key: event.target.value })}
            />
          </Field>
        </div>
        <Sources brand={key} sources={draft.sources} onChange={(sources) => patch({ sources })} />
        <Schedule value={draft.everyHours} onChange={(everyHours) => patch({ everyHours })} />
        <label className="flex items-center gap-3">
          <Switch label={t.fetchNow} checked={draft.fetchNow} onChange={(fetchNow) => patch({ fetchNow })} />
          <span aria-hidden>{t.fetchNow}</span>
        </label>
        {error && <ErrorScreen error={error} className="py-4" onRetry={() => save(draft, key)} />}
      </form>
    </Dialog>
  );
}

function Sources({ brand, sources, onChange }: { brand: string; sources: SourceDraft[]; onChange: (sources: SourceDraft[]) => void }) {
  const t = useTexts().brands.form;
  return (
    <section className="space-y-3">
      <h3 className="text-sm font-medium">{t.sources}</h3>
      {sources.map((draft, index) => (
        <SourceForm
          key={index}
          number={index + 1}
          brand={brand}
          draft={draft}
          onChange={(next) => onChange(sources.with(index, next))}
          onRemove={sources.length > 1 ? () => onChange(sources.toSpliced(index, 1)) : undefined}
        />
      ))}
      <Button look="ghost" icon={Plus} onClick={() => onChange([...sources, emptyDraft()])}>
        {t.addSource}
      </Button>
    </section>
  );
}

function Schedule({ value, onChange }: { value: number | null; onChange: (value: number | null) => void }) {
  const t = useTexts().brands.form;
  const known = [
    { hours: 0, label: t.schedules.manual },
    { hours: 1, label: t.schedules.hour },
    { hours: 6, label: t.schedules.six },
    { hours: 24, label: t.schedules.day },
    { hours: 168, label: t.schedules.week },
  ];
  const own = value !== null && !known.some(({ hours }) => hours === value) ? [{ hours: value, label: t.scheduleOther(value) }] : [];
  const options = [...known, ...own].map(({ hours, label }) => ({ value: String(hours), label }));
  return (
    <Field id="brand-schedule" label={t.schedule} className="max-w-64">
      <Select
        id="brand-schedule"
        label={t.schedule}
        value={String(value ?? 0)}
        options={options}
        onChange={(text) => onChange(Number(text) || null)}
        className="w-full"
      />
    </Field>
  );
}
