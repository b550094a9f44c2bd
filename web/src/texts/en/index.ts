import type { Format } from "@/lib/format";

import { app } from "./app";
import { audit } from "./audit";
import { brands } from "./brands";
import { check } from "./check";
import { cleanup } from "./cleanup";
import { compare } from "./compare";
import { decide } from "./decide";
import { jobs } from "./jobs";
import { map } from "./map";
import { results } from "./results";
import { rules } from "./rules";
import { settings } from "./settings";

/** All texts in English; the other languages have the same shape. */
export const english = (f: Format) => ({
  app: app(f),
  brands: brands(f),
  jobs: jobs(f),
  results: results(f),
  compare: compare(f),
  decide: decide(f),
  check: check(f),
  map: map(f),
  cleanup: cleanup(f),
  rules: rules(f),
  audit: audit(f),
  settings: settings(f),
  /** A sentence of the server in this language; null when it is only known in English. */
  said: (sentence: string): string | null => sentence,
});

export type Texts = ReturnType<typeof english>;
