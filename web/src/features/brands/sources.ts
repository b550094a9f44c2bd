import type { SourceKind, SourceSpec } from "@/api/types";
import type { Texts } from "@/texts";

/** One input of a source's form: the setting it fills and how. */
export interface SourceField {
  name: string;
  text: keyof Texts["brands"]["fields"];
  required?: boolean;
  /** Several values, one a line. */
  lines?: boolean;
}

/** The kinds of sources in the order in which they are offered, and what each asks for. */
export const KINDS: readonly { kind: SourceKind; fields: readonly SourceField[] }[] = [
  { kind: "upload", fields: [] },
  { kind: "shopify", fields: [{ name: "url", text: "shop", required: true }] },
  { kind: "web", fields: [{ name: "url", text: "page", required: true }] },
  { kind: "feed", fields: [{ name: "url", text: "feed", required: true }] },
  {
    kind: "urls",
    fields: [
      { name: "urls", text: "list", lines: true },
      { name: "url", text: "listUrl" },
    ],
  },
  { kind: "brand_api", fields: [{ name: "url", text: "api", required: true }] },
  { kind: "bucket", fields: [{ name: "url", text: "bucket", required: true }] },
  { kind: "folder", fields: [{ name: "path", text: "folder", required: true }] },
];

export const fieldsOf = (kind: string): readonly SourceField[] => KINDS.find((entry) => entry.kind === kind)?.fields ?? [];

/** A source as its form holds it: texts only. */
export interface SourceDraft {
  kind: string;
  values: Record<string, string>;
  /** Further settings, one `name = value` a line. */
  more: string;
}

export const emptyDraft = (kind: string = "shopify"): SourceDraft => ({ kind, values: {}, more: "" });

const asText = (value: unknown): string =>
  Array.isArray(value) ? value.map(String).join("\n") : typeof value === "string" ? value : JSON.stringify(value);

/** The form of a source that is there already. */
export function draftOf(spec: SourceSpec): SourceDraft {
  const names = new Set(fieldsOf(spec.kind).map((field) => field.name));
  const entries = Object.entries(spec.settings);
  return {
    kind: spec.kind,
    values: Object.fromEntries(entries.filter(([name]) => names.has(name)).map(([name, value]) => [name, asText(value)])),
    more: entries
      .filter(([name]) => !names.has(name))
      .map(([name, value]) => `${name} = ${asText(value).replaceAll("\n", ", ")}`)
      .join("\n"),
  };
}

/** The first line of `more` that is not `name = value`, or "". */
export const wrongLine = (more: string): string =>
  more.split("\n").find((line) => line.trim() && !/^\s*[a-z_][a-z0-9_]*\s*=/i.test(line)) ?? "";

function moreSettings(more: string): [string, unknown][] {
  return more
    .split("\n")
    .filter((line) => line.includes("="))
    .map((line) => {
      const [name = "", ...rest] = line.split("=");
      return [name.trim(), valueOf(rest.join("=").trim())];
    });
}

/** Numbers, truths and JSON as such, everything else as text. */
function valueOf(text: string): unknown {
  if (!/^(true|false|-?\d+(\.\d+)?|[[{].*[\]}])$/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What is sent to the server. */
export function specOf(draft: SourceDraft): SourceSpec {
  const settings: [string, unknown][] = [];
  for (const field of fieldsOf(draft.kind)) {
    const text = (draft.values[field.name] ?? "").trim();
    if (!text) continue;
    const lines = text.split("\n").map((line) => line.trim()).filter(Boolean);
    settings.push([field.name, field.lines ? lines : text]);
  }
  return { kind: draft.kind, settings: Object.fromEntries([...settings, ...moreSettings(draft.more)]) };
}

/** Whether all that a source needs is filled in. */
export function isComplete(draft: SourceDraft): boolean {
  const fields = fieldsOf(draft.kind);
  const filled = (field: SourceField) => (draft.values[field.name] ?? "").trim() !== "";
  if (wrongLine(draft.more)) return false;
  if (draft.kind === "urls") return fields.some(filled) || /^\s*file\s*=/m.test(draft.more);
  return fields.every((field) => !field.required || filled(field));
}
