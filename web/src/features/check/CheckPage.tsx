import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { type Check, checkAddress, checkFile, type CheckOptions } from "@/api/checks";
import { ErrorScreen, Page, Skeleton } from "@/components/ui";
import { useTexts } from "@/texts";

import { Answer } from "./Answer";
import { AskForm } from "./AskForm";

/** What a person asks about: a picture at hand, or one at an address. */
export type Asked = { file: File } | { url: string };

interface Asking {
  asked: Asked;
  options: CheckOptions;
  /** Where the browser finds the picture that was asked about. */
  shown: string;
}

/** Is this picture in the catalogue, as what, and where? */
export function CheckPage() {
  const texts = useTexts().check;
  const [shown, setShown] = useState("");
  const check = useMutation({
    mutationFn: ({ asked, options }: Asking): Promise<Check> => ("file" in asked ? checkFile(asked.file, options) : checkAddress(asked.url, options)),
  });
  useEffect(
    () => () => {
      if (shown) URL.revokeObjectURL(shown);
    },
    [shown],
  );
  const ask = (asked: Asked, options: CheckOptions) => {
    const at = "file" in asked ? URL.createObjectURL(asked.file) : "";
    setShown(at);
    check.mutate({ asked, options, shown: at });
  };
  return (
    <Page title={texts.title} intro={texts.intro} width="reading">
      <AskForm compact={check.data !== undefined || check.isPending} busy={check.isPending} onAsk={ask} />
      <div aria-live="polite" className="mt-6">
        {check.isPending && <Waiting label={texts.checking} />}
        {check.isError && <ErrorScreen error={check.error} className="py-10" onRetry={() => check.mutate(check.variables)} />}
        {check.isSuccess && <Answer check={check.data} shown={shown} brand={check.variables.options.brand} />}
      </div>
    </Page>
  );
}

function Waiting({ label }: { label: string }) {
  return (
    <div role="status" aria-label={label} className="space-y-3">
      <p className="text-ink-2">{label}</p>
      <Skeleton className="h-40 rounded-lg" />
      <Skeleton className="h-28 rounded-lg" />
    </div>
  );
}
