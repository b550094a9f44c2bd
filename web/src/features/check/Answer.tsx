import { CircleCheckBig, CircleDashed, CopyCheck, type LucideIcon } from "lucide-react";
import { Link } from "react-router";

import { useBrandName } from "@/api/brands";
import type { Check, Match } from "@/api/checks";
import { edgeWords, measuredWords } from "@/components/evidence";
import { factsOf, nameOf } from "@/components/groups/names";
import { Picture, RelationBadge } from "@/components/ui";
import { classes } from "@/lib/classes";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

interface AnswerProps {
  check: Check;
  /** Where the browser finds the checked picture; empty when it came by its address. */
  shown: string;
  brand: string;
}

type Verdict = "known" | "none" | Match["edge"]["relation"];

/** What an answer comes to in one word. */
export function verdictOf(check: Check): Verdict {
  if (check.known) return "known";
  return check.matches[0]?.edge.relation ?? "none";
}

const LOOKS: Record<"found" | "related" | "new", { icon: LucideIcon; className: string }> = {
  found: { icon: CopyCheck, className: "bg-warn-soft text-warn-ink" },
  related: { icon: CircleDashed, className: "bg-accent-soft text-accent-ink" },
  new: { icon: CircleCheckBig, className: "bg-good-soft text-good-ink" },
};

function lookOf(verdict: Verdict) {
  if (verdict === "none") return LOOKS.new;
  return verdict === "known" || verdict === "identical" || verdict === "copy" ? LOOKS.found : LOOKS.related;
}

/** The verdict, then every match with its evidence and where it is. */
export function Answer({ check, shown, brand }: AnswerProps) {
  const texts = useTexts().check;
  const format = useFormat();
  const brandName = useBrandName();
  const verdict = verdictOf(check);
  const { icon: Icon, className } = lookOf(verdict);
  return (
    <section className="space-y-4">
      <div className={classes("flex items-center gap-4 rounded-xl p-4", className)}>
        {shown ? (
          <img src={shown} alt={texts.yours} className="picture-ground size-20 shrink-0 rounded-md object-contain" />
        ) : (
          <Icon className="size-8 shrink-0" strokeWidth={1.75} aria-hidden />
        )}
        <div className="min-w-0">
          <h2 className="text-lg font-semibold">{texts.verdict[verdict]}</h2>
          <p className="text-sm">{texts.facts(check.width, check.height, format.duration(Math.max(check.milliseconds / 1000, 0.1)))}</p>
          {check.added && <p className="text-sm font-medium">{texts.added(brandName(brand))}</p>}
        </div>
      </div>
      {check.matches.length > 0 && (
        <>
          <h3 className="text-ink-2 text-sm">{texts.matches(check.matches.length)}</h3>
          <ul className="space-y-3">
            {check.matches.map((match) => (
              <MatchCard key={`${match.image.id} ${match.image.uri}`} match={match} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function MatchCard({ match: { image, edge, group } }: { match: Match }) {
  const texts = useTexts();
  const format = useFormat();
  const words = edgeWords(edge, texts);
  const brandName = useBrandName();
  return (
    <li className="border-line bg-surface shadow-card flex gap-4 rounded-lg border p-3 max-sm:flex-col">
      <Picture sha256={image.sha256} alt={nameOf(image)} className="size-32 shrink-0 rounded-md max-sm:h-44 max-sm:w-full" fit="contain" />
      <div className="min-w-0 flex-1 space-y-1.5">
        <div className="flex flex-wrap items-center gap-2">
          <RelationBadge relation={edge.relation} label={texts.app.relation[edge.relation]} />
          <span className="text-ink-2 tabular text-sm">{texts.compare.score(format.percent(edge.score, 1))}</span>
        </div>
        <p className="font-medium">{words.length > 0 ? words.join(", ") : texts.compare.relation[edge.relation]}</p>
        <p className="text-ink-3 text-xs">{measuredWords(edge, texts).join(" · ")}</p>
        <p className="text-sm">
          <span className="text-ink-2">{brandName(image.brand)} · </span>
          <span className="break-all">{image.uri}</span>
        </p>
        <p className="text-ink-3 tabular text-xs">{factsOf(image, format)}</p>
        {group && (
          <Link to={paths.group("latest", group)} className="text-accent-ink inline-block text-sm font-medium hover:underline">
            {texts.check.inGroup}
          </Link>
        )}
      </div>
    </li>
  );
}
