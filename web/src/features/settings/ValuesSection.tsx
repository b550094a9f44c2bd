import { RotateCcw, Search } from "lucide-react";
import { type SubmitEvent, useState } from "react";
import { useSearchParams } from "react-router";

import { useMay } from "@/api/session";
import type { Setting } from "@/api/types";
import { Badge, Button, EmptyState, ErrorScreen, IconButton, Input, Select, Switch, toast } from "@/components/ui";
import { useTyped } from "@/lib/useTyped";
import { useTexts } from "@/texts";

import { useChangeSetting, useSettings } from "./api/settings";
import { Intro, LoadingRows, Rows, SettingRow } from "./Rows";
import { controlOf, readableName, searchSettings, shownValue, typedValue } from "./values";

/** All settings: what is in force, where it comes from, and those that can be changed here. */
export function ValuesSection() {
  const t = useTexts().settings.values;
  const { data, error, isPending, refetch } = useSettings();
  const [params, setParams] = useSearchParams();
  const text = params.get("q") ?? "";
  const [typed, setTyped] = useTyped(text, (q) => setParams(q ? { q } : {}, { replace: true, preventScrollReset: true }));
  if (isPending) return <LoadingRows count={8} />;
  if (!data) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  const found = searchSettings(data.settings, text);
  return (
    <>
      <Intro>{t.intro}</Intro>
      <div className="relative mb-3 max-w-80">
        <Search className="text-ink-3 pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2" aria-hidden />
        <Input
          type="search"
          className="pl-9"
          aria-label={t.search}
          placeholder={t.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {found.length === 0 ? (
        <EmptyState icon={Search} title={t.none(text)} />
      ) : (
        <Rows>
          {found.map((setting) => (
            <ValueRow key={setting.name} setting={setting} />
          ))}
        </Rows>
      )}
    </>
  );
}

function ValueRow({ setting }: { setting: Setting }) {
  const t = useTexts().settings.values;
  const admin = useMay("admin");
  const id = `setting-${setting.name}`;
  const editable = setting.editable && admin;
  const standard = setting.secret ? "" : shownValue(setting.default);
  return (
    <SettingRow
      {...(editable ? { id } : {})}
      title={readableName(setting.name)}
      hint={
        <>
          <Described text={setting.description} />
          <span className="text-ink-3 mt-1 flex flex-wrap items-center gap-2 text-xs">
            <code className="font-mono">{setting.name}</code>
            {setting.source !== "default" && <Badge tone={setting.source === "server" ? "accent" : "neutral"}>{t.source[setting.source]}</Badge>}
            {setting.source !== "default" && standard && <span>{t.default(standard)}</span>}
          </span>
        </>
      }
    >
      {editable ? <Editor key={shownValue(setting.value)} id={id} setting={setting} /> : <ReadOnly setting={setting} />}
    </SettingRow>
  );
}

/** A description with its `code` set as such. */
function Described({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <code key={index} className="bg-sunken text-ink rounded-xs px-1 font-mono text-xs">
        {part}
      </code>
    ),
  );
}

function ReadOnly({ setting }: { setting: Setting }) {
  const t = useTexts().settings.values;
  if (setting.secret) return <span className="text-ink-2 text-sm">{setting.value ? t.secretSet : t.empty}</span>;
  if (typeof setting.value === "boolean") return <span className="text-ink-2">{setting.value ? t.yes : t.no}</span>;
  const shown = shownValue(setting.value);
  return <span className={shown ? "text-ink-2 max-w-72 font-mono text-sm break-all" : "text-ink-3 text-sm"}>{shown || t.empty}</span>;
}

function Editor({ id, setting }: { id: string; setting: Setting }) {
  const t = useTexts().settings.values;
  const change = useChangeSetting();
  const save = (value: unknown) =>
    change.mutate(
      { name: setting.name, value },
      {
        onSuccess: () => void toast({ tone: "good", title: t.saved(readableName(setting.name)), lasts: 3000 }),
        onError: (error) => void toast({ tone: "bad", title: readableName(setting.name), said: error.message }),
      },
    );
  return (
    <>
      {setting.source === "server" && <IconButton icon={RotateCcw} size="sm" label={t.reset} onClick={() => save(null)} />}
      <ValueInput id={id} setting={setting} busy={change.isPending} onSave={save} />
    </>
  );
}

interface ValueInputProps {
  id: string;
  setting: Setting;
  busy: boolean;
  onSave: (value: unknown) => void;
}

function ValueInput({ id, setting, busy, onSave }: ValueInputProps) {
  const t = useTexts().settings.values;
  const control = controlOf(setting);
  const stored = setting.secret ? "" : shownValue(setting.value);
  const [text, setText] = useState(stored);
  if (control === "switch") return <Switch id={id} label={readableName(setting.name)} checked={setting.value === true} disabled={busy} onChange={onSave} />;
  if (control === "choice")
    return (
      <Select
        id={id}
        label={readableName(setting.name)}
        value={stored}
        disabled={busy}
        options={setting.choices.map((choice) => ({ value: choice, label: choice }))}
        onChange={onSave}
        className="min-w-36"
      />
    );
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    onSave(typedValue(text, control));
  };
  return (
    <form onSubmit={submit} className="flex gap-2">
      <Input
        id={id}
        type={setting.secret ? "password" : "text"}
        inputMode={control === "number" ? "decimal" : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={setting.secret && setting.value ? t.secretSet : t.empty}
        value={text}
        onChange={(event) => setText(event.target.value)}
        className={control === "number" ? "w-24 text-right" : "w-48"}
      />
      {text !== stored && (
        <Button type="submit" look="primary" busy={busy}>
          {t.save}
        </Button>
      )}
    </form>
  );
}
