/** A quadtree over points of a plane: which lie in a box, which is nearest, and a thin sample of many. */
import type { Box, Point } from "./homography";

interface Node {
  readonly box: Box;
  /** Indices of points; the first few of an inner node stand for all below it. */
  readonly points: Uint32Array;
  readonly children: readonly Node[];
}

export interface Plane {
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly root: Node;
}

const LEAF = 64;
const DEPTH = 20;

/** Build the tree of points in [0, 1] x [0, 1]; those outside are put on the edge. */
export function plane(x: ArrayLike<number>, y: ArrayLike<number>): Plane {
  const all = Uint32Array.from({ length: x.length }, (_, index) => index);
  return { x, y, root: build(x, y, all, { left: 0, top: 0, right: 1, bottom: 1 }, 0) };
}

function build(x: ArrayLike<number>, y: ArrayLike<number>, points: Uint32Array, box: Box, depth: number): Node {
  if (points.length <= LEAF || depth === DEPTH) return { box, points, children: [] };
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  const parts: number[][] = [[], [], [], []];
  for (const index of points) {
    const part = (at(x, index) >= middle.x ? 1 : 0) + (at(y, index) >= middle.y ? 2 : 0);
    parts[part]?.push(index);
  }
  const children = parts.map((part, number) =>
    build(x, y, Uint32Array.from(part), quarter(box, middle, number), depth + 1),
  );
  return { box, points, children };
}

function quarter(box: Box, middle: Point, number: number): Box {
  return {
    left: number % 2 ? middle.x : box.left,
    right: number % 2 ? box.right : middle.x,
    top: number >= 2 ? middle.y : box.top,
    bottom: number >= 2 ? box.bottom : middle.y,
  };
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? 0;
}

function apart(a: Box, b: Box): boolean {
  return a.right < b.left || a.left > b.right || a.bottom < b.top || a.top > b.bottom;
}

function covers(outer: Box, inner: Box): boolean {
  return outer.left <= inner.left && outer.top <= inner.top && outer.right >= inner.right && outer.bottom >= inner.bottom;
}

/** Points in a box, at most `most` of them, in no order. */
export function within({ x, y, root }: Plane, box: Box, most = Infinity): number[] {
  const found: number[] = [];
  const open = [root];
  for (let node = open.pop(); node && found.length < most; node = open.pop()) {
    if (apart(node.box, box)) continue;
    if (node.children.length > 0 && !covers(box, node.box)) open.push(...node.children);
    else
      for (const index of node.points)
        if (found.length < most && inBox(at(x, index), at(y, index), box)) found.push(index);
  }
  return found;
}

function inBox(x: number, y: number, box: Box): boolean {
  return x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

/** The point nearest to a place, no farther than `reach`; null for none. */
export function nearest({ x, y, root }: Plane, place: Point, reach: number): number | null {
  const box = { left: place.x - reach, top: place.y - reach, right: place.x + reach, bottom: place.y + reach };
  let best: number | null = null;
  let least = reach * reach;
  for (const index of within({ x, y, root }, box)) {
    const far = (at(x, index) - place.x) ** 2 + (at(y, index) - place.y) ** 2;
    if (far <= least) [best, least] = [index, far];
  }
  return best;
}

/** One point a cell of a raster over a box, so that pictures drawn there do not cover each other. */
export function spread(tree: Plane, box: Box, cell: number, most: number): number[] {
  const taken = new Set<string>();
  const found: number[] = [];
  for (const index of within(tree, box).sort((a, b) => a - b)) {
    const key = `${Math.floor(at(tree.x, index) / cell)} ${Math.floor(at(tree.y, index) / cell)}`;
    if (taken.has(key)) continue;
    taken.add(key);
    found.push(index);
    if (found.length >= most) break;
  }
  return found;
}
