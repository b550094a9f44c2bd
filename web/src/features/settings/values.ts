import type { Setting } from "@/api/types";

/** How a setting is edited. */
export type Control = "switch" | "choice" | "number" | "list" | "text";

/** The control that suits a setting, by its choices and its kind of value. */
export function controlOf({ choices, value, default: standard }: Pick<Setting, "choices" | "value" | "default">): Control {
  const known = value ?? standard;
  if (Array.isArray(known)) return "list";
  if (choices.length > 0) return "choice";
  if (typeof known === "boolean") return "switch";
  if (typeof known === "number") return "number";
  return "text";
}

/** A value as its input shows it. */
export function shownValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(String).join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What was typed as the setting wants it; null for nothing, which takes the setting back. */
export function typedValue(text: string, control: Control): unknown {
  const plain = text.trim();
  if (plain === "") return control === "list" ? [] : null;
  if (control === "list") return plain.split(",").map((part) => part.trim()).filter(Boolean);
  if (control === "number") return Number(plain.replace(",", "."));
  // A setting whose default is nothing may want a number: the server says so if it does not.
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : plain;
}

/** "similarity_threshold" as people read it. */
export const readableName = (name: string): string => {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The settings whose name or description holds all words of a text; those that can be changed come first. */
export function searchSettings(settings: readonly Setting[], text: string): Setting[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = settings.filter((setting) => {
    const own = `${setting.name} ${readableName(setting.name)} ${setting.description}`.toLowerCase();
    return words.every((word) => own.includes(word));
  });
  return [...found.filter(({ editable }) => editable), ...found.filter(({ editable }) => !editable)];
}
