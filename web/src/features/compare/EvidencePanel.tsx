import { useQuery } from "@tanstack/react-query";

import { readEvidence } from "@/api/evidence";
import type { Image, Member } from "@/api/groups";
import { type Pair, pairQuery } from "@/api/pairs";
import { edgeWords, measuredWords } from "@/components/evidence";
import { RelationBadge, Said, Skeleton } from "@/components/ui";
import { useFormat, useTexts } from "@/texts";

import { FactTable } from "./FactTable";

interface EvidencePanelProps {
  result: string;
  first: Image | Member;
  other: Image | Member;
}

/** Why two pictures are called what they are called, in words, and what their files say differently. */
export function EvidencePanel({ result, first, other }: EvidencePanelProps) {
  const texts = useTexts().compare;
  const same = first.sha256 === other.sha256;
  const { data: pair, isPending, error } = useQuery({ ...pairQuery(result, first.sha256, other.sha256), enabled: !same });
  return (
    <div className="space-y-5">
      <section aria-label={texts.evidence} className="space-y-2">
        <h2 className="text-ink-3 text-xs font-medium">{texts.evidence}</h2>
        {same ? (
          <p>{texts.equal.bytes}</p>
        ) : isPending ? (
          <WordsSkeleton />
        ) : error ? (
          <p className="text-bad-ink" role="alert">
            <Said text={error.message} />
          </p>
        ) : (
          <Words pair={pair} firstIsA={pair.a.sha256 === first.sha256} />
        )}
      </section>
      <FactTable first={first} other={other} differences={pair?.differences ?? {}} swapped={pair !== undefined && pair.a.sha256 !== first.sha256} />
    </div>
  );
}

function WordsSkeleton() {
  return (
    <div className="space-y-2">
      <Skeleton className="h-5 w-40" />
      <Skeleton className="h-4 w-56" />
      <Skeleton className="h-4 w-48" />
    </div>
  );
}

function Words({ pair, firstIsA }: { pair: Pair; firstIsA: boolean }) {
  const all = useTexts();
  const texts = all.compare;
  const format = useFormat();
  const { edge, a } = pair;
  if (!edge) return <p className="text-ink-2">{texts.stranger}</p>;
  const evidence = readEvidence(edge.evidence);
  const edgeFirst = edge.a === a.id || edge.b !== a.id;
  const [letterA, letterB] = edgeFirst === firstIsA ? [texts.first, texts.second(0)] : [texts.second(0), texts.first];
  const [origin, made] = evidence.origin === "a" ? [letterA, letterB] : [letterB, letterA];
  const words = edgeWords(edge, all);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <RelationBadge relation={edge.relation} label={all.app.relation[edge.relation]} />
        <span className="text-ink-2 tabular text-sm">{texts.score(format.percent(edge.score, 1))}</span>
      </div>
      <p className="font-medium">{texts.relation[edge.relation]}</p>
      {edge.inner != null && <p>{edge.inner === edge.a ? texts.inside(letterA, letterB) : texts.inside(letterB, letterA)}</p>}
      {words.length > 0 && (
        <div>
          {evidence.edits.length > 0 && <p className="text-ink-3 text-xs">{texts.madeFrom(origin, made)}</p>}
          <ul className="mt-1 flex flex-wrap gap-1.5">
            {words.map((word) => (
              <li key={word} className="bg-sunken border-line rounded-sm border px-2 py-0.5 text-sm">
                {word}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ul className="text-ink-2 space-y-0.5 text-sm">
        {measuredWords(edge, all).map((line) => (
          <li key={line}>{line}</li>
        ))}
        {evidence.overlap && <li>{texts.measured.overlap(...(letterA === texts.first ? evidence.overlap : flipped(evidence.overlap)))}</li>}
      </ul>
    </>
  );
}

const flipped = ([a, b]: readonly [number, number]): [number, number] => [b, a];
