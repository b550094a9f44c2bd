import { ScanSearch, X } from "lucide-react";
import { useState } from "react";

import { Button, IconButton, Switch } from "@/components/ui";
import { useTexts } from "@/texts";

interface RunBarProps {
  count: number;
  images: number;
  busy: boolean;
  onRun: (fetchFirst: boolean) => void;
  onClear: () => void;
}

/** What is selected, and the button that sets it going. Stays in sight while the cards scroll. */
export function RunBar({ count, images, busy, onRun, onClear }: RunBarProps) {
  const t = useTexts().brands;
  const [fetchFirst, setFetchFirst] = useState(false);
  return (
    <div className="pointer-events-none fixed inset-x-0 bottom-0 z-20 flex justify-center p-4 max-md:bottom-14 md:left-15 lg:left-57">
      <div
        role="region"
        aria-label={t.runOptions}
        className="bg-raised shadow-float animate-rise pointer-events-auto max-sm:pb-3 flex w-full max-w-3xl flex-wrap items-center gap-x-4 gap-y-2 rounded-xl p-2.5 pl-4"
      >
        <p role="status" className="tabular min-w-0 flex-1 basis-40 font-medium">
          {t.selected(count, images)}
        </p>
        <label className="text-ink-2 flex items-center gap-2.5 text-sm max-sm:order-2 max-sm:basis-full">
          <Switch label={t.fetchFirst} checked={fetchFirst} onChange={setFetchFirst} />
          <span aria-hidden>{t.fetchFirst}</span>
        </label>
        <Button look="primary" icon={ScanSearch} busy={busy} className="max-sm:order-last max-sm:w-full" onClick={() => onRun(fetchFirst)}>
          {t.run}
        </Button>
        <IconButton icon={X} label={t.selectNone} onClick={onClear} className="max-sm:order-1" />
      </div>
    </div>
  );
}
