import { useInfiniteQuery } from "@tanstack/react-query";

import { statusOf } from "@/api/problems";
import { uncomparedQuery } from "@/api/story";
import { Button, Said, Skeleton } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

/** The images that were not compared in full, and why. */
export function Uncompared({ result }: { result: string }) {
  const texts = useTexts();
  const { uncompared } = texts.audit;
  const format = useFormat();
  const { data: pages, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(uncomparedQuery(result));
  const data = pages?.pages[0];
  const images = pages?.pages.flatMap((page) => page.images) ?? [];
  return (
    <section aria-label={uncompared.title}>
      <h2 className="mb-3 text-lg font-semibold">{uncompared.title}</h2>
      {error && <p className={statusOf(error) === 404 ? "text-ink-2" : "text-bad-ink"}><Said text={error.message} /></p>}
      {isPending && <Skeleton className="h-24 rounded-lg" />}
      {data && <p className="text-ink-2 mb-3">{data.total === 0 ? uncompared.all : uncompared.count(data.total)}</p>}
      {data && data.total > 0 && (
        <>
          <ul className="mb-3 flex flex-wrap gap-2 text-sm">
            {Object.entries(data.reasons).map(([reason, count]) => (
              <li key={reason} className="bg-sunken rounded-full px-3 py-1">
                {format.number(count)} × <Said text={reason} />
              </li>
            ))}
          </ul>
          {/* A part that scrolls must be reachable by keys. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <div tabIndex={0} role="region" aria-label={uncompared.title} className="border-line bg-surface max-h-96 overflow-y-auto rounded-lg border -outline-offset-2">
            <ul className="divide-line divide-y">
              {images.map(({ uri, reason }, index) => (
                <li key={`${uri} ${index}`} className="px-4 py-2 text-sm">
                  <p className="font-medium break-all">{uri}</p>
                  <p className="text-ink-2"><Said text={reason} /></p>
                </li>
              ))}
            </ul>
          </div>
          {hasNextPage && (
            <Button size="sm" className="mt-3" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {texts.app.general.showMore}
            </Button>
          )}
        </>
      )}
    </section>
  );
}
