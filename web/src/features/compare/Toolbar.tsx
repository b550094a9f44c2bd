import { Columns2, Contrast, Eye, Layers, type LucideIcon, Maximize, SquareSplitHorizontal, ZoomIn, ZoomOut } from "lucide-react";

import { IconButton, Segments, Tooltip } from "@/components/ui";
import { classes } from "@/lib/classes";
import { useFormat, useTexts } from "@/texts";

import { type Comparing, type Mode, MODES } from "./useCompare";

const ICONS: Record<Mode, LucideIcon> = {
  side: Columns2,
  overlay: Layers,
  slider: SquareSplitHorizontal,
  blink: Eye,
  difference: Contrast,
};

/** How to compare, and how near. */
export function Toolbar({ comparing }: { comparing: Comparing }) {
  const texts = useTexts().compare;
  const { mode, setMode, align, setAlign, marks, setMarks } = comparing;
  const options = MODES.map((value) => {
    const Icon = ICONS[value];
    const label = (
      <>
        <Icon className="size-4" strokeWidth={1.75} aria-hidden />
        <span className="max-xl:sr-only">{texts.modes[value]}</span>
      </>
    );
    return { value, label, title: texts.modes[value] };
  });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
      <Segments<Mode> label={texts.mode} value={mode} onChange={setMode} options={options} />
      <div className="ml-auto flex items-center gap-1">
        <Toggle label={texts.align} hint={texts.alignHint} keys="t" on={align} onChange={setAlign} />
        <Toggle label={texts.marks} hint={texts.marksHint} keys="r" on={marks} onChange={setMarks} />
        <Zoom comparing={comparing} />
      </div>
    </div>
  );
}

interface ToggleProps {
  label: string;
  hint: string;
  keys: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

function Toggle({ label, hint, keys, on, onChange }: ToggleProps) {
  return (
    <Tooltip label={hint} keys={[keys]}>
      <button
        type="button"
        aria-pressed={on}
        onClick={() => onChange(!on)}
        className={classes(
          "h-7 rounded-sm border px-2.5 text-sm font-medium transition-colors pointer-coarse:h-9",
          on ? "border-accent-line bg-accent-soft text-accent-ink" : "text-ink-2 hover:bg-hover border-transparent",
        )}
      >
        {label}
      </button>
    </Tooltip>
  );
}

function Zoom({ comparing: { view, zoom } }: { comparing: Comparing }) {
  const texts = useTexts().compare;
  const format = useFormat();
  return (
    <div className="flex items-center max-sm:hidden">
      <IconButton icon={ZoomOut} size="sm" label={texts.zoomOut} keys={["-"]} onClick={zoom.farther} disabled={view.zoom <= 1} />
      <span className="text-ink-2 tabular w-12 text-center text-xs">{format.percent(view.zoom)}</span>
      <IconButton icon={ZoomIn} size="sm" label={texts.zoomIn} keys={["+"]} onClick={zoom.nearer} />
      <IconButton icon={Maximize} size="sm" label={texts.fit} keys={["0"]} onClick={zoom.fit} disabled={view.zoom <= 1} />
    </div>
  );
}
