import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { Toast as Radix } from "radix-ui";
import type { ReactNode } from "react";

import { classes } from "@/lib/classes";
import { createStore, useStore } from "@/lib/store";
import { useTexts } from "@/texts";

import { Button, IconButton } from "./Button";
import { Said } from "./Said";

interface Message {
  id: number;
  tone: "info" | "good" | "bad";
  title: string;
  /** What the server said of it. */
  said?: string;
  text?: string;
  /** One thing to do about it. */
  action?: { label: string; run: () => void };
  /** Milliseconds until it leaves; errors stay until they are closed. */
  lasts?: number;
}

const messages = createStore<readonly Message[]>([]);
let last = 0;

/** Says something in the corner; returns its number, to take it away again. */
export function toast(message: Omit<Message, "id" | "tone"> & { tone?: Message["tone"] }): number {
  last += 1;
  const entry = { tone: "info" as const, ...message, id: last };
  messages.set((current) => [...current.slice(-3), entry]);
  return entry.id;
}

export function dismissToast(id: number): void {
  messages.set((current) => current.filter((message) => message.id !== id));
}

const ICONS = { info: Info, good: CircleCheck, bad: CircleAlert };
const COLOURS = { info: "text-accent-ink", good: "text-good-ink", bad: "text-bad-ink" };

function ToastItem({ message }: { message: Message }) {
  const texts = useTexts();
  const Icon = ICONS[message.tone];
  return (
    <Radix.Root
      type={message.tone === "bad" ? "foreground" : "background"}
      duration={message.lasts ?? (message.tone === "bad" ? Infinity : 6000)}
      onOpenChange={(open) => !open && dismissToast(message.id)}
      className="bg-raised shadow-float animate-rise flex items-start gap-3 rounded-lg p-3.5"
    >
      <Icon className={classes("mt-0.5 size-4.5 shrink-0", COLOURS[message.tone])} aria-hidden />
      <div className="min-w-0 flex-1">
        <Radix.Title className="font-medium">{message.title}</Radix.Title>
        {(message.said ?? message.text) && (
          <Radix.Description className="text-ink-2 mt-0.5 text-sm">
            {message.said && <Said text={message.said} />} {message.text}
          </Radix.Description>
        )}
      </div>
      {message.action && (
        <Radix.Action asChild altText={message.action.label}>
          <Button size="sm" onClick={message.action.run}>
            {message.action.label}
          </Button>
        </Radix.Action>
      )}
      <Radix.Close asChild>
        <IconButton icon={X} size="sm" label={texts.app.general.close} className="-m-1" />
      </Radix.Close>
    </Radix.Root>
  );
}

/** The corner where messages appear; F8 moves the focus there. Once, around the app. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const shown = useStore(messages);
  return (
    <Radix.Provider swipeDirection="right">
      {children}
      {shown.map((message) => (
        <ToastItem key={message.id} message={message} />
      ))}
      <Radix.Viewport className="fixed right-0 bottom-0 z-70 flex w-full max-w-100 flex-col gap-2 p-4 max-lg:bottom-14" />
    </Radix.Provider>
  );
}
