import { Check, type LucideIcon } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { classes } from "@/lib/classes";

import { KeyCaps } from "./Kbd";

const ITEM =
  "flex h-8 items-center gap-2.5 rounded-sm px-2 text-base outline-none select-none data-highlighted:bg-hover data-disabled:opacity-50 pointer-coarse:h-10";

interface DropdownProps {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "center" | "end";
}

/** A menu under a button. */
export function Dropdown({ trigger, children, align = "end" }: DropdownProps) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="bg-raised shadow-float animate-rise z-50 min-w-48 rounded-md p-1"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ItemProps {
  icon?: LucideIcon;
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

export function DropdownItem({ icon: Icon, keys, danger = false, disabled, onSelect, children }: ItemProps) {
  return (
    <Radix.Item disabled={disabled} onSelect={onSelect} className={classes(ITEM, danger && "text-bad-ink data-highlighted:bg-bad-soft")}>
      {Icon && <Icon className={classes("size-4", !danger && "text-ink-3")} aria-hidden />}
      <span className="flex-1">{children}</span>
      {keys && <KeyCaps keys={keys} />}
    </Radix.Item>
  );
}

interface CheckProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  children: ReactNode;
}

/** An item that is on or off; the menu stays open, so that several can be chosen. */
export function DropdownCheck({ checked, onChange, children }: CheckProps) {
  return (
    <Radix.CheckboxItem checked={checked} onCheckedChange={onChange} onSelect={(event) => event.preventDefault()} className={ITEM}>
      <span className="text-accent-ink flex size-4 items-center">
        <Radix.ItemIndicator>
          <Check className="size-4" aria-hidden />
        </Radix.ItemIndicator>
      </span>
      {children}
    </Radix.CheckboxItem>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** Items of which exactly one is chosen. */
export function DropdownChoice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as T)} aria-label={label}>
      <DropdownLabel>{label}</DropdownLabel>
      {options.map((option) => (
        <Radix.RadioItem key={option.value} value={option.value} className={ITEM}>
          <span className="text-accent-ink flex size-4 items-center">
            <Radix.ItemIndicator>
              <Check className="size-4" aria-hidden />
            </Radix.ItemIndicator>
          </span>
          {option.label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export const DropdownLabel = ({ children }: { children: ReactNode }) => (
  <Radix.Label className="text-ink-3 px-2 pt-2 pb-1 text-xs font-medium">{children}</Radix.Label>
);

export const DropdownSeparator = () => <Radix.Separator className="bg-line mx-1 my-1 h-px" />;
