import { useQuery } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";
import { useSearchParams } from "react-router";

import { type StoryEvent, storyQuery } from "@/api/story";
import { Button, Field, Input, Skeleton } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

/** What was decided on one image and done to it. */
export function StorySection() {
  const texts = useTexts().audit.story;
  const [search, setSearch] = useSearchParams();
  const image = search.get("image") ?? "";
  const [typed, setTyped] = useState(image);
  const { data, error, isLoading } = useQuery(storyQuery(image));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setSearch(typed.trim() ? { image: typed.trim() } : {}, { replace: true });
  };
  return (
    <section aria-label={texts.title}>
      <h2 className="mb-3 text-lg font-semibold">{texts.title}</h2>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <Field id="story-image" label={texts.label} className="min-w-60 flex-1">
          <Input id="story-image" autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <Button type="submit">{texts.show}</Button>
      </form>
      <div className="mt-4" aria-live="polite">
        {error && <p className="text-bad-ink">{error.message}</p>}
        {isLoading && <Skeleton className="h-24 rounded-lg" />}
        {data?.events.length === 0 && <p className="text-ink-2">{texts.none}</p>}
        <ol className="space-y-2">
          {data?.events.map((event, index) => (
            <Event key={`${event.at} ${index}`} event={event} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Event({ event }: { event: StoryEvent }) {
  const texts = useTexts().audit.story;
  const format = useFormat();
  const rows: [string, string[]][] = [
    [texts.keeper, event.keeper ? [event.keeper] : []],
    [texts.why, [event.why, event.reason].filter(Boolean)],
    [texts.evidence, event.evidence],
    [texts.now, event.now_at],
    [texts.run, event.run ? [event.run] : []],
  ];
  return (
    <li className="border-line bg-surface shadow-card rounded-lg border p-4 text-sm">
      <p className="font-medium">
        {event.what} {texts.by(event.by)}
      </p>
      <p className="text-ink-3">{format.date(event.at)}</p>
      <dl className="mt-2 space-y-1">
        {rows
          .filter(([, lines]) => lines.length > 0)
          .map(([name, lines]) => (
            <div key={name} className="flex gap-3">
              <dt className="text-ink-2 w-28 shrink-0">{name}</dt>
              <dd className="min-w-0 flex-1 break-all">
                {lines.map((line) => (
                  <p key={line}>{line}</p>
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </li>
  );
}
