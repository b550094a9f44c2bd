/** Drawing of the map on a canvas. */
import type { MapColumns } from "@/api/results";
import type { Box } from "@/lib/homography";
import { type Plane, spread, within } from "@/lib/spatial";
import type { Placement } from "@/lib/viewport";

export type Relation = MapColumns["relation"][number];

export interface Scene {
  readonly columns: MapColumns;
  readonly tree: Plane;
  /** A colour for each relation, and one for images in no group. */
  readonly colours: Readonly<Record<Relation | "none", string>>;
  readonly accent: string;
  readonly grouped: boolean;
}

export interface Camera {
  readonly place: Placement;
  readonly seen: Box;
  readonly width: number;
  readonly height: number;
  /** Pixels of the device in one of the page. */
  readonly density: number;
}

/** Side of a picture on the map, and how far apart points must be for pictures to be shown. */
export const PICTURE = 56;
const MOST_PICTURES = 160;
const MOST_DOTS = 60_000;
/** From this many images in sight on, dots say more than pictures. */
const CROWD = 600;

export const groupOf = ({ columns }: Scene, index: number): number => columns.group[index] ?? -1;

function colourOf(scene: Scene, index: number): string {
  const relation = scene.columns.relation[groupOf(scene, index)];
  return scene.colours[relation ?? "none"];
}

/** Images in sight, those in no group left out when only groups are wanted. */
export function inSight(scene: Scene, seen: Box): number[] {
  const found = within(scene.tree, seen, MOST_DOTS);
  return scene.grouped ? found.filter((index) => groupOf(scene, index) >= 0) : found;
}

/** Draw dots, pictures where there is room for them, and a frame around the chosen group. Returns what has a picture. */
export function draw(
  context: CanvasRenderingContext2D,
  scene: Scene,
  camera: Camera,
  picture: (sha256: string) => CanvasImageSource | null,
  chosen: number | null,
): void {
  const { place, density, width, height } = camera;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  const shown = inSight(scene, camera.seen);
  const near = shown.length <= CROWD ? pictured(scene, camera) : [];
  const group = chosen === null ? -1 : groupOf(scene, chosen);
  dots(context, scene, place, shown, group);
  for (const index of near) drawPicture(context, scene, place, index, picture);
  for (const index of shown)
    if (index === chosen || (group >= 0 && groupOf(scene, index) === group)) ring(context, scene, place, index, near.includes(index));
}

/** The images that are drawn as pictures: one a cell, so that they do not cover each other. */
function pictured(scene: Scene, { seen, place }: Camera): number[] {
  const found = spread(scene.tree, seen, (PICTURE + 4) / place.scale, MOST_PICTURES);
  return scene.grouped ? found.filter((index) => groupOf(scene, index) >= 0) : found;
}

function dots(context: CanvasRenderingContext2D, scene: Scene, place: Placement, shown: readonly number[], group: number): void {
  const radius = Math.min(Math.max(place.scale / 400, 1.6), 5);
  const byColour = new Map<string, number[]>();
  for (const index of shown) {
    const colour = colourOf(scene, index);
    const list = byColour.get(colour);
    if (list) list.push(index);
    else byColour.set(colour, [index]);
  }
  const none = scene.colours.none;
  for (const [colour, list] of [...byColour].sort(([a], [b]) => Number(b === none) - Number(a === none))) {
    context.fillStyle = colour;
    context.globalAlpha = group >= 0 ? 0.4 : colour === none ? 0.55 : 0.9;
    context.beginPath();
    for (const index of list) {
      const x = at(scene, index).x * place.scale + place.x;
      const y = at(scene, index).y * place.scale + place.y;
      context.moveTo(x + radius, y);
      context.arc(x, y, radius, 0, 2 * Math.PI);
    }
    context.fill();
  }
  context.globalAlpha = 1;
}

export function at({ columns }: Scene, index: number): { x: number; y: number } {
  return { x: columns.x[index] ?? 0, y: columns.y[index] ?? 0 };
}

function drawPicture(context: CanvasRenderingContext2D, scene: Scene, place: Placement, index: number, picture: (sha256: string) => CanvasImageSource | null): void {
  const image = picture(scene.columns.sha256[index] ?? "");
  if (!image) return;
  const { x, y } = at(scene, index);
  const left = x * place.scale + place.x - PICTURE / 2;
  const top = y * place.scale + place.y - PICTURE / 2;
  const [width, height] = sized(image);
  const side = Math.min(width, height);
  context.save();
  context.beginPath();
  context.roundRect(left, top, PICTURE, PICTURE, 6);
  context.clip();
  context.drawImage(image, (width - side) / 2, (height - side) / 2, side, side, left, top, PICTURE, PICTURE);
  context.restore();
  context.lineWidth = 2;
  context.strokeStyle = colourOf(scene, index);
  context.beginPath();
  context.roundRect(left, top, PICTURE, PICTURE, 6);
  context.stroke();
}

function sized(image: CanvasImageSource): [number, number] {
  return image instanceof HTMLImageElement ? [image.naturalWidth, image.naturalHeight] : [PICTURE, PICTURE];
}

function ring(context: CanvasRenderingContext2D, scene: Scene, place: Placement, index: number, large: boolean): void {
  const { x, y } = at(scene, index);
  const [left, top] = [x * place.scale + place.x, y * place.scale + place.y];
  context.strokeStyle = scene.accent;
  context.lineWidth = 2.5;
  context.beginPath();
  if (large) context.roundRect(left - PICTURE / 2 - 3, top - PICTURE / 2 - 3, PICTURE + 6, PICTURE + 6, 8);
  else context.arc(left, top, 8, 0, 2 * Math.PI);
  context.stroke();
}

export interface GroupInSight {
  readonly group: number;
  readonly images: readonly number[];
}

/** Groups with an image in a box, the largest part first. */
export function groupsInSight(scene: Scene, seen: Box): GroupInSight[] {
  const found = new Map<number, number[]>();
  for (const index of within(scene.tree, seen)) {
    const group = groupOf(scene, index);
    if (group < 0) continue;
    const images = found.get(group);
    if (images) images.push(index);
    else found.set(group, [index]);
  }
  return [...found].map(([group, images]) => ({ group, images })).sort((a, b) => b.images.length - a.images.length || a.group - b.group);
}
