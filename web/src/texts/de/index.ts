import type { Format } from "@/lib/format";

import type { Texts } from "../en";
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
import { said } from "./said";
import { settings } from "./settings";

/** Alle Texte auf Deutsch. */
export const german = (f: Format): Texts => ({
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
  said,
});
