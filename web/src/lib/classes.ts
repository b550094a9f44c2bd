import { clsx, type ClassValue } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({
  extend: { theme: { text: ["2xs"], shadow: ["card", "float", "dialog"] } },
});

/** Joins class names; of two that contradict each other, the later one wins. */
export function classes(...values: ClassValue[]): string {
  return merge(clsx(values));
}
