import { ArrowDownWideNarrow, ArrowUpNarrowWide, ChevronDown, ListFilter, Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { useBrandName } from "@/api/brands";
import { filtersSet, type GroupFilter, type GroupView, NO_FILTER, type Relation, RELATIONS, type Sort, SORTS } from "@/api/groupView";
import type { Summary } from "@/api/results";
import { Badge, Button, Dropdown, DropdownCheck, IconButton, Input, RELATION_COLOURS, Segments, Select } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { classes } from "@/lib/classes";
import { useDebounced } from "@/lib/useDebounced";
import { useFormat, useTexts } from "@/texts";

import { MoreFilters } from "./MoreFilters";
import { ThresholdButton } from "./ThresholdButton";

interface FilterBarProps {
  result: string;
  summary: Summary | undefined;
  view: GroupView;
  change: (part: Partial<GroupView>) => void;
  narrow: (part: Partial<GroupFilter>) => void;
}

/** Which groups the list shows, and in which order. */
export function FilterBar({ result, summary, view, change, narrow }: FilterBarProps) {
  const texts = useTexts().results.filter;
  const { filter, sort, descending } = view;
  return (
    <search aria-label={texts.title} className="mb-4 block space-y-3">
      <Relations chosen={filter.relation} counts={summary?.groups ?? {}} onChange={(relation) => narrow({ relation })} />
      <div className="flex flex-wrap items-center gap-2">
        <SearchBox value={filter.text} onChange={(text) => narrow({ text })} />
        <BrandFilter brands={summary?.brands.map(({ brand }) => brand) ?? []} chosen={filter.brand} onChange={(brand) => narrow({ brand })} />
        <MoreFilters filter={filter} narrow={narrow} />
        <ThresholdButton result={result} threshold={view.threshold} onChange={(threshold) => change({ threshold })} />
        {(filtersSet(filter) > 0 || filter.state !== "any") && (
          <Button size="sm" look="ghost" icon={X} onClick={() => change({ filter: NO_FILTER })}>
            {texts.clear}
          </Button>
        )}
        <div className="ml-auto flex flex-wrap items-center gap-2 max-lg:ml-0">
          <Segments
            label={texts.state}
            value={filter.state}
            onChange={(state) => narrow({ state })}
            options={(["any", "open", "settled"] as const).map((value) => ({ value, label: texts.states[value] }))}
          />
          <Select<Sort> label={texts.sort} value={sort} onChange={(next) => change({ sort: next })} options={SORTS.map((value) => ({ value, label: texts.sorts[value] }))} className="w-40 max-sm:w-36" />
          <IconButton
            icon={descending ? ArrowDownWideNarrow : ArrowUpNarrowWide}
            label={descending ? texts.descending : texts.ascending}
            onClick={() => change({ descending: !descending })}
          />
        </div>
      </div>
    </search>
  );
}

interface RelationsProps {
  chosen: readonly Relation[];
  counts: Partial<Record<Relation, number>>;
  onChange: (chosen: Relation[]) => void;
}

/** The relations as switches with their counts. */
function Relations({ chosen, counts, onChange }: RelationsProps) {
  const texts = useTexts();
  const format = useFormat();
  const shown = RELATIONS.filter((relation) => (counts[relation] ?? 0) > 0 || chosen.includes(relation));
  return (
    <div role="group" aria-label={texts.results.filter.relations} className="no-scrollbar -mx-1 flex min-h-9 gap-1.5 overflow-x-auto p-1">
      {shown.map((relation) => {
        const on = chosen.includes(relation);
        return (
          <button
            key={relation}
            type="button"
            aria-pressed={on}
            onClick={() => onChange(on ? chosen.filter((other) => other !== relation) : [...chosen, relation])}
            className={classes(
              "flex h-8 shrink-0 items-center gap-2 rounded-full border px-3 text-sm font-medium transition-colors pointer-coarse:h-10",
              on ? "border-accent-line bg-accent-soft text-accent-ink" : "border-line bg-surface text-ink-2 hover:bg-hover hover:text-ink",
            )}
          >
            <span className={classes("size-2 rounded-full", RELATION_COLOURS[relation])} aria-hidden />
            {texts.app.relation[relation]}
            <span className="tabular font-normal">{format.number(counts[relation] ?? 0)}</span>
          </button>
        );
      })}
    </div>
  );
}

/** Words to look for; the list follows when typing rests. */
function SearchBox({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const texts = useTexts().results;
  const box = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(value);
  const [known, setKnown] = useState(value);
  if (known !== value) {
    setKnown(value);
    if (value !== typed.trim()) setTyped(value);
  }
  const settled = useDebounced(typed.trim(), 250);
  const send = useRef(onChange);
  useEffect(() => {
    send.current = onChange;
  });
  useEffect(() => {
    send.current(settled);
  }, [settled]);
  useActions([{ id: "results.search", label: texts.actions.search, section: texts.actions.section, keys: ["/"], icon: Search, run: () => box.current?.focus() }]);
  return (
    <div className="relative w-64 max-sm:w-full">
      <Search className="text-ink-3 pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2" aria-hidden />
      <Input ref={box} type="search" aria-label={texts.filter.search} placeholder={texts.filter.search} value={typed} onChange={(event) => setTyped(event.target.value)} className="pl-8.5" />
    </div>
  );
}

function BrandFilter({ brands, chosen, onChange }: { brands: readonly string[]; chosen: readonly string[]; onChange: (chosen: string[]) => void }) {
  const texts = useTexts().results.filter;
  const nameOf = useBrandName();
  if (brands.length < 2) return null;
  return (
    <Dropdown
      align="start"
      trigger={
        <Button icon={ListFilter}>
          {texts.brands}
          {chosen.length > 0 && <Badge tone="accent">{chosen.length}</Badge>}
          <ChevronDown className="text-ink-3 size-4" aria-hidden />
        </Button>
      }
    >
      <div className="max-h-80 overflow-y-auto">
        {brands.map((brand) => (
          <DropdownCheck key={brand} checked={chosen.includes(brand)} onChange={(on) => onChange(on ? [...chosen, brand] : chosen.filter((other) => other !== brand))}>
            {nameOf(brand)}
          </DropdownCheck>
        ))}
      </div>
    </Dropdown>
  );
}
