import type { ReactNode } from "react";

import { Skeleton } from "@/components/ui";
import { useTexts } from "@/texts";

/** A list in a frame. */
export const Rows = ({ children, label }: { children: ReactNode; label?: string }) => (
  <ul aria-label={label} className="bg-surface border-line divide-line divide-y rounded-lg border">
    {children}
  </ul>
);

export const Intro = ({ children }: { children: ReactNode }) => <p className="text-ink-2 mb-4 max-w-2xl">{children}</p>;

/** The places of rows that are on their way. */
export function LoadingRows({ count = 5 }: { count?: number }) {
  const texts = useTexts();
  return (
    <div role="status" aria-label={texts.app.general.loading} className="bg-surface border-line divide-line divide-y rounded-lg border">
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="flex items-center gap-4 px-4 py-4">
          <Skeleton className="h-5 w-1/4" />
          <Skeleton className="ml-auto h-5 w-1/3" />
        </div>
      ))}
    </div>
  );
}

interface SettingRowProps {
  id?: string;
  title: ReactNode;
  hint?: ReactNode;
  children: ReactNode;
}

/** A name and what it means at the left, its control at the right. */
export function SettingRow({ id, title, hint, children }: SettingRowProps) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 px-4 py-3.5">
      <div className="min-w-0 flex-1 basis-64">
        {id ? (
          <label htmlFor={id} className="font-medium">
            {title}
          </label>
        ) : (
          <span className="font-medium">{title}</span>
        )}
        {hint && <div className="text-ink-2 mt-0.5 text-sm break-words">{hint}</div>}
      </div>
      <div className="flex shrink-0 items-center gap-2">{children}</div>
    </li>
  );
}
