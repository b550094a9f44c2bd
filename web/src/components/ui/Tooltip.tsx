import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { KeyCaps } from "./Kbd";

interface TooltipProps {
  label: ReactNode;
  keys?: readonly string[];
  side?: "top" | "bottom" | "left" | "right";
  children: ReactNode;
}

/** A word on what the pointer or the focus is on, with its key. */
export function Tooltip({ label, keys, side = "bottom", children }: TooltipProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className="bg-raised text-ink shadow-float animate-fade z-60 flex max-w-72 items-center gap-2 rounded-sm px-2 py-1 text-xs"
        >
          {label}
          {keys?.[0] && <KeyCaps keys={keys[0]} />}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Radix.Provider delayDuration={350} skipDelayDuration={200}>
    {children}
  </Radix.Provider>
);
