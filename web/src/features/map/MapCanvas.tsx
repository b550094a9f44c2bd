import { type KeyboardEvent, type PointerEvent, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";

import type { Box, Point, Size } from "@/lib/homography";
import { nearest } from "@/lib/spatial";
import { useSize } from "@/lib/useSize";
import { follow, keyed, type Limits, placement, seen, type View, wheelFactor, zoomAt } from "@/lib/viewport";

import { draw, PICTURE, type Scene } from "./drawing";
import { createThumbnails } from "./thumbnails";

export const WORLD: Box = { left: 0, top: 0, right: 1, bottom: 1 };
export const LIMITS: Limits = { least: 1, most: 400 };
const MARGIN = 28;

interface MapCanvasProps {
  label: string;
  scene: Scene;
  view: View;
  onView: (change: (view: View) => View) => void;
  /** The image under the pointer or chosen in the list. */
  chosen: number | null;
  onHover: (index: number | null) => void;
  onOpen: (index: number) => void;
  onSeen: (box: Box) => void;
}

/** All images as dots, as pictures where there is room: wheel, drag, pinch and keys move the view. */
export function MapCanvas({ label, scene, view, onView, chosen, onHover, onOpen, onSeen }: MapCanvasProps) {
  const [ref, size] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  useDrawing(canvas, size, scene, view, chosen);
  useWheel(canvas, size, onView);
  const box = size ? JSON.stringify(seen(view, WORLD, size, MARGIN)) : "";
  const tell = useEffectEvent(onSeen);
  useEffect(() => {
    if (!box) return;
    const timer = setTimeout(() => tell(JSON.parse(box) as Box), 120);
    return () => clearTimeout(timer);
  }, [box]);
  const find = (place: Point): number | null => {
    if (!size) return null;
    const { scale, x, y } = placement(view, WORLD, size, MARGIN);
    return nearest(scene.tree, { x: (place.x - x) / scale, y: (place.y - y) / scale }, (PICTURE / 2.5) / scale);
  };
  const handlers = useHands({ size, onView, find, onHover, onOpen });
  const onKeyDown = (event: KeyboardEvent) => {
    if (!size || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = keyed(view, event.key, WORLD, size, LIMITS);
    if (!next) return;
    event.preventDefault();
    onView(() => next);
  };
  return (
    <div ref={ref} className="relative size-full min-h-80 overflow-hidden">
      {/* A picture that takes keys: there is no narrower role for a map that is panned. */}
      {/* eslint-disable-next-line jsx-a11y/no-interactive-element-to-noninteractive-role */}
      <canvas ref={canvas} role="application" aria-label={label} tabIndex={0} className="absolute inset-0 size-full cursor-grab touch-none -outline-offset-2 active:cursor-grabbing" onKeyDown={onKeyDown} {...handlers} />
    </div>
  );
}

function useDrawing(canvas: React.RefObject<HTMLCanvasElement | null>, size: Size | null, scene: Scene, view: View, chosen: number | null): void {
  const [loads, setLoads] = useState(0);
  const thumbnails = useMemo(() => createThumbnails(() => setLoads((count) => count + 1)), []);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context || !size) return;
    const frame = requestAnimationFrame(() => {
      const density = window.devicePixelRatio || 1;
      const [width, height] = [Math.round(size.width * density), Math.round(size.height * density)];
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      const camera = { place: placement(view, WORLD, size, MARGIN), seen: seen(view, WORLD, size, MARGIN), ...size, density };
      thumbnails.begin();
      draw(context, scene, camera, thumbnails.get, chosen);
      thumbnails.end();
    });
    return () => cancelAnimationFrame(frame);
  }, [canvas, size, scene, view, chosen, loads, thumbnails]);
}

function useWheel(canvas: React.RefObject<HTMLCanvasElement | null>, size: Size | null, onView: MapCanvasProps["onView"]): void {
  useEffect(() => {
    const element = canvas.current;
    if (!element || !size) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const factor = wheelFactor(event.deltaY, event.deltaMode, event.ctrlKey);
      const at = { x: event.offsetX, y: event.offsetY };
      onView((view) => zoomAt(view, factor, at, WORLD, size, LIMITS, MARGIN));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [canvas, size, onView]);
}

interface Hands {
  size: Size | null;
  onView: MapCanvasProps["onView"];
  find: (place: Point) => number | null;
  onHover: MapCanvasProps["onHover"];
  onOpen: MapCanvasProps["onOpen"];
}

const STILL = 5;

/** Dragging, pinching, pointing and clicking. A press that moved is no click. */
function useHands({ size, onView, find, onHover, onOpen }: Hands) {
  const pointers = useRef(new Map<number, Point>());
  const start = useRef<Point | null>(null);
  const placeOf = (event: PointerEvent): Point => ({ x: event.nativeEvent.offsetX, y: event.nativeEvent.offsetY });
  return {
    onPointerDown: (event: PointerEvent<HTMLCanvasElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, placeOf(event));
      start.current = pointers.current.size === 1 ? placeOf(event) : null;
    },
    onPointerMove: (event: PointerEvent<HTMLCanvasElement>) => {
      const to = placeOf(event);
      if (!pointers.current.has(event.pointerId)) {
        onHover(find(to));
        return;
      }
      const before = new Map(pointers.current);
      pointers.current.set(event.pointerId, to);
      if (size) onView((view) => follow(view, before, event.pointerId, to, WORLD, size, LIMITS, MARGIN));
    },
    onPointerUp: (event: PointerEvent<HTMLCanvasElement>) => {
      const to = placeOf(event);
      pointers.current.delete(event.pointerId);
      const still = start.current && Math.hypot(to.x - start.current.x, to.y - start.current.y) < STILL;
      const index = still ? find(to) : null;
      if (index !== null) onOpen(index);
    },
    onPointerCancel: (event: PointerEvent<HTMLCanvasElement>) => void pointers.current.delete(event.pointerId),
    onPointerLeave: () => onHover(null),
  };
}
