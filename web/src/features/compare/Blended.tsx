import { type PointerEvent, useEffect } from "react";

import type { Image } from "@/api/groups";
import { differencePicture } from "@/api/pairs";
import { IDENTITY } from "@/lib/homography";
import { useTexts } from "@/texts";

import { type Layer, worldOf } from "./layers";
import { LayerPicture, Marks } from "./LayerPicture";
import { PaneTag } from "./PaneTag";
import type { PairMarks } from "./Stage";
import { Surface } from "./Surface";
import { ModeControls, type Tuning } from "./tuning";
import type { Comparing } from "./useCompare";

interface BlendedProps {
  result: string;
  first: Image;
  layer: Layer;
  waiting: boolean;
  marks: PairMarks;
  comparing: Comparing;
  tuning: Tuning;
  onTuning: (change: (tuning: Tuning) => Tuning) => void;
}

const BLINK_MS = 700;

/** Turns from one picture to the other, slower than anything that flashes. Not for people who asked for less motion. */
function useBlink(active: boolean, onTuning: BlendedProps["onTuning"]): void {
  useEffect(() => {
    if (!active || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => onTuning((now) => ({ ...now, second: !now.second })), BLINK_MS);
    return () => clearInterval(timer);
  }, [active, onTuning]);
}

/** Two pictures over each other: overlay, slider, blink or difference. */
export function Blended({ result, first, layer, waiting, marks, comparing, tuning, onTuning }: BlendedProps) {
  const texts = useTexts().compare;
  const { mode, view, onView } = comparing;
  useBlink(mode === "blink" && tuning.blinking, onTuning);
  if (mode === "difference" && tuning.marked)
    return (
      <div className="checkered border-line relative flex min-h-60 flex-1 items-center justify-center overflow-hidden rounded-md border p-3">
        <img src={differencePicture(result, first.sha256, layer.image.sha256)} alt={texts.marked} className="max-h-full max-w-full object-contain" />
        <Floating key="controls" mode={mode} tuning={tuning} onTuning={onTuning} />
      </div>
    );
  const base: Layer = { image: first, matrix: IDENTITY, aligned: true };
  return (
    <div className="relative flex min-h-60 flex-1">
      <Surface
        label={texts.stage(`${texts.first}, ${texts.second(0)}: ${texts.modes[mode]}`)}
        world={worldOf(first, [layer])}
        view={view}
        onView={onView}
        className="border-line flex-1 rounded-md border"
      >
        {(place) => (
          <>
            <div className="absolute inset-0 isolate" style={mode === "difference" ? { background: "black", filter: `brightness(${tuning.gain})` } : undefined}>
              <LayerPicture layer={base} place={place} style={mode === "blink" && tuning.second ? { visibility: "hidden" } : undefined} />
              <Second layer={layer} place={place} mode={mode} tuning={tuning} />
            </div>
            <Marks marks={marks.first} layer={base} place={place} label={(kind) => texts.mark[kind]} />
            <Marks marks={marks.other} layer={layer} place={place} label={(kind) => texts.mark[kind]} />
            {mode === "blink" && <PaneTag letter={tuning.second ? texts.second(0) : texts.first} image={tuning.second ? layer.image : first} />}
          </>
        )}
      </Surface>
      {mode === "slider" && <Divider split={tuning.split} onSplit={(split) => onTuning((now) => ({ ...now, split }))} />}
      <Floating key="controls" mode={mode} tuning={tuning} onTuning={onTuning} />
      {!layer.aligned && !waiting && (
        <p role="status" className="bg-warn-soft text-warn-ink absolute top-2 left-2 z-10 rounded-sm px-2 py-1 text-xs">
          {texts.notAligned}
        </p>
      )}
    </div>
  );
}

/** What a mode can be tuned by, over the picture: the page keeps its shape, and the focus its place, when the mode changes. */
function Floating(props: Parameters<typeof ModeControls>[0]) {
  return (
    <div className="bg-raised/95 shadow-float absolute inset-x-0 bottom-3 z-20 mx-auto flex w-fit max-w-[calc(100%-1.5rem)] min-w-60 items-center justify-center gap-3 rounded-lg px-3 py-1.5">
      <ModeControls {...props} />
    </div>
  );
}

type SecondProps = Pick<BlendedProps, "layer" | "tuning"> & { place: Parameters<typeof LayerPicture>[0]["place"]; mode: Comparing["mode"] };

function Second({ layer, place, mode, tuning }: SecondProps) {
  switch (mode) {
    case "overlay":
      return <LayerPicture layer={layer} place={place} style={{ opacity: tuning.opacity }} />;
    case "blink":
      return <LayerPicture layer={layer} place={place} style={tuning.second ? undefined : { visibility: "hidden" }} />;
    case "difference":
      return <LayerPicture layer={layer} place={place} style={{ mixBlendMode: "difference" }} />;
    default:
      return (
        <div className="absolute inset-0" style={{ clipPath: `inset(0 0 0 ${tuning.split * 100}%)` }}>
          <LayerPicture layer={layer} place={place} />
        </div>
      );
  }
}

/** The line between the two pictures of a slider. Keys move the slider in the toolbar, which says the same. */
function Divider({ split, onSplit }: { split: number; onSplit: (split: number) => void }) {
  const move = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement?.getBoundingClientRect();
    if (box) onSplit(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1));
  };
  return (
    <div
      aria-hidden
      className="absolute inset-y-0 z-10 -ml-4 flex w-8 cursor-ew-resize touch-none justify-center"
      style={{ left: `${split * 100}%` }}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={move}
    >
      <span className="bg-white h-full w-0.5 shadow-float" />
      <span className="shadow-float absolute top-1/2 size-7 -translate-y-1/2 rounded-full border border-black/20 bg-white text-black flex items-center justify-center text-xs">⇔</span>
    </div>
  );
}
