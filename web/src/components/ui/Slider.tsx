import { Slider as Radix } from "radix-ui";

import { classes } from "@/lib/classes";

interface SliderProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
  /** Called when the hand lets go. */
  onCommit?: (value: number) => void;
  min?: number;
  max?: number;
  step?: number;
  /** The value in words, for screen readers. */
  valueText?: string;
  disabled?: boolean;
  className?: string;
}

/** One handle on a line; arrows move it by a step, Page Up and Down by ten. */
export function Slider({ label, value, onChange, onCommit, min = 0, max = 1, step = 0.01, valueText, disabled, className }: SliderProps) {
  return (
    <Radix.Root
      value={[value]}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      onValueChange={([next]) => next !== undefined && onChange(next)}
      onValueCommit={([next]) => next !== undefined && onCommit?.(next)}
      className={classes("relative flex h-6 w-full touch-none items-center select-none data-disabled:opacity-50", className)}
    >
      <Radix.Track className="bg-line relative h-1 grow rounded-full">
        <Radix.Range className="bg-accent absolute h-full rounded-full" />
      </Radix.Track>
      <Radix.Thumb
        aria-label={label}
        aria-valuetext={valueText}
        className="bg-raised border-accent block size-4 rounded-full border-2 shadow-card transition-transform hover:scale-110 pointer-coarse:size-6"
      />
    </Radix.Root>
  );
}
