import { Pause, Play } from "lucide-react";

import { Button, Segments, Slider } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import type { Mode } from "./useCompare";

/** What the modes can be tuned by. */
export interface Tuning {
  /** Opacity of the second picture in an overlay. */
  opacity: number;
  /** Where the first picture ends, as a share of the window. */
  split: number;
  /** Which picture a blink shows, and whether it goes on by itself. */
  second: boolean;
  blinking: boolean;
  /** How strongly differences are amplified. */
  gain: number;
  /** The server's picture of the differences instead of the live one. */
  marked: boolean;
}

export const STARTING: Tuning = { opacity: 0.5, split: 0.5, second: false, blinking: true, gain: 3, marked: false };

interface ModeControlsProps {
  mode: Mode;
  tuning: Tuning;
  onTuning: (change: (tuning: Tuning) => Tuning) => void;
}

/** The controls that a mode needs. */
export function ModeControls({ mode, tuning, onTuning }: ModeControlsProps) {
  const texts = useTexts().compare;
  const format = useFormat();
  const set = (part: Partial<Tuning>) => onTuning((now) => ({ ...now, ...part }));
  const { opacity, split, gain, blinking, second, marked } = tuning;
  switch (mode) {
    case "side":
      return null;
    case "overlay":
      return <Slider label={texts.opacity} value={opacity} onChange={(next) => set({ opacity: next })} valueText={format.percent(opacity)} className="w-56" />;
    case "slider":
      return <Slider label={texts.position} value={split} onChange={(next) => set({ split: next })} valueText={format.percent(split)} className="w-56" />;
    case "blink":
      return (
        <>
          <Button size="sm" icon={blinking ? Pause : Play} onClick={() => set({ blinking: !blinking })}>
            {blinking ? texts.pause : texts.play}
          </Button>
          <Button size="sm" look="ghost" onClick={() => set({ second: !second, blinking: false })}>
            {second ? texts.showFirst : texts.showSecond}
          </Button>
        </>
      );
    case "difference":
      return (
        <>
          <Segments
            className="shrink-0 whitespace-nowrap"
            label={texts.differenceView}
            value={marked ? "marked" : "live"}
            onChange={(next) => set({ marked: next === "marked" })}
            options={[
              { value: "live", label: texts.live },
              { value: "marked", label: texts.marked },
            ]}
          />
          {!marked && (
            <Slider label={texts.amplify} value={gain} min={1} max={10} step={0.5} onChange={(next) => set({ gain: next })} valueText={`× ${format.number(gain)}`} className="w-36 min-w-20" />
          )}
        </>
      );
  }
}
