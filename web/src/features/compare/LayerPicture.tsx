import { type CSSProperties, useState } from "react";

import type { Mark } from "@/api/evidence";
import { nameOf } from "@/components/groups/names";
import { cssMatrix } from "@/lib/homography";
import { original, thumbnail } from "@/lib/paths";
import type { Placement } from "@/lib/viewport";

import { type Layer, magnification, needsOriginal, outline, sizeOf, toScreen } from "./layers";

interface LayerPictureProps {
  layer: Layer;
  place: Placement;
  style?: CSSProperties;
  /** Names it for screen readers; empty for a second layer over a named one. */
  alt?: string;
}

/** A picture of a comparison, laid where its matrix says. The small picture is there first; the original follows. */
export function LayerPicture({ layer, place, style, alt = nameOf(layer.image) }: LayerPictureProps) {
  const { image } = layer;
  const size = sizeOf(image);
  const matrix = toScreen(place, layer.matrix);
  const sharp = needsOriginal(image, magnification(matrix, size), window.devicePixelRatio || 1);
  const frame: CSSProperties = {
    position: "absolute",
    left: 0,
    top: 0,
    width: size.width,
    height: size.height,
    maxWidth: "none",
    transformOrigin: "0 0",
    transform: cssMatrix(matrix),
    pointerEvents: "none",
    ...style,
  };
  return (
    <>
      <img src={thumbnail(image.sha256, 1280)} alt={alt} draggable={false} decoding="async" style={frame} />
      {sharp && <Original key={image.sha256} sha256={image.sha256} style={frame} />}
    </>
  );
}

function Original({ sha256, style }: { sha256: string; style: CSSProperties }) {
  const [there, setThere] = useState(false);
  return (
    <img
      src={original(sha256)}
      alt=""
      draggable={false}
      decoding="async"
      style={{ ...style, visibility: there ? style.visibility : "hidden" }}
      onLoad={() => setThere(true)}
    />
  );
}

const COLOURS: Record<Mark["kind"], string> = {
  crop: "var(--color-good)",
  border: "var(--color-warn)",
  overlay: "var(--color-bad)",
  inside: "var(--color-accent)",
};

interface MarksProps {
  marks: readonly Mark[];
  layer: Layer;
  place: Placement;
  label: (kind: Mark["kind"]) => string;
}

/** Rectangles of the evidence, drawn over a picture. Two lines each, so that they show on every ground. */
export function Marks({ marks, layer, place, label }: MarksProps) {
  if (marks.length === 0) return null;
  const matrix = toScreen(place, layer.matrix);
  return (
    <svg className="pointer-events-none absolute inset-0 size-full" role="img" aria-label={marks.map(({ kind }) => label(kind)).join(", ")}>
      {marks.map((mark, index) => {
        const corners = outline(mark, layer.image, matrix);
        const points = corners.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
        return (
          <g key={index} fill="none" strokeLinejoin="round">
            <polygon points={points} stroke="white" strokeOpacity={0.85} strokeWidth={4} />
            <polygon points={points} stroke={COLOURS[mark.kind]} strokeWidth={2} strokeDasharray={mark.kind === "crop" ? "6 4" : undefined} />
          </g>
        );
      })}
    </svg>
  );
}
