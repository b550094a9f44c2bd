import { type PointerEvent, type ReactNode, useEffect, useRef } from "react";

import { classes } from "@/lib/classes";
import type { Box, Point, Size } from "@/lib/homography";
import { useSize } from "@/lib/useSize";
import { follow, LIMITS, type Placement, placement, type View, wheelFactor, zoomAt } from "@/lib/viewport";

interface SurfaceProps {
  label: string;
  world: Box;
  view: View;
  onView: (change: (view: View) => View) => void;
  children: (place: Placement) => ReactNode;
  className?: string;
}

const MARGIN = 12;

function placeOf(element: HTMLElement, event: { clientX: number; clientY: number }): Point {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/** A window onto a world of pictures: wheel, drag, pinch and double click move the view, which others may share. */
export function Surface({ label, world, view, onView, children, className }: SurfaceProps) {
  const [ref, size] = useSize<HTMLDivElement>();
  useWheel(ref, world, size, onView);
  const handlers = usePointers(world, size, onView);
  return (
    // The keys and buttons of the toolbar do what hands do here.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      ref={ref}
      role="group"
      aria-label={label}
      data-zoomed={view.zoom > 1}
      className={classes(
        "checkered relative isolate min-h-0 min-w-0 cursor-zoom-in overflow-hidden select-none data-[zoomed=true]:cursor-grab data-[zoomed=true]:active:cursor-grabbing",
        view.zoom > 1 ? "touch-none" : "touch-pan-y",
        className,
      )}
      onDoubleClick={(event) => {
        const at = placeOf(event.currentTarget, event);
        if (size) onView((now) => zoomAt(now, now.zoom > 1 ? 1e-6 : 3, at, world, size, LIMITS, MARGIN));
      }}
      {...handlers}
    >
      {size && size.width > 0 && size.height > 0 && children(placement(view, world, size, MARGIN))}
    </div>
  );
}

type Change = SurfaceProps["onView"];

/** React listens to wheels passively, and a passive listener cannot keep the page from scrolling. */
function useWheel(ref: React.RefObject<HTMLDivElement | null>, world: Box, size: Size | null, onView: Change): void {
  useEffect(() => {
    const element = ref.current;
    if (!element || !size) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const factor = wheelFactor(event.deltaY, event.deltaMode, event.ctrlKey);
      const at = placeOf(element, event);
      onView((view) => zoomAt(view, factor, at, world, size, LIMITS, MARGIN));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [ref, world, size, onView]);
}

function usePointers(world: Box, size: Size | null, onView: Change) {
  const pointers = useRef(new Map<number, Point>());
  const release = (event: PointerEvent<HTMLDivElement>) => void pointers.current.delete(event.pointerId);
  return {
    onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
      if (event.button !== 0 || pointers.current.size >= 2) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      pointers.current.set(event.pointerId, placeOf(event.currentTarget, event));
    },
    onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
      if (!size || !pointers.current.has(event.pointerId)) return;
      const before = new Map(pointers.current);
      const to = placeOf(event.currentTarget, event);
      pointers.current.set(event.pointerId, to);
      onView((view) => follow(view, before, event.pointerId, to, world, size, LIMITS, MARGIN));
    },
    onPointerUp: release,
    onPointerCancel: release,
    onLostPointerCapture: release,
  };
}
