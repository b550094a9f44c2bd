import type { SyntheticEvent } from "react";

import { classes } from "@/lib/classes";
import { thumbnail, type ThumbnailSide } from "@/lib/paths";

import missing from "./missing.svg";

interface PictureProps {
  sha256: string;
  alt: string;
  side?: ThumbnailSide;
  fit?: "cover" | "contain";
  className?: string;
  /** Load at once: for what is in sight from the start. */
  eager?: boolean;
}

/** Puts a quiet sign in the place of a picture that cannot be shown. */
function replace({ currentTarget: image }: SyntheticEvent<HTMLImageElement>): void {
  if (image.src.endsWith(missing)) return;
  image.src = missing;
  image.style.objectFit = "contain";
}

/** A content's small picture in a box of fixed size. Lists hold hundreds of them: nothing is rendered again when one has loaded. */
export function Picture({ sha256, alt, side = 320, fit = "cover", className, eager = false }: PictureProps) {
  return (
    <span className={classes("picture-ground relative block overflow-hidden", className)}>
      <img
        key={sha256}
        src={thumbnail(sha256, side)}
        alt={alt}
        loading={eager ? "eager" : "lazy"}
        decoding="async"
        draggable={false}
        onError={replace}
        className={fit === "cover" ? "picture object-cover" : "picture object-contain"}
      />
    </span>
  );
}
