import { ImageOff } from "lucide-react";
import { useState } from "react";

import { classes } from "@/lib/classes";
import { thumbnail, type ThumbnailSide } from "@/lib/paths";

interface PictureProps {
  sha256: string;
  alt: string;
  side?: ThumbnailSide;
  fit?: "cover" | "contain";
  className?: string;
  /** Load at once: for what is in sight from the start. */
  eager?: boolean;
}

/** A content's small picture in a box of fixed size; what cannot be shown leaves a quiet sign. */
export function Picture({ sha256, alt, side = 320, fit = "cover", className, eager = false }: PictureProps) {
  const [state, setState] = useState<"loading" | "shown" | "broken">("loading");
  return (
    <span className={classes("picture-ground relative block overflow-hidden", className)}>
      {state === "broken" ? (
        <span role="img" aria-label={alt} className="text-ink-3 absolute inset-0 flex items-center justify-center">
          <ImageOff className="size-5" strokeWidth={1.5} aria-hidden />
        </span>
      ) : (
        <img
          src={thumbnail(sha256, side)}
          alt={alt}
          loading={eager ? "eager" : "lazy"}
          decoding="async"
          draggable={false}
          onLoad={() => setState("shown")}
          onError={() => setState("broken")}
          className={classes(
            "absolute inset-0 size-full transition-opacity duration-200",
            fit === "cover" ? "object-cover" : "object-contain",
            state === "loading" && "opacity-0",
          )}
        />
      )}
    </span>
  );
}
