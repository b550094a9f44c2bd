import { useState } from "react";

import { type Action, useActions } from "@/lib/actions";
import type { Size } from "@/lib/homography";
import { FITTED, keyed, type View } from "@/lib/viewport";
import { useTexts } from "@/texts";

export const MODES = ["side", "overlay", "slider", "blink", "difference"] as const;
export type Mode = (typeof MODES)[number];

export interface Comparing {
  mode: Mode;
  setMode: (mode: Mode) => void;
  view: View;
  onView: (change: (view: View) => View) => void;
  align: boolean;
  setAlign: (align: boolean) => void;
  marks: boolean;
  setMarks: (marks: boolean) => void;
  zoom: { nearer: () => void; farther: () => void; fit: () => void };
}

/** Keys move by shares of a window; which one does not matter when all panes agree in shares. */
const WINDOW: Size = { width: 1000, height: 1000 };
const WORLD = { left: 0, top: 0, right: 1000, bottom: 1000 };

/** The state of a comparison, with its actions on the table. `subject` names what is compared: another one starts fitted. */
export function useCompare(subject: string): Comparing {
  const [mode, setMode] = useState<Mode>("side");
  const [align, setAlign] = useState(true);
  const [marks, setMarks] = useState(true);
  const [held, setHeld] = useState<{ subject: string; view: View }>({ subject, view: FITTED });
  const view = held.subject === subject ? held.view : FITTED;
  const onView = (change: (view: View) => View) =>
    setHeld((now) => ({ subject, view: change(now.subject === subject ? now.view : FITTED) }));
  const press = (key: string) => onView((now) => keyed(now, key, WORLD, WINDOW) ?? now);
  const zoom = { nearer: () => press("+"), farther: () => press("-"), fit: () => press("0") };
  useActions(useCompareActions({ setMode, press, toggleAlign: () => setAlign((on) => !on), toggleMarks: () => setMarks((on) => !on) }));
  return { mode, setMode, view, onView, align, setAlign, marks, setMarks, zoom };
}

interface Doing {
  setMode: (mode: Mode) => void;
  press: (key: string) => void;
  toggleAlign: () => void;
  toggleMarks: () => void;
}

function useCompareActions({ setMode, press, toggleAlign, toggleMarks }: Doing): Action[] {
  const texts = useTexts().compare;
  const { section } = texts;
  const pans = [
    ["left", "ArrowLeft"],
    ["right", "ArrowRight"],
    ["up", "ArrowUp"],
    ["down", "ArrowDown"],
  ] as const;
  return [
    ...MODES.map((mode, index) => ({
      id: `compare.${mode}`,
      label: texts.modes[mode],
      section,
      keys: [String(index + 1)],
      run: () => setMode(mode),
    })),
    { id: "compare.nearer", label: texts.zoomIn, section, keys: ["+", "="], run: () => press("+") },
    { id: "compare.farther", label: texts.zoomOut, section, keys: ["-"], run: () => press("-") },
    { id: "compare.fit", label: texts.fit, section, keys: ["0"], run: () => press("0") },
    ...pans.map(([name, key]) => ({
      id: `compare.${name}`,
      label: texts.pan[name],
      section,
      keys: [`shift+${key}`],
      keyOnly: true,
      run: () => press(key),
    })),
    { id: "compare.align", label: texts.align, section, keys: ["t"], run: toggleAlign },
    { id: "compare.marks", label: texts.marks, section, keys: ["r"], run: toggleMarks },
  ];
}
