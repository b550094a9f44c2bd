import { ArrowUp, X } from "lucide-react";

import { Checkbox, Dropdown, DropdownItem, Button, Field, IconButton, Input } from "@/components/ui";
import { useTexts } from "@/texts";

import type { Typing } from "./conditions";

interface CriteriaProps {
  typing: Typing;
  onChange: (typing: Typing) => void;
}

/** What is acted on without asking, and what makes one copy better than another. */
export function Criteria({ typing, onChange }: CriteriaProps) {
  const texts = useTexts();
  const { rules } = texts;
  const toggle = (relation: string, on: boolean) =>
    onChange({ ...typing, automatic: on ? [...typing.automatic, relation] : typing.automatic.filter((one) => one !== relation) });
  return (
    <>
      <section aria-label={rules.automatic.title}>
        <h2 className="text-lg font-semibold">{rules.automatic.title}</h2>
        <p className="text-ink-2 mb-3 text-sm">{rules.automatic.hint}</p>
        <div className="flex flex-wrap gap-6">
          {(["identical", "copy"] as const).map((relation) => (
            <label key={relation} htmlFor={`automatic-${relation}`} className="flex items-center gap-2">
              <Checkbox id={`automatic-${relation}`} label={texts.app.relation[relation]} checked={typing.automatic.includes(relation)} onChange={(on) => toggle(relation, on)} />
              {texts.app.relation[relation]}
            </label>
          ))}
        </div>
      </section>
      <Order order={typing.order} onChange={(order) => onChange({ ...typing, order })} />
      <Field id="better-formats" label={rules.formats.title} hint={rules.formats.hint}>
        <Input id="better-formats" aria-describedby="better-formats-note" value={typing.formats} onChange={(event) => onChange({ ...typing, formats: event.target.value })} />
      </Field>
    </>
  );
}

function Order({ order, onChange }: { order: readonly string[]; onChange: (order: string[]) => void }) {
  const texts = useTexts().rules;
  const name = (criterion: string) => texts.criteria[criterion] ?? criterion;
  const others = Object.keys(texts.criteria).filter((criterion) => !order.includes(criterion));
  const up = (index: number) => {
    const next = [...order];
    next.splice(index - 1, 0, ...next.splice(index, 1));
    onChange(next);
  };
  return (
    <section aria-label={texts.order.title}>
      <h2 className="text-lg font-semibold">{texts.order.title}</h2>
      <p className="text-ink-2 mb-3 text-sm">{texts.order.hint}</p>
      <ol className="border-line bg-surface divide-line divide-y rounded-lg border">
        {order.map((criterion, index) => (
          <li key={criterion} className="flex items-center gap-2 py-1 pr-1 pl-4">
            <span className="text-ink-3 tabular w-6 text-sm">{index + 1}</span>
            <span className="flex-1">{name(criterion)}</span>
            {index > 0 && <IconButton icon={ArrowUp} size="sm" label={texts.up(name(criterion))} onClick={() => up(index)} />}
            {order.length > 1 && <IconButton icon={X} size="sm" label={texts.remove(name(criterion))} onClick={() => onChange(order.filter((one) => one !== criterion))} />}
          </li>
        ))}
      </ol>
      {others.length > 0 && (
        <div className="mt-3">
          <Dropdown trigger={<Button size="sm">{texts.addCriterion}</Button>}>
            {others.map((criterion) => (
              <DropdownItem key={criterion} onSelect={() => onChange([...order, criterion])}>
                {name(criterion)}
              </DropdownItem>
            ))}
          </Dropdown>
        </div>
      )}
    </section>
  );
}
