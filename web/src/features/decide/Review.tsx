import { useQuery } from "@tanstack/react-query";
import { LayoutGrid, ListChecks, SquareStack } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useNavigate } from "react-router";

import { type GroupDetail, groupQuery, type Image } from "@/api/groups";
import { type GroupView, writeView } from "@/api/groupView";
import { ErrorScreen, Segments } from "@/components/ui";
import { useLater, useLaterImages } from "@/lib/later";
import { paths } from "@/lib/paths";
import { useTexts } from "@/texts";

import { ConflictDialog } from "./ConflictDialog";
import { DecisionBar } from "./DecisionBar";
import { MemberGrid } from "./MemberGrid";
import { MemberStrip } from "./MemberStrip";
import { ReviewDone } from "./ReviewDone";
import { ReviewHeader } from "./ReviewHeader";
import { ReviewSkeleton } from "./ReviewSkeleton";
import { SidePanel } from "./SidePanel";
import { useNeighbours } from "./useNeighbours";
import { useLooking } from "./useReview";
import { type Going, useReviewActions } from "./useReviewActions";

export interface ReviewProps {
  result: string;
  group: string;
  view: GroupView;
  /** Shows pictures beside or over each other. */
  stage: (first: Image, others: readonly Image[]) => ReactNode;
  /** Says why two pictures are called what they are called. */
  evidence: (first: Image, other: Image) => ReactNode;
}

/** One group after the other: look, decide, go on. A decision that was refused is told wherever one has gone on to. */
export function Review(props: ReviewProps) {
  const { result, group, view } = props;
  const navigate = useNavigate();
  const [finished, setFinished] = useState("");
  const to = (next: string) => {
    setFinished("");
    if (next !== group) void navigate(`${paths.group(result, next)}?${writeView(view).toString()}`);
  };
  return (
    <>
      <Current {...props} to={to} finished={finished === group} onFinished={(done) => setFinished(done ? group : "")} />
      <ConflictDialog result={result} threshold={view.threshold} onLook={to} />
    </>
  );
}

type CurrentProps = ReviewProps & { to: (group: string) => void; finished: boolean; onFinished: (done: boolean) => void };

function Current({ result, group: key, view, stage, evidence, to, finished, onFinished }: CurrentProps) {
  const { data: group, error, refetch } = useQuery(groupQuery(result, key, view.threshold));
  const later = useLater(result);
  const near = useNeighbours(result, view, key, later);
  const going: Going = { ...near, to, onwards: () => (near.next ? to(near.next) : onFinished(true)) };
  if (finished && near.loaded) return <ReviewDone result={result} total={near.total} later={later.length} view={view} onLook={() => onFinished(false)} />;
  if (error) return <ErrorScreen error={error} onRetry={() => void refetch()} />;
  // Another group's answer may stand in for this one's: keys pressed meanwhile must not decide on that group.
  if (group?.key !== key) return <ReviewSkeleton result={result} view={view} />;
  return <Desk result={result} group={group} view={view} stage={stage} evidence={evidence} going={going} at={near.at} total={near.total} />;
}

type DeskProps = Omit<ReviewProps, "group"> & { group: GroupDetail; going: Going; at: number; total: number };

function Desk({ result, group, view, stage, evidence, going, at, total }: DeskProps) {
  const texts = useTexts();
  const looking = useLooking(group);
  const laterImages = useLaterImages(group.key);
  const actions = useReviewActions({ result, group, looking, going, laterImages, threshold: view.threshold });
  const [layout, setLayout] = useState<"stage" | "grid">("stage");
  const { members, first, others, current } = looking;
  const title = texts.decide.title(texts.app.relation[group.relation], group.size);
  useEffect(() => {
    document.title = `${title} · ${texts.app.name}`;
  }, [title, texts]);
  const shown = { members, keeper: group.keeper.uri, current, letterOf: looking.letterOf, later: laterImages, onSelect: looking.select };
  const choice = (
    <Segments
      label={texts.decide.layout}
      value={layout}
      onChange={setLayout}
      options={[
        { value: "stage", label: <Option icon={SquareStack} text={texts.decide.asStage} /> },
        { value: "grid", label: <Option icon={LayoutGrid} text={texts.decide.asGrid} /> },
      ]}
    />
  );
  return (
    <div className="flex flex-col lg:h-dvh">
      <ReviewHeader result={result} group={group} view={view} title={title} at={at} total={total} actions={actions} extra={choice} />
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <div className="flex min-h-0 min-w-0 flex-1 flex-col gap-3 px-4 py-3 sm:px-6 lg:pr-4 lg:pl-8">
          {layout === "grid" ? (
            <MemberGrid {...shown} />
          ) : (
            <>
              <div className="flex min-h-0 flex-1 flex-col max-lg:h-[62dvh] max-sm:h-[48dvh] max-lg:flex-none">{first && stage(first, others)}</div>
              <MemberStrip {...shown} />
            </>
          )}
        </div>
        <SidePanel result={result} group={group} view={view} looking={looking} evidence={evidence} />
      </div>
      <DecisionBar group={group} member={members[current]} later={laterImages} actions={actions} />
    </div>
  );
}

function Option({ icon: Icon, text }: { icon: typeof ListChecks; text: string }) {
  return (
    <>
      <Icon className="size-4" strokeWidth={1.75} aria-hidden />
      <span className="max-xl:sr-only">{text}</span>
    </>
  );
}
