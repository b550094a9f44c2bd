import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Recycle } from "lucide-react";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";

import { makePlan, type Method, METHODS, type PlanInput, planQuery } from "@/api/plans";
import { statusOf } from "@/api/problems";
import { Button, EmptyState, ErrorScreen, Field, Input, Page, Select, Skeleton, toast } from "@/components/ui";
import { useActions } from "@/lib/actions";
import { paths } from "@/lib/paths";
import { useTexts } from "@/texts";

import { PlanSheet } from "./PlanSheet";
import { RunList } from "./RunList";

/** From decisions to actions: a plan, a look at it, carrying it out, taking it back. */
export function ActionsPage() {
  const texts = useTexts().cleanup;
  const [search, setSearch] = useSearchParams();
  const result = search.get("result") ?? "latest";
  const chosen = search.get("plan") ?? "";
  const queries = useQueryClient();
  const plan = useQuery(planQuery(chosen));
  const make = useMutation({
    mutationFn: makePlan,
    onSuccess: (made) => {
      queries.setQueryData(planQuery(made.id).queryKey, made);
      setSearch({ result, plan: made.id }, { replace: true });
    },
    onError: (error) => toast({ tone: "bad", title: texts.failed, said: error.message }),
  });
  return (
    <Page title={texts.title} intro={texts.intro} width="reading">
      <PlanForm result={result} busy={make.isPending} again={plan.data !== undefined} onMake={(input) => make.mutate(input)} />
      <div className="mt-6" aria-live="polite">
        {plan.error && statusOf(plan.error) !== 404 && <ErrorScreen error={plan.error} onRetry={() => void plan.refetch()} />}
        {plan.isLoading && <Skeleton className="h-48 rounded-lg" />}
        {plan.data && plan.data.total_drops > 0 && <PlanSheet key={plan.data.id} plan={plan.data} />}
        {plan.data?.total_drops === 0 && (
          <EmptyState
            icon={Recycle}
            title={texts.nothing.title}
            className="py-10"
            actions={
              <Button look="primary" asChild>
                <Link to={paths.results(result)}>{texts.nothing.action}</Link>
              </Button>
            }
          >
            {texts.nothing.text}
          </EmptyState>
        )}
      </div>
      <RunList />
    </Page>
  );
}

interface PlanFormProps {
  result: string;
  busy: boolean;
  /** Whether a plan stands below already. */
  again: boolean;
  onMake: (input: PlanInput) => void;
}

/** Methods that are told where to. */
const AIMED: ReadonlySet<Method> = new Set(["webhook"]);

function PlanForm({ result, busy, again, onMake }: PlanFormProps) {
  const texts = useTexts().cleanup;
  const [method, setMethod] = useState<Method>("quarantine");
  const [target, setTarget] = useState("");
  const aimed = AIMED.has(method);
  const submit = () => onMake({ result, method, target: aimed && target.trim() ? target.trim() : null });
  useActions([{ id: "cleanup.plan", label: texts.make, section: texts.section, keys: ["p"], icon: Recycle, run: submit }]);
  return (
    <form
      className="border-line bg-surface shadow-card flex flex-wrap items-start gap-4 rounded-lg border p-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field id="plan-method" label={texts.method} hint={texts.methods[method].hint} className="min-w-60 flex-1">
        <Select<Method>
          id="plan-method"
          label={texts.method}
          value={method}
          onChange={setMethod}
          className="w-full"
          options={METHODS.map((value) => ({ value, label: texts.methods[value].label, hint: texts.methods[value].hint }))}
        />
      </Field>
      {aimed && (
        <Field id="plan-target" label={texts.target} hint={texts.targetHint[method]} className="min-w-60 flex-1">
          <Input id="plan-target" aria-describedby="plan-target-note" value={target} onChange={(event) => setTarget(event.target.value)} />
        </Field>
      )}
      <Button type="submit" look={again ? "secondary" : "primary"} busy={busy} className="sm:mt-6.5">
        {again ? texts.remake : texts.make}
      </Button>
    </form>
  );
}
