import { useQuery } from "@tanstack/react-query";
import { ImageUp, ScanSearch } from "lucide-react";
import { type DragEvent, type SubmitEvent, useEffect, useRef, useState } from "react";

import type { CheckOptions } from "@/api/checks";
import { answer, api } from "@/api/client";
import { Button, Input, Select, Switch, toast } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { classes } from "@/lib/classes";
import { useTexts } from "@/texts";

import type { Asked } from "./CheckPage";

interface AskFormProps {
  /** Smaller, when an answer stands below it. */
  compact: boolean;
  busy: boolean;
  onAsk: (asked: Asked, options: CheckOptions) => void;
}

const isPicture = (file: File) => file.type.startsWith("image/") || /\.(jpe?g|png|webp|avif|hei[cf]|gif|tiff?|bmp)$/i.test(file.name);

/** Takes a picture: dropped, pasted, chosen or by its address. */
export function AskForm({ compact, busy, onAsk }: AskFormProps) {
  const texts = useTexts().check;
  const [options, setOptions] = useState<CheckOptions>({ brand: "", add: false });
  const [url, setUrl] = useState("");
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: Iterable<File>) => {
    const file = [...files].find(isPicture);
    if (file) onAsk({ file }, { ...options, add: options.add && options.brand !== "" });
    else toast({ tone: "bad", title: texts.notImage, lasts: 5000 });
  };
  usePaste(take);
  useActions([{ id: "check.choose", label: texts.choose, section: texts.section, keys: ["o"], icon: ImageUp, run: () => input.current?.click() }]);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files);
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (url.trim()) onAsk({ url: url.trim() }, { ...options, add: options.add && options.brand !== "" });
  };
  return (
    // Dropping is one way of several: the button and the clipboard do the same.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      onSubmit={submit}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={classes("border-line-strong bg-surface rounded-xl border border-dashed transition-colors", over && "border-accent bg-accent-soft")}
    >
      <div className={classes("flex flex-col items-center justify-center gap-1 px-6 text-center", compact ? "py-6 sm:flex-row sm:gap-4" : "py-14")}>
        {!compact && <ScanSearch className="text-ink-3 mb-3 size-9" strokeWidth={1.5} aria-hidden />}
        <div>
          <p className="text-lg font-medium">{over ? texts.dropNow : texts.drop}</p>
          <p className="text-ink-2 text-sm">{texts.dropHint}</p>
        </div>
        <Button look={compact ? "secondary" : "primary"} icon={ImageUp} busy={busy} className={compact ? "" : "mt-4"} onClick={() => input.current?.click()}>
          {texts.choose}
        </Button>
        <input
          ref={input}
          type="file"
          accept="image/*,.heic,.heif,.avif,.tif,.tiff"
          className="sr-only"
          tabIndex={-1}
          aria-label={texts.choose}
          onChange={(event) => {
            take(event.target.files ?? []);
            event.target.value = "";
          }}
        />
      </div>
      <div className="border-line flex flex-wrap items-center gap-3 border-t px-4 py-3">
        <label className="flex min-w-60 flex-1 items-center gap-2">
          <span className="text-ink-2 shrink-0 text-sm">{texts.address}</span>
          <Input type="url" value={url} placeholder={texts.addressHint} onChange={(event) => setUrl(event.target.value)} />
        </label>
        <Button type="submit" disabled={busy || !url.trim()}>
          {texts.checkIt}
        </Button>
        <Adding options={options} onChange={setOptions} />
      </div>
    </form>
  );
}

/** A picture in the clipboard is taken wherever on the page it is pasted, but not out of a field of text. */
function usePaste(take: (files: Iterable<File>) => void): void {
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const files = event.clipboardData?.files;
      if (!files || files.length === 0) return;
      event.preventDefault();
      latest.current(files);
    };
    window.addEventListener("paste", onPaste);
    return () => window.removeEventListener("paste", onPaste);
  }, []);
}

/** Whether a new picture is to be added, and to which brand. */
function Adding({ options, onChange }: { options: CheckOptions; onChange: (options: CheckOptions) => void }) {
  const texts = useTexts().check;
  const { data } = useQuery({ queryKey: ["brands", "names"], queryFn: ({ signal }) => answer(api.GET("/api/brands", { signal })), staleTime: 60_000 });
  if (!data || data.brands.length === 0) return null;
  const brand = options.brand || (data.brands[0]?.key ?? "");
  return (
    <div className="flex flex-wrap items-center gap-3 max-sm:w-full">
      <span className="flex items-center gap-2">
        <Switch label={texts.add} checked={options.add} onChange={(add) => onChange({ brand: add ? brand : "", add })} />
        <span className="text-ink-2 text-sm">{texts.add}</span>
      </span>
      {options.add && (
        <Select
          label={texts.brand}
          value={brand}
          onChange={(next) => onChange({ ...options, brand: next })}
          options={data.brands.map(({ key, name }) => ({ value: key, label: name || key }))}
        />
      )}
    </div>
  );
}
