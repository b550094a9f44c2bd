import { Activity, CopyCheck, History, Images, ListChecks, type LucideIcon, Map, Recycle, ScanSearch, Settings } from "lucide-react";

import { paths } from "@/lib/paths";
import type { Texts } from "@/texts";

export interface Place {
  id: keyof Texts["app"]["nav"];
  to: string;
  icon: LucideIcon;
  /** Key after "g". */
  key: string;
  /** Whether the place stands in the bar of a phone; the others are under "More". */
  phone: boolean;
  end?: boolean;
}

/** Where one can go, in the order of the work. */
export const places: readonly Place[] = [
  { id: "brands", to: paths.brands(), icon: Images, key: "b", phone: true, end: true },
  { id: "jobs", to: paths.jobs(), icon: Activity, key: "w", phone: true },
  { id: "results", to: paths.results(), icon: CopyCheck, key: "r", phone: true },
  { id: "check", to: paths.check(), icon: ScanSearch, key: "c", phone: true },
  { id: "map", to: paths.map(), icon: Map, key: "m", phone: false },
  { id: "actions", to: paths.actions(), icon: Recycle, key: "a", phone: false },
  { id: "rules", to: paths.rules(), icon: ListChecks, key: "k", phone: false },
  { id: "audit", to: paths.audit(), icon: History, key: "h", phone: false },
  { id: "settings", to: paths.settings(), icon: Settings, key: "s", phone: false },
];
