import { Unlink } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";

import type { Edge, GroupDetail, Image, Link as ImageLink, Member } from "@/api/groups";
import { type GroupView, writeView } from "@/api/groupView";
import { EvidenceLine } from "@/components/evidence";
import { nameOf } from "@/components/groups/names";
import { Picture, RelationBadge, Said } from "@/components/ui";
import { paths } from "@/lib/paths";
import { useFormat, useTexts } from "@/texts";

import type { Looking } from "./useReview";

interface SidePanelProps {
  result: string;
  group: GroupDetail;
  view: GroupView;
  looking: Looking;
  evidence: (first: Image, other: Image) => ReactNode;
}

const HEADING = "text-ink-3 text-xs font-medium";

/** Beside the stage: the evidence, why images were chosen, the weakest link, relatives outside the group. */
export function SidePanel({ result, group, view, looking, evidence }: SidePanelProps) {
  const texts = useTexts().decide;
  const { first, others, members, current } = looking;
  const other = others[0];
  const member = members[current];
  return (
    <aside className="border-line shrink-0 space-y-5 px-4 pb-6 sm:px-6 lg:w-92 lg:overflow-y-auto lg:border-l lg:px-5 lg:py-4" aria-label={texts.why} tabIndex={-1}>
      {first && other && evidence(first, other)}
      {member && <Why member={member} group={group} />}
      {group.weakest && group.size > 2 && <Weakest edge={group.weakest} members={group.members} onShow={looking.show} />}
      {group.links.length > 0 && <Relatives links={group.links} result={result} view={view} />}
    </aside>
  );
}

/** Who or which rule chose for an image, and why the suggested one is suggested. */
function Why({ member, group }: { member: Member; group: GroupDetail }) {
  const { decide: texts, said } = useTexts();
  const suggested = member.uri === group.keeper.uri;
  // Without a decision, the reason says in English what the evidence shows already.
  const decided = member.decision != null;
  if (!suggested && !(decided && (member.by || member.reason))) return null;
  return (
    <section className="space-y-1">
      <h2 className={HEADING}>
        {texts.why}: {nameOf(member)}
      </h2>
      {decided && member.by && <p className="text-sm">{texts.by(member.by)}</p>}
      {decided && member.reason && <p className="text-sm">{said(member.reason) ?? member.reason}</p>}
      {suggested && (
        <p className="text-sm">
          {texts.suggested}: <Said text={group.reason} />
        </p>
      )}
    </section>
  );
}

function Weakest({ edge, members, onShow }: { edge: Edge; members: readonly Member[]; onShow: Looking["show"] }) {
  const texts = useTexts().compare;
  const format = useFormat();
  const a = members.find((member) => member.id === edge.a);
  const b = members.find((member) => member.id === edge.b);
  if (!a || !b) return null;
  return (
    <section className="space-y-1.5">
      <h2 className={HEADING}>{texts.weakest}</h2>
      <button type="button" onClick={() => onShow(a.uri, b.uri)} className="hover:bg-hover border-line flex w-full items-center gap-3 rounded-md border p-2 text-left">
        <Picture sha256={a.sha256} alt="" side={160} className="size-11 shrink-0 rounded-sm" />
        <Picture sha256={b.sha256} alt="" side={160} className="size-11 shrink-0 rounded-sm" />
        <span className="min-w-0 flex-1 text-sm">
          <span className="flex items-center gap-1.5 font-medium">
            <Unlink className="text-ink-3 size-3.5" aria-hidden />
            {texts.score(format.percent(edge.score, 1))}
          </span>
          <EvidenceLine edge={edge} className="text-ink-2 line-clamp-2 text-xs" />
          <span className="sr-only">{texts.showWeakest}</span>
        </span>
      </button>
      <p className="text-ink-3 text-xs">{texts.weakestHint}</p>
    </section>
  );
}

function Relatives({ links, result, view }: { links: readonly ImageLink[]; result: string; view: GroupView }) {
  const texts = useTexts();
  return (
    <section className="space-y-1.5">
      <h2 className={HEADING}>{texts.decide.links}</h2>
      <ul className="space-y-1.5">
        {links.slice(0, 20).map(({ edge, image, group }) => (
          <li key={`${image.id} ${edge.a} ${edge.b}`} className="flex items-center gap-3">
            <Picture sha256={image.sha256} alt="" side={160} className="size-11 shrink-0 rounded-sm" />
            <span className="min-w-0 flex-1 text-sm">
              <span className="flex items-center gap-2">
                <RelationBadge relation={edge.relation} label={texts.app.relation[edge.relation]} />
                <span className="truncate">{nameOf(image)}</span>
              </span>
              {group && (
                <Link to={`${paths.group(result, group)}?${writeView(view).toString()}`} className="text-accent-ink text-xs hover:underline">
                  {texts.decide.openGroup}
                </Link>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
