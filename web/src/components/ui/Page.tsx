import { type ReactNode, useEffect } from "react";

import { classes } from "@/lib/classes";
import { useTexts } from "@/texts";

interface PageProps {
  title: string;
  /** A line under the title. */
  intro?: ReactNode;
  /** Before the title: a way back. */
  before?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
  /** `full`: no side margins and no own scrolling, for canvases and comparisons. */
  width?: "reading" | "wide" | "full";
}

const WIDTHS = { reading: "max-w-4xl", wide: "max-w-[100rem]", full: "max-w-none" };

/** A page: its title (also the browser's), its buttons, its content. */
export function Page({ title, intro, before, actions, children, width = "wide" }: PageProps) {
  const texts = useTexts();
  useEffect(() => {
    document.title = `${title} · ${texts.app.name}`;
  }, [title, texts]);
  return (
    <div className={classes("mx-auto w-full px-4 pt-5 pb-24 sm:px-6 lg:px-8 lg:pt-8", WIDTHS[width])}>
      <header className="mb-6 flex flex-wrap items-start gap-x-4 gap-y-3">
        <div className="min-w-0 flex-1 basis-60">
          {before}
          <h1 className="text-2xl font-semibold tracking-tight" tabIndex={-1}>
            {title}
          </h1>
          {intro && <div className="text-ink-2 mt-1">{intro}</div>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2 max-sm:w-full max-sm:*:flex-1">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
