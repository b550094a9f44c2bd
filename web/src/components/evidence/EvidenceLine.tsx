import type { Edge } from "@/api/groups";
import { useTexts } from "@/texts";

import { edgeWords } from "./words";

/** The evidence of an edge in one line. */
export function EvidenceLine({ edge, className }: { edge: Edge; className?: string }) {
  const texts = useTexts();
  const words = edgeWords(edge, texts);
  return <span className={className}>{words.length > 0 ? words.join(", ") : texts.compare.relation[edge.relation]}</span>;
}
