import { Check, ChevronDown } from "lucide-react";
import { Select as Radix } from "radix-ui";

import { classes } from "@/lib/classes";

interface SelectProps<T extends string> {
  label: string;
  value: T;
  onChange: (value: T) => void;
  options: readonly { value: T; label: string; hint?: string }[];
  id?: string;
  size?: "sm" | "md";
  disabled?: boolean;
  className?: string;
}

/** A choice from a list that opens. */
export function Select<T extends string>({ label, value, onChange, options, id, size = "md", disabled, className }: SelectProps<T>) {
  return (
    <Radix.Root value={value} onValueChange={(next) => onChange(next as T)} disabled={disabled}>
      <Radix.Trigger
        id={id}
        aria-label={label}
        className={classes(
          "border-line-strong bg-surface hover:bg-hover inline-flex items-center justify-between gap-2 rounded-md border px-3 text-base disabled:opacity-50",
          size === "sm" ? "h-7 rounded-sm px-2.5 text-sm pointer-coarse:h-9" : "h-8.5 pointer-coarse:h-11",
          className,
        )}
      >
        <span className="truncate">
          <Radix.Value />
        </span>
        <Radix.Icon>
          <ChevronDown className="text-ink-3 size-4" aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="bg-raised shadow-float animate-rise z-60 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) overflow-hidden rounded-md"
        >
          <Radix.Viewport className="p-1">
            {options.map((option) => (
              <Radix.Item
                key={option.value}
                value={option.value}
                className="data-highlighted:bg-hover flex min-h-8 items-center gap-2 rounded-sm py-1 pr-3 pl-2 text-base outline-none select-none pointer-coarse:min-h-11"
              >
                <span className="text-accent-ink flex size-4 shrink-0 items-center">
                  <Radix.ItemIndicator>
                    <Check className="size-4" aria-hidden />
                  </Radix.ItemIndicator>
                </span>
                <span>
                  <Radix.ItemText>{option.label}</Radix.ItemText>
                  {option.hint && <span className="text-ink-3 block text-xs">{option.hint}</span>}
                </span>
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
