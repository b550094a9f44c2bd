import type { Format } from "@/lib/format";

import type { Texts } from "../en";
import { app } from "./app";
import { brands } from "./brands";
import { jobs } from "./jobs";
import { settings } from "./settings";

/** Alle Texte auf Deutsch. */
export const german = (f: Format): Texts => ({ app: app(f), brands: brands(f), jobs: jobs(f), settings: settings(f) });
