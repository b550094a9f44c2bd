import type { Format } from "@/lib/format";

export const audit = (f: Format) => ({
  title: "Audit",
  intro: "Why something happened to an image, what was never compared, and how much was probably missed.",
  story: {
    title: "The story of an image",
    label: "Path, address or SHA-256",
    show: "Show its story",
    none: "Nothing was decided on this image or done to it.",
    file: "File",
    by: "By",
    keeper: "Stays for it",
    why: "Because",
    evidence: "Evidence",
    now: "Lies now at",
    run: "Run",
    pair: (a: string, b: string, relation: string, score: string) => `${a} and ${b}: ${relation}, ${score}`,
    what: {
      "decided: keep": "Decided: keep",
      "decided: drop": "Decided: drop",
      "decided: open": "Decided: open again",
      "decided: apart": "Decided: not a duplicate",
      "decided: together": "Decided: a duplicate after all",
      dropped: "Dropped",
      "dropping, interrupted": "Dropping it was interrupted",
      "left as it is": "Left as it is",
      restored: "Restored",
      "restoring, interrupted": "Restoring it was interrupted",
      "a run that cannot be read": "A run that cannot be read",
    } as Readonly<Record<string, string>>,
  },
  uncompared: {
    title: "Never compared in full",
    all: "Every image was compared in full.",
    count: (count: number) => f.plural(count, { one: "image was not compared in full", other: "images were not compared in full" }),
  },
  missed: {
    title: "Probably missed",
    hint: "Images drawn at random are verified against all others. That shows what the choice of candidates misses, not what verification cannot see.",
    label: "Images to draw",
    run: "Estimate",
    found: (missed: number, low: number, high: number) =>
      `${f.number(Math.round(missed))} missed pairs of copies; with 95 % confidence ${f.number(Math.floor(low))} to ${f.number(Math.ceil(high))}.`,
    basis: (sampled: number, population: number, verified: number) =>
      `${f.number(sampled)} of ${f.number(population)} images were verified against all others: ${f.plural(verified, { one: "pair", other: "pairs" })}.`,
  },
  decisions: {
    title: "Decisions as a file",
    hint: "All decisions as CSV: a backup, a list for a spreadsheet, the way into another catalogue. Of a file with a bad row nothing is taken.",
    failed: "Nothing was taken",
    export: "Save decisions",
    import: "Take decisions from CSV …",
    taken: (count: number) => `${f.plural(count, { one: "decision was", other: "decisions were" })} taken`,
  },
});
