import { PartyPopper } from "lucide-react";
import { Link } from "react-router";

import { type GroupView, writeView } from "@/api/groupView";
import { Button, EmptyState } from "@/components/ui";
import { paths } from "@/lib/paths";
import { useTexts } from "@/texts";

interface ReviewDoneProps {
  result: string;
  total: number;
  later: number;
  view: GroupView;
  onLook: () => void;
}

/** The end of a review, and the next step. */
export function ReviewDone({ result, total, later, view, onLook }: ReviewDoneProps) {
  const texts = useTexts().decide.done;
  return (
    <EmptyState
      icon={PartyPopper}
      title={later > 0 ? texts.later(later) : texts.title}
      className="pt-32"
      actions={
        <>
          {later > 0 && <Button onClick={onLook}>{texts.lookAgain}</Button>}
          <Button asChild>
            <Link to={paths.results(result, writeView(view).toString())}>{texts.results}</Link>
          </Button>
          <Button look="primary" asChild>
            <Link to={`${paths.actions()}?result=${encodeURIComponent(result)}`}>{texts.cleanUp}</Link>
          </Button>
        </>
      }
    >
      <p>{later > 0 ? texts.others : texts.text(total)}</p>
    </EmptyState>
  );
}
