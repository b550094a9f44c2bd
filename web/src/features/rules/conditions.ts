import type { ConditionForm, OnlyWhenForm, RuleForm, RulesForm } from "@/api/rules";

/** A condition as it stands in its inputs: lists as text, numbers as they are typed. */
export interface Typed {
  path: string;
  brand: string;
  format: string;
  metadata: "any" | "yes" | "no";
  min_pixels: string;
  max_pixels: string;
  modified_before: string;
  modified_after: string;
}

export interface TypedRule extends Typed {
  /** Tells rows of the list apart while they are moved. */
  key: number;
  name: string;
  kept: Typed | null;
}

export type Kind = "protect" | "only_when" | "prefer";
export type Typing = Record<Kind, TypedRule[]> & { automatic: string[]; order: string[]; formats: string };

let keys = 0;
const METADATA = { any: null, yes: true, no: false } as const;

export const nothing = (): Typed => ({
  path: "",
  brand: "",
  format: "",
  metadata: "any",
  min_pixels: "",
  max_pixels: "",
  modified_before: "",
  modified_after: "",
});

export const newRule = (kind: Kind): TypedRule => ({ ...nothing(), key: (keys += 1), name: "", kept: kind === "only_when" ? nothing() : null });

function typedCondition(condition: ConditionForm): Typed {
  const { path, brand, format, metadata, min_pixels, max_pixels, modified_before, modified_after } = condition;
  return {
    path: path.join("\n"),
    brand: brand.join(", "),
    format: format.join(", "),
    metadata: metadata == null ? "any" : metadata ? "yes" : "no",
    min_pixels: min_pixels == null ? "" : String(min_pixels),
    max_pixels: max_pixels == null ? "" : String(max_pixels),
    modified_before: modified_before ?? "",
    modified_after: modified_after ?? "",
  };
}

const typedRule = (rule: RuleForm | OnlyWhenForm): TypedRule => ({
  ...typedCondition(rule),
  key: (keys += 1),
  name: rule.name,
  kept: "kept" in rule ? typedCondition(rule.kept) : null,
});

/** Rules as they stand in the inputs of a form. */
export const typingOf = (rules: RulesForm): Typing => ({
  automatic: rules.automatic,
  order: rules.order,
  formats: rules.formats.join(", "),
  protect: rules.protect.map(typedRule),
  only_when: rules.only_when.map(typedRule),
  prefer: rules.prefer.map(typedRule),
});

const split = (text: string, by: RegExp): string[] =>
  text
    .split(by)
    .map((part) => part.trim())
    .filter(Boolean);

const count = (text: string): number | null => (text.trim() === "" ? null : Number(text));

function condition(typed: Typed): ConditionForm {
  return {
    path: split(typed.path, /\n/),
    brand: split(typed.brand, /,/),
    format: split(typed.format, /,/),
    metadata: METADATA[typed.metadata],
    min_pixels: count(typed.min_pixels),
    max_pixels: count(typed.max_pixels),
    modified_before: typed.modified_before || null,
    modified_after: typed.modified_after || null,
  };
}

const rule = (typed: TypedRule): RuleForm => ({ ...condition(typed), name: typed.name.trim() });

/** Rules as the server takes them, from the inputs of a form. */
export const rulesOf = (typing: Typing): RulesForm => ({
  automatic: typing.automatic,
  order: typing.order,
  formats: split(typing.formats, /,/),
  protect: typing.protect.map(rule),
  only_when: typing.only_when.map((typed) => ({ ...rule(typed), kept: condition(typed.kept ?? nothing()) })),
  prefer: typing.prefer.map(rule),
});
