import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Eye, ShieldCheck } from "lucide-react";
import { useState } from "react";

import { draftRules, putRules, rulesQuery, type RulesView, testRules } from "@/api/rules";
import { useMay } from "@/api/session";
import { Button, ErrorScreen, Page, Segments, Skeleton, TextArea, toast } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { texts, useTexts } from "@/texts";

import { type Typing, typingOf, rulesOf } from "./conditions";
import { Criteria } from "./Criteria";
import { Effect } from "./Effect";
import { RuleList } from "./RuleList";

/** The keep rules: read, changed in a form or as a file, tried out, put in force. */
export function RulesPage() {
  const words = useTexts().rules;
  const { data, error, refetch } = useQuery(rulesQuery);
  return (
    <Page title={words.title} intro={words.intro} width="reading">
      {error && <ErrorScreen error={error} onRetry={() => void refetch()} />}
      {!error && (data ? <Editor key={data.text} start={data} /> : <Skeleton className="h-96 rounded-lg" />)}
    </Page>
  );
}

type Draft = { view: "form"; typing: Typing } | { view: "file"; text: string };

const draftOf = (draft: Draft) => draftRules(draft.view === "form" ? { rules: rulesOf(draft.typing) } : { text: draft.text });
const complain = (error: Error) => toast({ tone: "bad", title: texts().rules.failed, said: error.message });

function Editor({ start }: { start: RulesView }) {
  const words = useTexts().rules;
  const [draft, setDraft] = useState<Draft>({ view: "form", typing: typingOf(start.rules) });
  const turn = useMutation({
    mutationFn: () => draftOf(draft),
    onSuccess: (made) => setDraft(draft.view === "form" ? { view: "file", text: made.text } : { view: "form", typing: typingOf(made.rules) }),
    onError: complain,
  });
  return (
    <div className="space-y-8">
      <Segments<Draft["view"]>
        label={words.views.label}
        value={draft.view}
        onChange={(view) => view !== draft.view && turn.mutate()}
        options={(["form", "file"] as const).map((value) => ({ value, label: words.views[value] }))}
      />
      {draft.view === "form" ? (
        <>
          {(["protect", "only_when", "prefer"] as const).map((kind) => (
            <RuleList key={kind} kind={kind} rules={draft.typing[kind]} onChange={(rules) => setDraft({ view: "form", typing: { ...draft.typing, [kind]: rules } })} />
          ))}
          <Criteria typing={draft.typing} onChange={(typing) => setDraft({ view: "form", typing })} />
        </>
      ) : (
        <TextArea aria-label={words.fileLabel} spellCheck={false} rows={24} className="font-mono text-sm" value={draft.text} onChange={(event) => setDraft({ view: "file", text: event.target.value })} />
      )}
      <Trial draft={draft} />
    </div>
  );
}

function Trial({ draft }: { draft: Draft }) {
  const words = useTexts().rules;
  const queries = useQueryClient();
  const admin = useMay("admin");
  const test = useMutation({ mutationFn: async () => testRules("latest", (await draftOf(draft)).text), onError: complain });
  const use = useMutation({
    mutationFn: async () => putRules((await draftOf(draft)).text),
    onSuccess: (made) => {
      toast({ tone: "good", title: words.used });
      queries.setQueryData(rulesQuery.queryKey, made);
    },
    onError: complain,
  });
  useActions([{ id: "rules.test", label: words.test, section: words.section, keys: ["t"], icon: Eye, run: () => test.mutate() }]);
  return (
    <>
      <div className="flex flex-wrap items-center gap-3">
        <Button icon={Eye} busy={test.isPending} onClick={() => test.mutate()}>
          {words.test}
        </Button>
        <Button look="primary" icon={ShieldCheck} busy={use.isPending} disabled={!admin || use.isPending} onClick={() => use.mutate()}>
          {words.use}
        </Button>
        {!admin && <p className="text-ink-3 text-sm">{words.adminOnly}</p>}
      </div>
      {test.data && <Effect effect={test.data} />}
    </>
  );
}
