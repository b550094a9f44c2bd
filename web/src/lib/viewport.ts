/** Zoom and pan over a picture or a map, as one state that several panes can share. No DOM in here. */
import type { Box, Point, Size } from "./homography";

/**
 * What is seen: `zoom` is 1 when the world fits the window exactly; `x`, `y` is the point of the world that stands in
 * the middle of the window, as shares of the world (0.5, 0.5 is its middle). So panes of different sizes agree.
 */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export const FITTED: View = { zoom: 1, x: 0.5, y: 0.5 };

export interface Limits {
  readonly least: number;
  readonly most: number;
}

export const LIMITS: Limits = { least: 1, most: 40 };

/** Pixels of the window that one unit of the world takes when it fits, with a margin around it. */
export function fitScale(world: Box, window: Size, margin = 0): number {
  const width = Math.max(world.right - world.left, 1e-9);
  const height = Math.max(world.bottom - world.top, 1e-9);
  const room = { width: Math.max(window.width - 2 * margin, 1), height: Math.max(window.height - 2 * margin, 1) };
  return Math.min(room.width / width, room.height / height);
}

/** World to window: a scale and a shift. */
export interface Placement {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export function placement(view: View, world: Box, window: Size, margin = 0): Placement {
  const scale = fitScale(world, window, margin) * view.zoom;
  const middle = worldPoint(view, world);
  return { scale, x: window.width / 2 - middle.x * scale, y: window.height / 2 - middle.y * scale };
}

function worldPoint(view: View, world: Box): Point {
  return {
    x: world.left + view.x * (world.right - world.left),
    y: world.top + view.y * (world.bottom - world.top),
  };
}

/** The part of the world that the window shows. */
export function seen(view: View, world: Box, window: Size, margin = 0): Box {
  const { scale, x, y } = placement(view, world, window, margin);
  return { left: -x / scale, top: -y / scale, right: (window.width - x) / scale, bottom: (window.height - y) / scale };
}

/** Keep the zoom within its limits and the middle of the window on the world. */
export function bounded(view: View, limits: Limits = LIMITS): View {
  const zoom = Math.min(Math.max(view.zoom, limits.least), limits.most);
  if (zoom <= 1 && limits.least >= 1) return FITTED;
  return { zoom, x: Math.min(Math.max(view.x, 0), 1), y: Math.min(Math.max(view.y, 0), 1) };
}

/** The view with its middle moved by pixels of a window that shows the world at a scale. */
function shifted(view: View, by: Point, scale: number, world: Box): View {
  return {
    ...view,
    x: view.x + by.x / scale / Math.max(world.right - world.left, 1e-9),
    y: view.y + by.y / scale / Math.max(world.bottom - world.top, 1e-9),
  };
}

/** Zoom by a factor so that the point of the world under `at` (pixels of the window) stays where it is. */
export function zoomAt(
  view: View,
  factor: number,
  at: Point,
  world: Box,
  window: Size,
  limits: Limits = LIMITS,
  margin = 0,
): View {
  const zoom = Math.min(Math.max(view.zoom * factor, limits.least), limits.most);
  const fit = fitScale(world, window, margin);
  const off = { x: at.x - window.width / 2, y: at.y - window.height / 2 };
  const there = shifted(view, off, fit * view.zoom, world);
  return bounded({ ...shifted(there, { x: -off.x, y: -off.y }, fit * zoom, world), zoom }, limits);
}

/** Move the picture by pixels of the window. */
export function panBy(
  view: View,
  by: Point,
  world: Box,
  window: Size,
  limits: Limits = LIMITS,
  margin = 0,
): View {
  return bounded(shifted(view, { x: -by.x, y: -by.y }, fitScale(world, window, margin) * view.zoom, world), limits);
}

/** The factor that a turn of the wheel stands for; pages and lines are counted as browsers report them. */
export function wheelFactor(deltaY: number, deltaMode: number, pinch: boolean): number {
  const pixels = deltaMode === 1 ? deltaY * 16 : deltaMode === 2 ? deltaY * 400 : deltaY;
  return Math.exp(-Math.min(Math.max(pixels, -240), 240) * (pinch ? 0.01 : 0.0018));
}

/** Fingers and mouse buttons that are down, by their pointer id. */
export type Pointers = ReadonlyMap<number, Point>;

/** The view after one pointer moved: one pointer drags, two pinch and drag. */
export function follow(
  view: View,
  pointers: Pointers,
  moved: number,
  to: Point,
  world: Box,
  window: Size,
  limits: Limits = LIMITS,
  margin = 0,
): View {
  const from = pointers.get(moved);
  if (!from) return view;
  const other = [...pointers].find(([id]) => id !== moved)?.[1];
  if (!other) return panBy(view, { x: to.x - from.x, y: to.y - from.y }, world, window, limits, margin);
  const before = Math.hypot(from.x - other.x, from.y - other.y);
  const after = Math.hypot(to.x - other.x, to.y - other.y);
  const shift = { x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 };
  const middle = { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 };
  const panned = panBy(view, shift, world, window, limits, margin);
  return zoomAt(panned, after / Math.max(before, 1), middle, world, window, limits, margin);
}

/** What keys do to a view; null for keys that mean nothing here. */
export function keyed(view: View, key: string, world: Box, window: Size, limits: Limits = LIMITS): View | null {
  const step = Math.min(window.width, window.height) / 8;
  const middle = { x: window.width / 2, y: window.height / 2 };
  switch (key) {
    case "+":
    case "=":
      return zoomAt(view, 1.5, middle, world, window, limits);
    case "-":
      return zoomAt(view, 1 / 1.5, middle, world, window, limits);
    case "0":
      return FITTED;
    case "ArrowLeft":
      return panBy(view, { x: step, y: 0 }, world, window, limits);
    case "ArrowRight":
      return panBy(view, { x: -step, y: 0 }, world, window, limits);
    case "ArrowUp":
      return panBy(view, { x: 0, y: step }, world, window, limits);
    case "ArrowDown":
      return panBy(view, { x: 0, y: -step }, world, window, limits);
    default:
      return null;
  }
}
