import { useEffect, useState } from "react";

import { usePreferences } from "@/lib/preferences";

import type { Scene } from "./drawing";

const NAMES = ["identical", "copy", "contains", "variant", "scene", "similar"] as const;

type Colours = Pick<Scene, "colours" | "accent">;

/** What a colour of the design is now: `light-dark()` is worked out by the page, not by a canvas. */
function worked(name: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(--color-${name})`;
  document.body.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function read(): Colours {
  const relations = Object.fromEntries(NAMES.map((name) => [name, worked(name)])) as Record<(typeof NAMES)[number], string>;
  return { colours: { ...relations, none: worked("line-strong") }, accent: worked("accent") };
}

/** The colours of the theme in force, for a canvas. */
export function useColours(): Colours {
  const { theme } = usePreferences();
  const [colours, setColours] = useState(read);
  useEffect(() => {
    const media = matchMedia("(prefers-color-scheme: dark)");
    const again = () => setColours(read());
    again();
    media.addEventListener("change", again);
    return () => media.removeEventListener("change", again);
  }, [theme]);
  return colours;
}
