import { useMutation } from "@tanstack/react-query";
import { type SubmitEvent, useState } from "react";

import { estimateMissed } from "@/api/story";
import { Button, Field, Input, Said } from "@/components/ui";
import { useTexts } from "@/texts";

/** An estimate of the pairs that were missed, with its interval. */
export function Missed({ result }: { result: string }) {
  const texts = useTexts().audit.missed;
  const [sample, setSample] = useState("10");
  const estimate = useMutation({ mutationFn: () => estimateMissed(result, Number(sample)) });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    estimate.mutate();
  };
  const { data } = estimate;
  return (
    <section aria-label={texts.title}>
      <h2 className="text-lg font-semibold">{texts.title}</h2>
      <p className="text-ink-2 mb-3 text-sm">{texts.hint}</p>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
        <Field id="missed-sample" label={texts.label} className="w-40">
          <Input id="missed-sample" type="number" min={1} max={10000} required value={sample} onChange={(event) => setSample(event.target.value)} />
        </Field>
        <Button type="submit" busy={estimate.isPending}>
          {texts.run}
        </Button>
      </form>
      <div className="mt-4" aria-live="polite">
        {estimate.error && <p className="text-bad-ink"><Said text={estimate.error.message} /></p>}
        {data && (
          <>
            <p className="font-medium">{texts.found(data.missed, data.low, data.high)}</p>
            <p className="text-ink-2 text-sm">{texts.basis(data.sampled, data.population, data.verified)}</p>
            <ul className="mt-2 space-y-1 text-sm">
              {data.found.map(({ a, b }) => (
                <li key={`${a} ${b}`} className="break-all">
                  {a} = {b}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}
