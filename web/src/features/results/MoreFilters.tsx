import { ChevronDown, SlidersHorizontal } from "lucide-react";
import { useState } from "react";

import { type GroupFilter, NO_FILTER } from "@/api/groupView";
import { Badge, Button, Field, Input, Switch } from "@/components/ui";
import { Popover } from "@/components/ui/Popover";
import { useTexts } from "@/texts";

interface MoreFiltersProps {
  filter: GroupFilter;
  narrow: (part: Partial<GroupFilter>) => void;
}

/** The filters that people need less often. */
export function MoreFilters({ filter, narrow }: MoreFiltersProps) {
  const texts = useTexts().results.filter;
  const set = [filter.cross_brand, filter.min_size != null || filter.max_size != null, filter.min_score != null || filter.max_score != null, filter.source !== ""].filter(Boolean).length;
  return (
    <Popover
      label={texts.more}
      trigger={
        <Button icon={SlidersHorizontal}>
          {texts.more}
          {set > 0 && <Badge tone="accent">{set}</Badge>}
          <ChevronDown className="text-ink-3 size-4" aria-hidden />
        </Button>
      }
    >
      <div className="space-y-4">
        <div className="flex items-center justify-between gap-3">
          <span>
            <span className="block text-sm font-medium">{texts.crossBrand}</span>
            <span className="text-ink-3 block text-xs">{texts.crossBrandHint}</span>
          </span>
          <Switch label={texts.crossBrand} checked={filter.cross_brand} onChange={(on) => narrow({ cross_brand: on })} />
        </div>
        <Between label={texts.size} low={filter.min_size} high={filter.max_size} least={2} most={1e9} step={1} scale={1} onChange={(min_size, max_size) => narrow({ min_size, max_size })} />
        <Between label={`${texts.score} (%)`} low={filter.min_score} high={filter.max_score} least={0} most={100} step={1} scale={100} onChange={(min_score, max_score) => narrow({ min_score, max_score })} />
        <Field id="filter-source" label={texts.source} hint={texts.sourceHint}>
          <TextInput key={filter.source} id="filter-source" value={filter.source} onCommit={(source) => narrow({ source })} />
        </Field>
        <Button
          size="sm"
          look="ghost"
          disabled={set === 0}
          onClick={() => {
            const { cross_brand, min_size, max_size, min_score, max_score, source } = NO_FILTER;
            narrow({ cross_brand, min_size, max_size, min_score, max_score, source });
          }}
        >
          {texts.clear}
        </Button>
      </div>
    </Popover>
  );
}

interface BetweenProps {
  label: string;
  low: number | null | undefined;
  high: number | null | undefined;
  least: number;
  most: number;
  step: number;
  /** Shown numbers are this many times those of the filter. */
  scale: number;
  onChange: (low: number | null, high: number | null) => void;
}

function Between({ label, low, high, scale, onChange, least, most, step }: BetweenProps) {
  const texts = useTexts().results.filter;
  const shown = (value: number | null | undefined) => (value == null ? "" : String(Math.round(value * scale)));
  const read = (text: string) => (text === "" || !Number.isFinite(Number(text)) ? null : Math.min(Math.max(Number(text), least), most) / scale);
  const bounds = { type: "number", inputMode: "numeric", min: least, max: most, step } as const;
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="flex items-center gap-2">
        <TextInput key={`low ${shown(low)}`} {...bounds} aria-label={`${label} ${texts.from}`} placeholder={texts.from} value={shown(low)} onCommit={(text) => onChange(read(text), high ?? null)} />
        <span className="text-ink-3" aria-hidden>
          –
        </span>
        <TextInput key={`high ${shown(high)}`} {...bounds} aria-label={`${label} ${texts.to}`} placeholder={texts.to} value={shown(high)} onCommit={(text) => onChange(low ?? null, read(text))} />
      </div>
    </fieldset>
  );
}

type TextInputProps = Omit<React.ComponentProps<"input">, "value" | "onChange" | "defaultValue"> & { value: string; onCommit: (text: string) => void };

/** An input whose value counts when it is left or Enter is pressed, not at every letter. */
function TextInput({ value, onCommit, ...rest }: TextInputProps) {
  const [typed, setTyped] = useState(value);
  const commit = () => typed.trim() !== value && onCommit(typed.trim());
  return <Input {...rest} value={typed} onChange={(event) => setTyped(event.target.value)} onBlur={commit} onKeyDown={(event) => event.key === "Enter" && commit()} />;
}
