import { ArrowUp, Plus, Trash2 } from "lucide-react";
import { useId } from "react";

import { Button, Field, IconButton, Input } from "@/components/ui";
import { useTexts } from "@/texts";

import { ConditionFields } from "./ConditionFields";
import { type Kind, newRule, nothing, type TypedRule } from "./conditions";

interface RuleListProps {
  kind: Kind;
  rules: readonly TypedRule[];
  onChange: (rules: TypedRule[]) => void;
}

/** The rules of one kind, in their order. */
export function RuleList({ kind, rules, onChange }: RuleListProps) {
  const texts = useTexts().rules;
  const words = texts[kind];
  const up = (index: number) => onChange(rules.map((rule, at) => (at === index - 1 ? rules[index] : at === index ? rules[index - 1] : rule) ?? rule));
  return (
    <section aria-label={words.title}>
      <h2 className="text-lg font-semibold">{words.title}</h2>
      <p className="text-ink-2 mb-3 text-sm">{words.hint}</p>
      <ul className="space-y-3">
        {rules.map((rule, index) => (
          <RuleCard
            key={rule.key}
            rule={rule}
            number={index + 1}
            onChange={(next) => onChange(rules.map((one) => (one.key === rule.key ? next : one)))}
            onRemove={() => onChange(rules.filter((one) => one.key !== rule.key))}
            onUp={index > 0 ? () => up(index) : undefined}
          />
        ))}
      </ul>
      <Button icon={Plus} size="sm" className="mt-3" onClick={() => onChange([...rules, newRule(kind)])}>
        {words.add}
      </Button>
    </section>
  );
}

interface RuleCardProps {
  rule: TypedRule;
  number: number;
  onChange: (rule: TypedRule) => void;
  onRemove: () => void;
  onUp: (() => void) | undefined;
}

function RuleCard({ rule, number, onChange, onRemove, onUp }: RuleCardProps) {
  const texts = useTexts().rules;
  const id = useId();
  const name = rule.name || texts.rule(number);
  return (
    <li className="border-line bg-surface shadow-card space-y-3 rounded-lg border p-4">
      <div className="flex items-end gap-2">
        <Field id={`${id}-name`} label={texts.fields.name} className="flex-1">
          <Input id={`${id}-name`} maxLength={200} placeholder={texts.rule(number)} value={rule.name} onChange={(event) => onChange({ ...rule, name: event.target.value })} />
        </Field>
        {onUp && <IconButton icon={ArrowUp} label={texts.up(name)} onClick={onUp} />}
        <IconButton icon={Trash2} label={texts.remove(name)} onClick={onRemove} />
      </div>
      <ConditionFields value={rule} onChange={(value) => onChange({ ...rule, ...value })} />
      {rule.kept && (
        <fieldset className="border-line border-t pt-3">
          <legend className="text-ink-2 pr-2 text-sm font-medium">{texts.kept}</legend>
          <ConditionFields value={rule.kept} onChange={(kept) => onChange({ ...rule, kept: { ...nothing(), ...kept } })} />
        </fieldset>
      )}
    </li>
  );
}
