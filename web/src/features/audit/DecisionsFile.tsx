import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Download, Upload } from "lucide-react";
import { useRef } from "react";

import { useMay } from "@/api/session";
import { decisionsFile, importDecisions } from "@/api/story";
import { Button, toast } from "@/components/ui";
import { useTexts } from "@/texts";

/** Decisions out of the catalogue and into it. */
export function DecisionsFile() {
  const texts = useTexts().audit.decisions;
  const queries = useQueryClient();
  const reviewer = useMay("reviewer");
  const input = useRef<HTMLInputElement>(null);
  const take = useMutation({
    mutationFn: importDecisions,
    onSuccess: (taken) => {
      toast({ tone: "good", title: texts.taken(taken.images) });
      void queries.invalidateQueries({ queryKey: ["results"] });
    },
    onError: (error) => toast({ tone: "bad", title: texts.failed, said: error.message }),
  });
  return (
    <section aria-label={texts.title}>
      <h2 className="text-lg font-semibold">{texts.title}</h2>
      <p className="text-ink-2 mb-3 text-sm">{texts.hint}</p>
      <div className="flex flex-wrap gap-3">
        <Button asChild>
          <a href={decisionsFile} download>
            <Download className="size-4" aria-hidden />
            {texts.export}
          </a>
        </Button>
        {reviewer && (
          <Button icon={Upload} busy={take.isPending} onClick={() => input.current?.click()}>
            {texts.import}
          </Button>
        )}
        <input
          ref={input}
          type="file"
          accept=".csv,text/csv"
          className="sr-only"
          tabIndex={-1}
          aria-label={texts.import}
          onChange={(event) => {
            const file = event.target.files?.[0];
            if (file) take.mutate(file);
            event.target.value = "";
          }}
        />
      </div>
    </section>
  );
}
