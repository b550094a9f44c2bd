import { Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type KeyboardEvent, useEffect, useId, useState } from "react";

import { KeyCaps } from "@/components/ui";
import { type Action, useCurrentActions } from "@/lib/actions";
import { classes } from "@/lib/classes";
import { useTexts } from "@/texts";

import { bySection, findByName } from "./palette";

/** All that can be done here, by name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="animate-fade fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          aria-describedby={undefined}
          className="bg-raised shadow-dialog animate-rise fixed top-[12dvh] left-1/2 z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-xl"
        >
          <Radix.Title className="sr-only">{texts.app.palette.title}</Radix.Title>
          <Commands onClose={onClose} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Commands({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  const id = useId();
  const [text, setText] = useState("");
  const [index, setIndex] = useState(0);
  const actions = useCurrentActions().filter((action) => !action.keyOnly && !action.disabled && action.layer !== "dialog");
  const sections = bySection(findByName(actions, text), texts.app.action.section);
  const found = sections.flatMap(([, entries]) => entries);
  const chosen = found[Math.min(index, found.length - 1)];
  const run = (action: Action) => {
    onClose();
    // After the palette has given the focus back, so that what the action opens gets it.
    window.setTimeout(action.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Partial<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setIndex((index + step + found.length) % found.length);
    } else if (event.key === "Enter" && chosen) {
      event.preventDefault();
      run(chosen);
    }
  };
  return (
    <>
      <div className="border-line flex items-center gap-3 border-b px-4">
        <Search className="text-ink-3 size-4.5 shrink-0" aria-hidden />
        <input
          role="combobox"
          aria-label={texts.app.palette.title}
          aria-expanded="true"
          aria-controls={id}
          aria-autocomplete="list"
          aria-activedescendant={chosen ? `${id}-${chosen.id}` : undefined}
          placeholder={texts.app.palette.placeholder}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            setIndex(0);
          }}
          onKeyDown={onKeyDown}
          className="placeholder:text-ink-3 h-12 w-full bg-transparent text-lg focus-visible:outline-none"
        />
      </div>
      <div id={id} role="listbox" aria-label={texts.app.palette.title} className="max-h-[min(24rem,60dvh)] overflow-y-auto p-2">
        {sections.map(([section, entries]) => (
          <div key={section} role="group" aria-label={section}>
            <p aria-hidden className="text-ink-3 px-2 py-1.5 text-xs font-medium">
              {section}
            </p>
            {entries.map((action) => (
              <Command key={action.id} id={`${id}-${action.id}`} action={action} chosen={action === chosen} onRun={() => run(action)} />
            ))}
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p role="status" className="text-ink-2 px-3 pt-4 pb-10 text-center">
          {texts.app.palette.empty}
        </p>
      )}
    </>
  );
}

function Command({ id, action, chosen, onRun }: { id: string; action: Action; chosen: boolean; onRun: () => void }) {
  useEffect(() => {
    if (chosen) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }, [chosen, id]);
  return (
    // Keys are the input's: it keeps the focus while it points at the chosen option.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      onClick={onRun}
      className={classes("hover:bg-hover flex h-10 cursor-pointer items-center gap-3 rounded-md px-2.5", chosen && "bg-pressed hover:bg-pressed")}
    >
      {action.icon ? <action.icon className="text-ink-3 size-4" aria-hidden /> : <span className="size-4" />}
      <span className="flex-1 truncate">{action.label}</span>
      {action.keys?.[0] && (
        <span aria-hidden>
          <KeyCaps keys={action.keys[0]} />
        </span>
      )}
    </div>
  );
}
