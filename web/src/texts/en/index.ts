import type { Format } from "@/lib/format";

import { app } from "./app";
import { brands } from "./brands";
import { jobs } from "./jobs";
import { settings } from "./settings";

/** All texts in English; the other languages have the same shape. */
export const english = (f: Format) => ({ app: app(f), brands: brands(f), jobs: jobs(f), settings: settings(f) });

export type Texts = ReturnType<typeof english>;
