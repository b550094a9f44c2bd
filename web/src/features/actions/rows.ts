/** Rows of a plan, read with care: they are written for people and machines alike. */
export interface Row {
  readonly uri: string;
  readonly sha256: string;
  readonly keeper: string;
  /** Who or which rule says so. */
  readonly reason: string;
  /** Why the other image is the one that stays. */
  readonly why: string;
  readonly bytes: number | null;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function readRow(raw: Readonly<Record<string, unknown>>): Row {
  return {
    uri: text(raw.uri),
    sha256: text(raw.sha256),
    keeper: text(raw.keeper),
    reason: text(raw.reason) || text(raw.by),
    why: text(raw.why),
    bytes: typeof raw.bytes === "number" ? raw.bytes : null,
  };
}
