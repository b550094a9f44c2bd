import { type Edit, type Evidence, readEvidence } from "@/api/evidence";
import type { Edge } from "@/api/groups";
import type { Texts } from "@/texts";

/** What words need of an edge. */
export type Measured = Pick<Edge, "relation" | "evidence">;

/** One edit in the words of the person's language. */
export function editWords(edit: Edit, evidence: Evidence, texts: Texts): string {
  const words = texts.compare.edit;
  const [origin, other] = evidence.origin === "a" ? ([0, 1] as const) : ([1, 0] as const);
  switch (edit.kind) {
    case "crop":
      return words.crop(evidence.overlap?.[origin] ?? null);
    case "border":
      return words.border(evidence.overlap ? 1 - evidence.overlap[other] : null);
    case "rotate":
      return words.rotate(edit.value);
    case "resize":
      return words.resize(edit.value);
    case "aspect":
      return words.aspect(edit.value);
    case "recompress":
      return words.recompress(edit.text.match(/\d+/g) ?? []);
    case "overlay":
      return words.overlay(edit.rectangles.length);
    default:
      return words[edit.kind];
  }
}

/** What was done to one picture to get the other; empty when nothing can be told. */
export function edgeWords(edge: Measured, texts: Texts): string[] {
  const evidence = readEvidence(edge.evidence);
  if (evidence.equal) return [texts.compare.equal[evidence.equal]];
  if (evidence.edits.length > 0) return evidence.edits.map((edit) => editWords(edit, evidence, texts));
  if (evidence.orientation) return [texts.compare.turned(evidence.orientation)];
  if (edge.relation === "similar")
    return evidence.cosine.map(([space, value]) => texts.compare.measured.cosine(space.split("/")[0] ?? space, value));
  return [];
}

/** What was measured, for those who want to know. `overlap` is of the edge's own a and b. */
export function measuredWords(edge: Measured, texts: Texts): string[] {
  const { inliers, agreement, pdqDistance, dhashDistance, cosine } = readEvidence(edge.evidence);
  const words = texts.compare.measured;
  const found = [
    inliers !== null && words.inliers(inliers),
    agreement !== null && words.agreement(agreement),
    pdqDistance !== null && words.pdq(pdqDistance),
    dhashDistance !== null && words.dhash(dhashDistance),
    ...cosine.map(([space, value]) => words.cosine(space.split("/")[0] ?? space, value)),
  ];
  return found.filter((line) => line !== false);
}
