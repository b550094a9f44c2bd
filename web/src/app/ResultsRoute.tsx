import { BulkButton } from "@/features/decide/BulkDialog";
import { ResultsPage } from "@/features/results/ResultsPage";

/** The results, with what can be decided for all groups shown. */
export function ResultsRoute() {
  return <ResultsPage tools={(result, view, total) => <BulkButton result={result} view={view} total={total} />} />;
}
