import { ArrowLeft } from "lucide-react";
import { Link } from "react-router";

import { type GroupView, writeView } from "@/api/groupView";
import { Skeleton } from "@/components/ui";
import { paths } from "@/lib/paths";
import { useTexts } from "@/texts";

/** The places of a group that is on its way. */
export function ReviewSkeleton({ result, view }: { result: string; view: GroupView }) {
  const texts = useTexts();
  return (
    <div className="flex flex-col lg:h-dvh" aria-busy>
      <header className="border-line flex items-center gap-4 border-b px-4 py-2.5 sm:px-6 lg:px-8">
        <Link to={paths.results(result, writeView(view).toString())} className="text-ink-2 flex items-center gap-1 py-1 text-sm">
          <ArrowLeft className="size-4" aria-hidden />
          <span className="max-sm:sr-only">{texts.decide.back}</span>
        </Link>
        <h1 className="sr-only">{texts.app.general.loading}</h1>
        <Skeleton className="h-8.5 w-48" />
      </header>
      <div className="grid min-h-[62dvh] flex-1 grid-cols-2 gap-2 px-4 py-3 sm:px-6 lg:px-8">
        <Skeleton className="rounded-md" />
        <Skeleton className="rounded-md" />
      </div>
    </div>
  );
}
