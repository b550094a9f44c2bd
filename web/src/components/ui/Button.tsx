import type { LucideIcon } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";

import { type Action, ariaKeys } from "@/lib/actions";
import { classes } from "@/lib/classes";

import { Spinner } from "./Spinner";
import { Tooltip } from "./Tooltip";

export type ButtonLook = "primary" | "secondary" | "ghost" | "danger" | "danger-ghost";
export type ButtonSize = "sm" | "md" | "lg";

const LOOKS: Record<ButtonLook, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover border-transparent",
  secondary: "bg-surface text-ink border-line hover:bg-hover active:bg-pressed shadow-card",
  ghost: "bg-transparent text-ink-2 border-transparent hover:bg-hover hover:text-ink active:bg-pressed",
  danger: "bg-bad text-on-bad hover:bg-bad-hover border-transparent",
  "danger-ghost": "bg-transparent text-bad-ink border-transparent hover:bg-bad-soft",
};

const SIZES: Record<ButtonSize, string> = {
  sm: "h-7 gap-1.5 px-2.5 text-sm rounded-sm pointer-coarse:h-9",
  md: "h-8.5 gap-2 px-3.5 text-base rounded-md pointer-coarse:h-11",
  lg: "h-10 gap-2 px-5 text-base rounded-md pointer-coarse:h-12",
};

const SQUARE: Record<ButtonSize, string> = {
  sm: "w-7 px-0 pointer-coarse:w-9",
  md: "w-8.5 px-0 pointer-coarse:w-11",
  lg: "w-10 px-0 pointer-coarse:w-12",
};

export interface ButtonProps extends ComponentProps<"button"> {
  look?: ButtonLook;
  size?: ButtonSize;
  icon?: LucideIcon;
  /** Shows that it is at work, and takes no further presses. */
  busy?: boolean;
  /** Lends its look to its only child, for links. */
  asChild?: boolean;
}

/** A button with an optional icon before its label. */
export function Button({ look = "secondary", size = "md", icon: Icon, busy = false, asChild = false, ...rest }: ButtonProps) {
  const { className, children, disabled, type = "button", ...props } = rest;
  const style = classes(
    "inline-flex shrink-0 items-center justify-center border font-medium whitespace-nowrap transition-colors select-none",
    "disabled:opacity-50 disabled:pointer-events-none aria-disabled:opacity-50 aria-disabled:pointer-events-none",
    LOOKS[look],
    SIZES[size],
    className,
  );
  if (asChild) return <Slot.Root className={style} {...props}>{children}</Slot.Root>;
  return (
    <button type={type} className={style} disabled={disabled ?? busy} aria-busy={busy || undefined} {...props}>
      {busy ? <Spinner /> : Icon && <Icon className="size-4 shrink-0" aria-hidden />}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon" | "asChild"> {
  icon: LucideIcon;
  /** What it does, for the tooltip and for screen readers. */
  label: string;
  keys?: readonly string[];
}

/** A square button that shows an icon alone; its label stands in a tooltip. */
export function IconButton({ icon: Icon, label, keys, look = "ghost", size = "md", className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} keys={keys}>
      <Button look={look} size={size} aria-label={label} className={classes(SQUARE[size], className)} {...rest}>
        <Icon className="size-4" aria-hidden />
      </Button>
    </Tooltip>
  );
}

interface ActionButtonProps extends Omit<ButtonProps, "onClick" | "icon"> {
  action: Action;
  iconOnly?: boolean;
  children?: ReactNode;
}

/** The button of an action: its label, its icon, its key in the tooltip. */
export function ActionButton({ action, iconOnly = false, children, ...rest }: ActionButtonProps) {
  const shared = { onClick: () => action.run(), "aria-keyshortcuts": ariaKeys(action.keys), ...rest };
  const disabled = action.disabled ?? rest.disabled;
  if (iconOnly && action.icon)
    return <IconButton {...shared} icon={action.icon} label={action.label} keys={action.keys} disabled={disabled} />;
  const button = (
    <Button {...shared} icon={action.icon} disabled={disabled}>
      {children ?? action.label}
    </Button>
  );
  return action.keys?.length ? <Tooltip label={action.label} keys={action.keys}>{button}</Tooltip> : button;
}
