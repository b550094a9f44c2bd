import { Fragment } from "react";

import { sentencesOf } from "@/lib/sentences";
import { useTexts } from "@/texts";

/** What the server said, in the person's language as far as it is known there; the rest is marked as English. */
export function Said({ text }: { text: string }) {
  const { said } = useTexts();
  const whole = said(text);
  if (whole !== null) return <>{whole}</>;
  return sentencesOf(text).map((sentence, index) => {
    const known = said(sentence);
    return (
      <Fragment key={index}>
        {index > 0 && " "}
        {known ?? <span lang="en">{sentence}</span>}
      </Fragment>
    );
  });
}
