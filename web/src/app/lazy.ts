import { lazy } from "react";

export const CommandPalette = lazy(async () => ({ default: (await import("./CommandPalette")).CommandPalette }));
export const HelpSheet = lazy(async () => ({ default: (await import("./HelpSheet")).HelpSheet }));
