import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

import { classes } from "@/lib/classes";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  /** What to do next. */
  children?: ReactNode;
  actions?: ReactNode;
  className?: string;
}

/** What stands where nothing is yet: why, and the next step. */
export function EmptyState({ icon: Icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={classes("mx-auto flex max-w-md flex-col items-center px-6 py-16 text-center", className)}>
      <span className="bg-sunken text-ink-3 border-line mb-4 flex size-12 items-center justify-center rounded-lg border">
        <Icon className="size-5.5" strokeWidth={1.75} aria-hidden />
      </span>
      <h2 className="text-lg font-semibold">{title}</h2>
      {children && <div className="text-ink-2 mt-1.5">{children}</div>}
      {actions && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}
