import { useQuery } from "@tanstack/react-query";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useSearchParams } from "react-router";

import type { Relation } from "@/api/groupView";
import { type StoryEvent, storyQuery } from "@/api/story";
import { edgeWords, measuredWords } from "@/components/evidence";
import { nameOf } from "@/components/groups/names";
import { Button, Field, Input, Said, Skeleton } from "@/components/ui";
import type { Format } from "@/lib/format";
import { type Texts, useFormat, useTexts } from "@/texts";

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
        {error && <p className="text-bad-ink"><Said text={error.message} /></p>}
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
  const all = useTexts();
  const texts = all.audit.story;
  const format = useFormat();
  const said = (text: string) => (text ? [<Said key={text} text={text} />] : []);
  const plain = (text: string) => (text ? [<span key={text}>{text}</span>] : []);
  const rows: [string, ReactNode[]][] = [
    [texts.file, plain(event.uri)],
    [texts.by, said(event.by)],
    [texts.keeper, plain(event.keeper)],
    [texts.why, [...said(event.why), ...said(event.reason)]],
    [texts.evidence, event.pairs.map((pair, index) => <span key={index}>{pairWords(pair, all, format)}</span>)],
    [texts.now, event.now_at.flatMap(plain)],
    [texts.run, plain(event.run)],
  ];
  return (
    <li className="border-line bg-surface shadow-card rounded-lg border p-4 text-sm">
      <p className="font-medium">{texts.what[event.what] ?? event.what}</p>
      <p className="text-ink-3">{format.date(event.at)}</p>
      <dl className="mt-2 space-y-1">
        {rows
          .filter(([, lines]) => lines.length > 0)
          .map(([name, lines]) => (
            <div key={name} className="flex gap-3">
              <dt className="text-ink-2 w-28 shrink-0 max-sm:w-20">{name}</dt>
              <dd className="min-w-0 flex-1 space-y-0.5 break-words">
                {lines.map((line, index) => (
                  <p key={index}>{line}</p>
                ))}
              </dd>
            </div>
          ))}
      </dl>
    </li>
  );
}

/** What joined two images, in a line: "beach.jpg and beach-small.jpg: Copy, 98 %: resized to 50 %". */
function pairWords(pair: StoryEvent["pairs"][number], texts: Texts, format: Format): string {
  const edge = { relation: pair.relation as Relation, evidence: pair.evidence };
  const named = [nameOf({ uri: pair.a, title: "" }), nameOf({ uri: pair.b, title: "" })] as const;
  const head = texts.audit.story.pair(...named, texts.app.relation[edge.relation], format.percent(pair.score, 1));
  return [head, ...edgeWords(edge, texts), ...measuredWords(edge, texts)].join(" · ");
}
