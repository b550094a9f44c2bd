import { Check, Minus } from "lucide-react";
import { Checkbox as Radix, Switch as RadixSwitch } from "radix-ui";

import { classes } from "@/lib/classes";

interface CheckboxProps {
  label: string;
  checked: boolean | "indeterminate";
  onChange: (checked: boolean) => void;
  className?: string;
  id?: string;
}

/** A box to tick, labelled for screen readers; put the visible label beside it. */
export function Checkbox({ label, checked, onChange, className, id }: CheckboxProps) {
  return (
    <Radix.Root
      id={id}
      aria-label={label}
      checked={checked}
      onCheckedChange={(next) => onChange(next === true)}
      className={classes(
        "border-line-strong bg-surface flex size-5 shrink-0 items-center justify-center rounded-xs border pointer-coarse:size-6",
        "data-[state=checked]:bg-accent data-[state=checked]:border-accent data-[state=indeterminate]:bg-accent data-[state=indeterminate]:border-accent text-on-accent",
        className,
      )}
    >
      <Radix.Indicator>
        {checked === "indeterminate" ? <Minus className="size-3.5" strokeWidth={3} /> : <Check className="size-3.5" strokeWidth={3} />}
      </Radix.Indicator>
    </Radix.Root>
  );
}

interface SwitchProps {
  id?: string;
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

/** On or off, at once. */
export function Switch({ id, label, checked, onChange, disabled }: SwitchProps) {
  return (
    <RadixSwitch.Root
      id={id}
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      className="bg-line-strong data-[state=checked]:bg-accent inline-flex h-6 w-10 shrink-0 items-center rounded-full p-0.5 transition-colors disabled:opacity-50"
    >
      <RadixSwitch.Thumb className="block size-5 rounded-full bg-white shadow-card transition-transform data-[state=checked]:translate-x-4" />
    </RadixSwitch.Root>
  );
}
