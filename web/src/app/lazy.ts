import { lazy } from "react";

const loadPalette = async () => ({ default: (await import("./CommandPalette")).CommandPalette });
const loadHelp = async () => ({ default: (await import("./HelpSheet")).HelpSheet });

export const CommandPalette = lazy(loadPalette);
export const HelpSheet = lazy(loadHelp);

/** Fetches both when nothing else is to do, so that they open at once and take what is typed. */
export function loadLater(): () => void {
  const timer = window.setTimeout(() => void Promise.all([loadPalette(), loadHelp()]).catch(reportLost), 1500);
  return () => window.clearTimeout(timer);
}

// Opening them asks again, and shows what went wrong.
const reportLost = (error: unknown) => console.info("The palette could not be fetched ahead.", error);
