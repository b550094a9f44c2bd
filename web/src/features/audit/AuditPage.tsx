import { useParams } from "react-router";

import { Page } from "@/components/ui";
import { useTexts } from "@/texts";

import { DecisionsFile } from "./DecisionsFile";
import { Missed } from "./Missed";
import { StorySection } from "./StorySection";
import { Uncompared } from "./Uncompared";

/** Why something happened, what never could, and what was probably missed. */
export function AuditPage() {
  const texts = useTexts().audit;
  const { result = "latest" } = useParams();
  return (
    <Page title={texts.title} intro={texts.intro} width="reading">
      <div className="space-y-10">
        <StorySection />
        <Uncompared result={result} />
        <Missed result={result} />
        <DecisionsFile />
      </div>
    </Page>
  );
}
