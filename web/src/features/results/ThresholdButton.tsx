import { useQuery } from "@tanstack/react-query";
import { AudioLines, ChevronDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { ApiError } from "@/api/problems";
import { histogramQuery, regroupQuery } from "@/api/results";
import { Button, Said, Skeleton, Slider } from "@/components/ui";
import { Popover } from "@/components/ui/Popover";
import { useDebounced } from "@/lib/useDebounced";
import { useFormat, useTexts } from "@/texts";

import { type Bar, bars, type Range, range, snapped } from "./bars";

interface ThresholdProps {
  result: string;
  threshold: number | null;
  onChange: (threshold: number | null) => void;
}

/** The limit from which images count as similar: a slider under the histogram that regroups while it moves. */
export function ThresholdButton({ result, threshold, onChange }: ThresholdProps) {
  const texts = useTexts().results.threshold;
  const format = useFormat();
  return (
    <Popover
      label={texts.title}
      className="w-96"
      trigger={
        <Button icon={AudioLines}>
          {threshold === null ? texts.open : texts.openAt(format.percent(threshold, 1))}
          <ChevronDown className="text-ink-3 size-4" aria-hidden />
        </Button>
      }
    >
      <ThresholdPanel result={result} threshold={threshold} onChange={onChange} />
    </Popover>
  );
}

function ThresholdPanel({ result, threshold, onChange }: ThresholdProps) {
  const texts = useTexts().results.threshold;
  const { data: histogram, error } = useQuery(histogramQuery(result));
  if (error) return <p className="text-bad-ink text-sm"><Said text={error.message} /></p>;
  if (!histogram) return <Skeleton className="h-44" />;
  const within = range(histogram);
  if (!within || histogram.threshold === null) return <p className="text-ink-2 text-sm">{texts.none}</p>;
  return <ThresholdSlider key={histogram.threshold} result={result} chosen={threshold} stored={histogram.threshold} within={within} shown={bars(histogram.cosine)} onChange={onChange} />;
}

interface SliderProps {
  result: string;
  /** What the address says, if anything. */
  chosen: number | null;
  /** What the run was made with. */
  stored: number;
  within: Range;
  shown: readonly Bar[];
  onChange: ThresholdProps["onChange"];
}

function ThresholdSlider({ result, chosen, stored, within, shown, onChange }: SliderProps) {
  const texts = useTexts().results.threshold;
  const format = useFormat();
  const [value, setValue] = useState(chosen ?? stored);
  const settled = useDebounced(value, 200);
  const { data: regrouped, error } = useQuery({ ...regroupQuery(result, settled), retry: false });
  const send = useRef(onChange);
  useEffect(() => {
    send.current = onChange;
  });
  useEffect(() => {
    send.current(settled === stored ? null : settled);
  }, [settled, stored]);
  const said = format.percent(value, 1);
  return (
    <div className="space-y-3">
      <p className="text-ink-2 text-sm">{texts.text}</p>
      <Chart shown={shown} within={within} value={value} />
      <Slider label={texts.label} value={value} min={within.low} max={within.high} step={0.005} onChange={(next) => setValue(snapped(next, within))} valueText={said} />
      <div className="flex items-start justify-between gap-3">
        <p className="text-sm" aria-live="polite">
          <b className="tabular font-semibold">{said}</b>
          <span className="text-ink-2 block min-h-10">
            {error ? <Said text={[error.message, error instanceof ApiError && error.nextStep].filter(Boolean).join(" ")} /> : regrouped && texts.count(regrouped.groups, regrouped.images, regrouped.largest)}
          </span>
        </p>
        <Button size="sm" look="ghost" disabled={value === stored} onClick={() => setValue(stored)}>
          {texts.reset(format.percent(stored, 1))}
        </Button>
      </div>
      <p className="text-ink-3 text-xs">{texts.lowest(format.percent(within.low, 1))}</p>
    </div>
  );
}

const WIDTH = 352;
const HEIGHT = 84;

/** Pairs by similarity; those that the limit lets in are coloured. */
function Chart({ shown, within, value }: { shown: readonly Bar[]; within: Range; value: number }) {
  const texts = useTexts().results.threshold;
  const x = (at: number) => ((at - within.low) / (within.high - within.low)) * WIDTH;
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="h-21 w-full" role="img" aria-label={texts.chart} preserveAspectRatio="none">
      {shown
        .filter((bar) => bar.high > within.low)
        .map((bar) => {
          const left = Math.max(x(bar.low), 0);
          return (
            <rect
              key={bar.low}
              x={left + 0.5}
              width={Math.max(x(bar.high) - left - 1, 0.5)}
              y={HEIGHT - bar.height * (HEIGHT - 4)}
              height={bar.height * (HEIGHT - 4)}
              className={(bar.low + bar.high) / 2 >= value ? "fill-accent" : "fill-pressed"}
            />
          );
        })}
      <line x1={x(value)} x2={x(value)} y1={0} y2={HEIGHT} className="stroke-ink" strokeWidth={1.5} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
