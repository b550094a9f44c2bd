import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { statusOf } from "@/api/problems";
import { uncomparedQuery } from "@/api/story";
import { Button, Skeleton } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

/** The images that were not compared in full, and why. */
export function Uncompared({ result }: { result: string }) {
  const texts = useTexts();
  const { uncompared } = texts.audit;
  const format = useFormat();
  const [cursor, setCursor] = useState("");
  const { data, error, isPending } = useQuery(uncomparedQuery(result, cursor));
  return (
    <section aria-label={uncompared.title}>
      <h2 className="mb-3 text-lg font-semibold">{uncompared.title}</h2>
      {error && <p className={statusOf(error) === 404 ? "text-ink-2" : "text-bad-ink"}>{error.message}</p>}
      {isPending && <Skeleton className="h-24 rounded-lg" />}
      {data && <p className="text-ink-2 mb-3">{data.total === 0 ? uncompared.all : uncompared.count(data.total)}</p>}
      {data && data.total > 0 && (
        <>
          <ul className="mb-3 flex flex-wrap gap-2 text-sm">
            {Object.entries(data.reasons).map(([reason, count]) => (
              <li key={reason} className="bg-sunken rounded-full px-3 py-1">
                {format.number(count)} {reason}
              </li>
            ))}
          </ul>
          {/* A part that scrolls must be reachable by keys. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div tabIndex={0} role="region" aria-label={uncompared.title} className="border-line bg-surface max-h-96 overflow-y-auto rounded-lg border -outline-offset-2">
            <ul className="divide-line divide-y">
              {data.images.map(({ uri, reason }, index) => (
                <li key={`${uri} ${index}`} className="px-4 py-2 text-sm">
                  <p className="font-medium break-all">{uri}</p>
                  <p className="text-ink-2">{reason}</p>
                </li>
              ))}
            </ul>
          </div>
          {data.next && (
            <Button size="sm" className="mt-3" onClick={() => setCursor(data.next ?? "")}>
              {texts.app.general.showMore}
            </Button>
          )}
        </>
      )}
    </section>
  );
}
