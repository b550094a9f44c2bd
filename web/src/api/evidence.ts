/** Evidence of a pair as the server writes it, read with care: old reports lack what new ones have. */
import type { Schema } from "./types";
import { type Matrix, parseMatrix } from "@/lib/homography";

export const EDITS = [
  "crop",
  "mirror",
  "rotate",
  "resize",
  "aspect",
  "perspective",
  "recompress",
  "recolour",
  "grey",
  "invert",
  "brighten",
  "darken",
  "blur",
  "border",
  "overlay",
] as const;
export type EditKind = (typeof EDITS)[number];

/** left, top, right, bottom as shares of the picture. */
export type Rectangle = readonly [number, number, number, number];

export interface Edit {
  readonly kind: EditKind;
  readonly text: string;
  readonly value: number;
  readonly rectangles: readonly Rectangle[];
}

export interface Evidence {
  readonly equal: "bytes" | "pixels" | null;
  readonly pdqDistance: number | null;
  readonly dhashDistance: number | null;
  readonly orientation: string | null;
  readonly inliers: number | null;
  readonly agreement: number | null;
  readonly overlap: readonly [number, number] | null;
  readonly transform: Matrix | null;
  readonly inside: Rectangle | null;
  readonly edits: readonly Edit[];
  readonly origin: "a" | "b";
  readonly cosine: readonly (readonly [string, number])[];
}

export function readEvidence(raw: Schema["Edge"]["evidence"]): Evidence {
  const overlap = numbers(raw.overlap, 2);
  return {
    equal: raw.equal === "bytes" || raw.equal === "pixels" ? raw.equal : null,
    pdqDistance: number(raw.pdq_distance),
    dhashDistance: number(raw.dhash_distance),
    orientation: typeof raw.orientation === "string" && raw.orientation !== "same" ? raw.orientation : null,
    inliers: number(raw.inliers),
    agreement: number(raw.agreement),
    overlap: overlap ? [overlap[0] ?? 0, overlap[1] ?? 0] : null,
    transform: parseMatrix(raw.transform as number[][] | undefined),
    inside: rectangle(raw.inside),
    edits: Array.isArray(raw.edit_details) ? raw.edit_details.flatMap(edit) : [],
    origin: raw.origin === "b" ? "b" : "a",
    cosine: isRecord(raw.cosine)
      ? Object.entries(raw.cosine).flatMap(([space, value]) => (typeof value === "number" ? [[space, value]] : []))
      : [],
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function numbers(value: unknown, count: number): number[] | null {
  return Array.isArray(value) && value.length === count && value.every(Number.isFinite) ? (value as number[]) : null;
}

function rectangle(value: unknown): Rectangle | null {
  const found = numbers(value, 4);
  return found ? [found[0] ?? 0, found[1] ?? 0, found[2] ?? 1, found[3] ?? 1] : null;
}

function edit(value: unknown): Edit[] {
  if (!isRecord(value)) return [];
  const kind = EDITS.find((known) => known === value.kind);
  if (!kind) return [];
  const boxes: unknown[] = Array.isArray(value.rectangles) ? value.rectangles : [];
  return [
    {
      kind,
      text: typeof value.text === "string" ? value.text : kind,
      value: number(value.value) ?? 0,
      rectangles: boxes.map(rectangle).filter((box) => box !== null),
    },
  ];
}

/** Which of the two pictures of a pair a rectangle of the evidence lies in. */
export type Side = "a" | "b";

export interface Mark {
  readonly side: Side;
  readonly kind: "crop" | "border" | "overlay" | "inside";
  readonly box: Rectangle;
}

/** The rectangles of the evidence: what was cut out, what was laid over, where one stands inside the other. */
export function marks(evidence: Evidence, inner: Side | null): Mark[] {
  const other: Side = evidence.origin === "a" ? "b" : "a";
  const found: Mark[] = evidence.edits.flatMap(({ kind, rectangles }) =>
    kind === "crop" || kind === "border" || kind === "overlay"
      ? rectangles.map((box) => ({ side: kind === "crop" ? evidence.origin : other, kind, box }))
      : [],
  );
  if (evidence.inside && inner) found.push({ side: inner === "a" ? "b" : "a", kind: "inside", box: evidence.inside });
  return found;
}
