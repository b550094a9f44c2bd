import type { ReactNode } from "react";

import { keyCaps } from "@/lib/actions";
import { classes } from "@/lib/classes";

/** One key cap. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <kbd
      className={classes(
        "border-line bg-sunken text-ink-2 inline-flex h-5 min-w-5 items-center justify-center rounded-xs border px-1 font-sans text-2xs font-medium",
        className,
      )}
    >
      {children}
    </kbd>
  );
}

/** The caps of a key as actions write it: "mod+k", "g b". */
export function KeyCaps({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keyCaps(keys).map((combination, index) => (
        <span key={index} className="inline-flex gap-0.5">
          {combination.map((cap) => (
            <Kbd key={cap}>{cap}</Kbd>
          ))}
        </span>
      ))}
    </span>
  );
}
