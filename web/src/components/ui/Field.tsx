import type { ComponentProps, ReactNode } from "react";

import { classes } from "@/lib/classes";

export const INPUT =
  "border-line-strong bg-surface placeholder:text-ink-3 h-8.5 w-full rounded-md border px-3 text-base aria-invalid:border-bad disabled:opacity-60 pointer-coarse:h-11 max-sm:text-lg";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={classes(INPUT, className)} {...rest} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={classes(INPUT, "h-auto min-h-20 py-2 pointer-coarse:h-auto", className)} {...rest} />;
}

interface FieldProps {
  id: string;
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  children: ReactNode;
  className?: string;
}

/** A labelled input; give the input `id` and `aria-describedby={`${id}-note`}`. */
export function Field({ id, label, hint, error, children, className }: FieldProps) {
  return (
    <div className={classes("space-y-1.5", className)}>
      <label htmlFor={id} className="block text-sm font-medium">
        {label}
      </label>
      {children}
      {(error ?? hint) && (
        <p id={`${id}-note`} className={classes("text-xs", error ? "text-bad-ink" : "text-ink-3")}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}
