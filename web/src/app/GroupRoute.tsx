import { useMemo } from "react";
import { useParams, useSearchParams } from "react-router";

import { readView } from "@/api/groupView";
import { EvidencePanel } from "@/features/compare/EvidencePanel";
import { Stage } from "@/features/compare/Stage";
import { Review } from "@/features/decide/Review";

/** A group under review: the stage and the evidence of comparing, the choices of deciding. */
export function GroupRoute() {
  const { result = "latest", group = "" } = useParams();
  const [search] = useSearchParams();
  const view = useMemo(() => readView(search), [search]);
  return (
    <Review
      result={result}
      group={group}
      view={view}
      stage={(first, others) => <Stage result={result} first={first} others={others} className="flex-1" />}
      evidence={(first, other) => <EvidencePanel result={result} first={first} other={other} />}
    />
  );
}
