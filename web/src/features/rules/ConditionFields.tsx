import { useId } from "react";

import { Field, Input, Select, TextArea } from "@/components/ui";
import { useTexts } from "@/texts";

import type { Typed } from "./conditions";

interface ConditionFieldsProps {
  value: Typed;
  onChange: (value: Typed) => void;
}

const MORE = ["min_pixels", "max_pixels", "modified_before", "modified_after"] as const;

/** What an image must be like; whatever is filled in must hold. */
export function ConditionFields({ value, onChange }: ConditionFieldsProps) {
  const texts = useTexts().rules;
  const id = useId();
  const set = (part: Partial<Typed>) => onChange({ ...value, ...part });
  const more = value.format !== "" || value.metadata !== "any" || MORE.some((name) => value[name] !== "");
  return (
    <div className="space-y-3">
      <div className="grid gap-3 sm:grid-cols-2">
        <Field id={`${id}-path`} label={texts.fields.path} hint={texts.fields.pathHint}>
          <TextArea id={`${id}-path`} aria-describedby={`${id}-path-note`} rows={2} className="min-h-14" value={value.path} onChange={(event) => set({ path: event.target.value })} />
        </Field>
        <Field id={`${id}-brand`} label={texts.fields.brand} hint={texts.fields.commas}>
          <Input id={`${id}-brand`} aria-describedby={`${id}-brand-note`} value={value.brand} onChange={(event) => set({ brand: event.target.value })} />
        </Field>
      </div>
      <details open={more}>
        <summary className="text-ink-2 hover:text-ink rounded-sm py-1 text-sm font-medium">{texts.more}</summary>
        <div className="mt-2 grid gap-3 sm:grid-cols-2">
          <Field id={`${id}-format`} label={texts.fields.format} hint={texts.fields.commas}>
            <Input id={`${id}-format`} aria-describedby={`${id}-format-note`} placeholder="TIFF, PNG" value={value.format} onChange={(event) => set({ format: event.target.value })} />
          </Field>
          <Field id={`${id}-metadata`} label={texts.fields.metadata}>
            <Select<Typed["metadata"]>
              id={`${id}-metadata`}
              label={texts.fields.metadata}
              value={value.metadata}
              onChange={(metadata) => set({ metadata })}
              className="w-full"
              options={(["any", "yes", "no"] as const).map((choice) => ({ value: choice, label: texts.metadata[choice] }))}
            />
          </Field>
          {MORE.map((name) => (
            <Field key={name} id={`${id}-${name}`} label={texts.fields[name]}>
              <Input
                id={`${id}-${name}`}
                type={name.startsWith("modified") ? "date" : "number"}
                min={name.startsWith("modified") ? undefined : 0}
                value={value[name]}
                onChange={(event) => set({ [name]: event.target.value })}
              />
            </Field>
          ))}
        </div>
      </details>
    </div>
  );
}
