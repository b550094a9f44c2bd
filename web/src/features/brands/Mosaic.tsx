import { Images } from "lucide-react";

import { Picture } from "@/components/ui";
import { classes } from "@/lib/classes";

/** Up to five of a brand's pictures: one large, the others beside it. */
export function Mosaic({ contents, alt, colour, className }: { contents: readonly string[]; alt: string; colour: string; className?: string }) {
  const shown = contents.slice(0, 5);
  const [first, ...others] = shown;
  if (first === undefined)
    return (
      <div className={classes("picture-ground text-ink-3 flex items-center justify-center", className)} style={colour ? { background: `${colour}22` } : {}}>
        <Images className="size-8" strokeWidth={1.25} aria-hidden />
      </div>
    );
  const few = others.length < 4;
  return (
    <div role="img" aria-label={alt} className={classes("grid gap-0.5 overflow-hidden", few ? "grid-cols-1" : "grid-cols-[2fr_1fr_1fr]", className)}>
      <Picture sha256={first} alt="" className="size-full" eager />
      {!few && (
        <>
          <div className="grid grid-rows-2 gap-0.5">
            {others.slice(0, 2).map((sha256) => (
              <Picture key={sha256} sha256={sha256} alt="" side={160} className="size-full" eager />
            ))}
          </div>
          <div className="grid grid-rows-2 gap-0.5">
            {others.slice(2, 4).map((sha256) => (
              <Picture key={sha256} sha256={sha256} alt="" side={160} className="size-full" eager />
            ))}
          </div>
        </>
      )}
    </div>
  );
}
