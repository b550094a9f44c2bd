import { Command } from "cmdk";
import { Search } from "lucide-react";
import { Dialog as Radix } from "radix-ui";

import { KeyCaps } from "@/components/ui";
import { type Action, useCurrentActions } from "@/lib/actions";
import { useTexts } from "@/texts";

/** Actions by their section, in the order in which the sections come up. */
export function bySection(actions: readonly Action[]): [string, Action[]][] {
  const sections = new Map<string, Action[]>();
  for (const action of actions) sections.set(action.section, [...(sections.get(action.section) ?? []), action]);
  return [...sections];
}

/** All that can be done here, by name. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const texts = useTexts();
  // Those of the page come first: they were put on the table after the app's own.
  const actions = useCurrentActions().filter((action) => !action.keyOnly && !action.disabled && action.layer !== "dialog");
  const sections = bySection(actions).sort(([a], [b]) => Number(a === texts.app.action.section) - Number(b === texts.app.action.section));
  const run = (action: Action) => {
    onClose();
    // After the palette has given the focus back, so that what the action opens gets it.
    window.setTimeout(action.run, 0);
  };
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="animate-fade fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          aria-describedby={undefined}
          className="bg-raised shadow-dialog animate-rise fixed top-[12dvh] left-1/2 z-50 w-[min(36rem,calc(100vw-2rem))] -translate-x-1/2 overflow-hidden rounded-xl"
        >
          <Radix.Title className="sr-only">{texts.app.palette.title}</Radix.Title>
          <Command label={texts.app.palette.title} loop>
            <div className="border-line flex items-center gap-3 border-b px-4">
              <Search className="text-ink-3 size-4.5 shrink-0" aria-hidden />
              <Command.Input
                placeholder={texts.app.palette.placeholder}
                className="placeholder:text-ink-3 h-12 w-full bg-transparent text-lg outline-none focus-visible:shadow-none focus-visible:outline-none"
              />
            </div>
            <Command.List className="max-h-[min(24rem,60dvh)] overflow-y-auto p-2">
              <Command.Empty className="text-ink-2 px-3 py-8 text-center">{texts.app.palette.empty}</Command.Empty>
              {sections.map(([section, entries]) => (
                <Command.Group
                  key={section}
                  heading={section}
                  className="**:[[cmdk-group-heading]]:text-ink-3 **:[[cmdk-group-heading]]:px-2 **:[[cmdk-group-heading]]:py-1.5 **:[[cmdk-group-heading]]:text-xs **:[[cmdk-group-heading]]:font-medium"
                >
                  {entries.map((action) => (
                    <Command.Item
                      key={action.id}
                      value={`${action.label} ${action.id}`}
                      onSelect={() => run(action)}
                      className="data-[selected=true]:bg-hover flex h-10 items-center gap-3 rounded-md px-2.5"
                    >
                      {action.icon && <action.icon className="text-ink-3 size-4" aria-hidden />}
                      <span className="flex-1 truncate">{action.label}</span>
                      {action.keys?.[0] && <KeyCaps keys={action.keys[0]} />}
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
