/** Where each compared picture lies in the plane of the first one. No DOM in here. */
import type { Mark } from "@/api/evidence";
import type { Image } from "@/api/groups";
import type { Pair } from "@/api/pairs";
import {
  apply,
  boundsOf,
  type Box,
  corners,
  drawable,
  fromCentres,
  IDENTITY,
  invert,
  type Matrix,
  multiply,
  parseMatrix,
  type Point,
  rectangleIn,
  scaling,
  type Size,
} from "@/lib/homography";
import type { Placement } from "@/lib/viewport";

export interface Layer {
  readonly image: Image;
  /** Its pixels to those of the first picture. */
  readonly matrix: Matrix;
  /** Whether a transform was found; without one a picture is stretched over the first. */
  readonly aligned: boolean;
}

export const sizeOf = ({ width, height }: Image): Size => ({ width: Math.max(width, 1), height: Math.max(height, 1) });

export const boxOf = (image: Image): Box => ({ left: 0, top: 0, right: sizeOf(image).width, bottom: sizeOf(image).height });

export function layerOf(first: Image, image: Image, pair: Pair | undefined): Layer {
  const found = image.sha256 === first.sha256 ? IDENTITY : transformTo(first, image, pair);
  if (found && drawable(found, sizeOf(image))) return { image, matrix: found, aligned: true };
  const [from, to] = [sizeOf(image), sizeOf(first)];
  return { image, matrix: scaling(to.width / from.width, to.height / from.height), aligned: false };
}

function transformTo(first: Image, image: Image, pair: Pair | undefined): Matrix | null {
  const matrix = parseMatrix(pair?.transform);
  if (!pair || !matrix) return null;
  const centred = fromCentres(matrix);
  if (pair.a.sha256 === image.sha256) return centred;
  return pair.a.sha256 === first.sha256 ? invert(centred) : null;
}

const LARGEST = 4;

/** The box around all pictures; one that is far larger than the first does not make it tiny. */
export function worldOf(first: Image, layers: readonly Layer[]): Box {
  const { width, height } = sizeOf(first);
  const points = layers.flatMap(({ image, matrix }) => corners(sizeOf(image)).map((corner) => apply(matrix, corner)));
  const { left, top, right, bottom } = boundsOf([...points, ...corners({ width, height })]);
  return {
    left: Math.max(left, -LARGEST * width),
    top: Math.max(top, -LARGEST * height),
    right: Math.min(right, (1 + LARGEST) * width),
    bottom: Math.min(bottom, (1 + LARGEST) * height),
  };
}

export function placementMatrix({ scale, x, y }: Placement): Matrix {
  return [
    [scale, 0, x],
    [0, scale, y],
    [0, 0, 1],
  ];
}

/** Pixels of the screen that one pixel of a picture takes, at its middle. */
export function magnification(matrix: Matrix, size: Size): number {
  const middle = { x: size.width / 2, y: size.height / 2 };
  const at = apply(matrix, middle);
  const right = apply(matrix, { x: middle.x + 1, y: middle.y });
  const below = apply(matrix, { x: middle.x, y: middle.y + 1 });
  return Math.sqrt(Math.hypot(right.x - at.x, right.y - at.y) * Math.hypot(below.x - at.x, below.y - at.y));
}

/** Formats that browsers show themselves; all others are seen as the server's pictures of them. */
const SHOWN = new Set(["JPEG", "PNG", "WEBP", "GIF", "AVIF", "BMP"]);
const LARGEST_THUMBNAIL = 1280;

/** Whether the small picture is sharp enough for a magnification. */
export function needsOriginal(image: Image, magnified: number, density: number): boolean {
  const longest = Math.max(image.width, image.height);
  return longest > LARGEST_THUMBNAIL && longest * magnified * density > LARGEST_THUMBNAIL && SHOWN.has(image.format.toUpperCase());
}

/** The corners of a mark on the screen. */
export function outline(mark: Mark, image: Image, toScreen: Matrix): Point[] {
  return rectangleIn(sizeOf(image), mark.box).map((corner) => apply(toScreen, corner));
}

export const toScreen = (place: Placement, matrix: Matrix): Matrix => multiply(placementMatrix(place), matrix);
