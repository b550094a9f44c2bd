import { X } from "lucide-react";
import { AlertDialog as RadixAlert, Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { classes } from "@/lib/classes";
import { useTexts } from "@/texts";

import { Button, IconButton } from "./Button";

const OVERLAY = "fixed inset-0 z-40 bg-black/40 animate-fade";
const PANEL = [
  "fixed z-50 bg-raised shadow-dialog flex flex-col",
  "max-sm:inset-x-0 max-sm:bottom-0 max-sm:max-h-[92dvh] max-sm:rounded-t-xl max-sm:animate-sheet",
  "sm:left-1/2 sm:top-1/2 sm:-translate-x-1/2 sm:-translate-y-1/2 sm:max-h-[86dvh] sm:rounded-xl sm:animate-rise",
];
const WIDTHS = { sm: "sm:w-100", md: "sm:w-132", lg: "sm:w-180", xl: "sm:w-[min(70rem,94vw)]" };

const FIELDS = "input:not([type=hidden],:disabled),textarea:not(:disabled)";

/** Starts in the first field where there is one and no screen keyboard would jump up, else on the dialog itself. */
function focusFirstField(event: Event): void {
  if (!(event.target instanceof HTMLElement)) return;
  event.preventDefault();
  const field = matchMedia("(pointer: coarse)").matches ? null : event.target.querySelector<HTMLElement>(FIELDS);
  (field ?? event.target).focus();
}

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** A sentence under the title. */
  description?: ReactNode;
  children: ReactNode;
  /** Buttons at the bottom; they stay in sight while the rest scrolls. */
  footer?: ReactNode;
  width?: keyof typeof WIDTHS;
  className?: string;
}

/** A dialog in the middle, a sheet from below on a phone. Esc closes it, the focus goes back where it was. */
export function Dialog({ open, onOpenChange, title, description, children, footer, width = "md", className }: DialogProps) {
  const texts = useTexts();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={OVERLAY} />
        <Radix.Content onOpenAutoFocus={focusFirstField} className={classes(PANEL, WIDTHS[width], className)} {...(description ? {} : { "aria-describedby": undefined })}>
          <header className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Radix.Title className="text-lg font-semibold">{title}</Radix.Title>
              {description && <Radix.Description className="text-ink-2 mt-0.5 text-sm">{description}</Radix.Description>}
            </div>
            <Radix.Close asChild>
              <IconButton icon={X} label={texts.app.general.close} size="sm" className="-mr-1.5" />
            </Radix.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div>
          {footer && <footer className="border-line flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">{footer}</footer>}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  confirm: string;
  onConfirm: () => void;
  danger?: boolean;
  busy?: boolean;
}

/** Asks before something that cannot easily be taken back. */
export function Confirm({ open, onOpenChange, title, children, confirm, onConfirm, danger = false, busy = false }: ConfirmProps) {
  const texts = useTexts();
  return (
    <RadixAlert.Root open={open} onOpenChange={onOpenChange}>
      <RadixAlert.Portal>
        <RadixAlert.Overlay className={OVERLAY} />
        <RadixAlert.Content className={classes(PANEL, WIDTHS.sm, "p-5")}>
          <RadixAlert.Title className="text-lg font-semibold">{title}</RadixAlert.Title>
          <RadixAlert.Description asChild>
            <div className="text-ink-2 mt-2">{children}</div>
          </RadixAlert.Description>
          <div className="mt-5 flex justify-end gap-2">
            <RadixAlert.Cancel asChild>
              <Button>{texts.app.general.cancel}</Button>
            </RadixAlert.Cancel>
            <Button look={danger ? "danger" : "primary"} busy={busy} onClick={onConfirm}>
              {confirm}
            </Button>
          </div>
        </RadixAlert.Content>
      </RadixAlert.Portal>
    </RadixAlert.Root>
  );
}
