import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Eye, ShieldCheck } from "lucide-react";
import { useState } from "react";

import { draftRules, putRules, rulesQuery, type RulesView, testRules } from "@/api/rules";
import { useMay } from "@/api/session";
import { Button, ErrorScreen, Page, Segments, Skeleton, TextArea, toast } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { useTexts } from "@/texts";

import { type Typing, typingOf, rulesOf } from "./conditions";
import { Criteria } from "./Criteria";
import { Effect } from "./Effect";
import { RuleList } from "./RuleList";

/** The keep rules: read, changed in a form or as a file, tried out, put in force. */
export function RulesPage() {
  const texts = useTexts().rules;
  const { data, error, refetch } = useQuery(rulesQuery);
  return (
    <Page title={texts.title} intro={texts.intro} width="reading">
      {error && <ErrorScreen error={error} onRetry={() => void refetch()} />}
      {!error && (data ? <Editor key={data.text} start={data} /> : <Skeleton className="h-96 rounded-lg" />)}
    </Page>
  );
}

type Draft = { view: "form"; typing: Typing } | { view: "file"; text: string };

const draftOf = (draft: Draft) => draftRules(draft.view === "form" ? { rules: rulesOf(draft.typing) } : { text: draft.text });
const complain = (error: Error) => toast({ tone: "bad", title: error.message });

function Editor({ start }: { start: RulesView }) {
  const texts = useTexts().rules;
  const [draft, setDraft] = useState<Draft>({ view: "form", typing: typingOf(start.rules) });
  const turn = useMutation({
    mutationFn: () => draftOf(draft),
    onSuccess: (made) => setDraft(draft.view === "form" ? { view: "file", text: made.text } : { view: "form", typing: typingOf(made.rules) }),
    onError: complain,
  });
  return (
    <div className="space-y-8">
      <Segments<Draft["view"]>
        label={texts.views.label}
        value={draft.view}
        onChange={(view) => view !== draft.view && turn.mutate()}
        options={(["form", "file"] as const).map((value) => ({ value, label: texts.views[value] }))}
      />
      {draft.view === "form" ? (
        <>
          {(["protect", "only_when", "prefer"] as const).map((kind) => (
            <RuleList key={kind} kind={kind} rules={draft.typing[kind]} onChange={(rules) => setDraft({ view: "form", typing: { ...draft.typing, [kind]: rules } })} />
          ))}
          <Criteria typing={draft.typing} onChange={(typing) => setDraft({ view: "form", typing })} />
        </>
      ) : (
        <TextArea aria-label={texts.fileLabel} spellCheck={false} rows={24} className="font-mono text-sm" value={draft.text} onChange={(event) => setDraft({ view: "file", text: event.target.value })} />
      )}
      <Trial draft={draft} />
    </div>
  );
}

function Trial({ draft }: { draft: Draft }) {
  const texts = useTexts().rules;
  const queries = useQueryClient();
  const admin = useMay("admin");
  const test = useMutation({ mutationFn: async () => testRules("latest", (await draftOf(draft)).text), onError: complain });
  const use = useMutation({
    mutationFn: async () => putRules((await draftOf(draft)).text),
    onSuccess: (made) => {
      toast({ tone: "good", title: texts.used });
      queries.setQueryData(rulesQuery.queryKey, made);
    },
    onError: complain,
  });
  useActions([{ id: "rules.test", label: texts.test, section: texts.section, keys: ["t"], icon: Eye, run: () => test.mutate() }]);
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Button icon={Eye} busy={test.isPending} onClick={() => test.mutate()}>
          {texts.test}
        </Button>
        <Button look="primary" icon={ShieldCheck} busy={use.isPending} disabled={!admin || use.isPending} onClick={() => use.mutate()}>
          {texts.use}
        </Button>
        {!admin && <p className="text-ink-3 text-sm">{texts.adminOnly}</p>}
      </div>
      {test.data && <Effect effect={test.data} />}
    </>
  );
}
