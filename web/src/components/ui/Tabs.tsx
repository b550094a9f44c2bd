import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { classes } from "@/lib/classes";

interface TabsProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  tabs: readonly { value: T; label: ReactNode; content?: ReactNode }[];
  className?: string;
}

/** Panels of which one is seen. Without `content` the tabs choose what stands elsewhere. */
export function Tabs<T extends string>({ label, value, onChange, tabs, className }: TabsProps<T>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} className={className}>
      <Radix.List aria-label={label} className="border-line no-scrollbar -mb-px flex gap-1 overflow-x-auto border-b">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.value}
            value={tab.value}
            className={classes(
              "text-ink-2 hover:text-ink -mb-px h-9 border-b-2 border-transparent px-3 text-base font-medium whitespace-nowrap transition-colors pointer-coarse:h-11",
              "data-[state=active]:text-ink data-[state=active]:border-accent -outline-offset-2",
            )}
          >
            {tab.label}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className="pt-5" tabIndex={-1}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; label: ReactNode; title?: string }[];
  className?: string;
}

/** A short row of choices of which one is in force. */
export function Segments<T extends string>({ label, value, onChange, options, className }: SegmentsProps<T>) {
  return (
    <div role="radiogroup" aria-label={label} className={classes("bg-sunken border-line inline-flex rounded-md border p-0.5", className)}>
      {options.map((option) => (
        <label
          key={option.value}
          title={option.title}
          className={classes(
            "text-ink-2 has-checked:bg-raised has-checked:text-ink has-checked:shadow-card hover:text-ink flex h-7 items-center gap-1.5 rounded-sm px-2.5 text-sm font-medium",
            "has-focus-visible:outline-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-1 pointer-coarse:h-9",
          )}
        >
          <input
            type="radio"
            className="sr-only"
            name={label}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
