import type { Job, StepCost } from "@/api/types";
import { useFormat, useTexts } from "@/texts";

import { stragglersOf } from "./stages";

/** What the tasks of a run have cost, by step; nothing where the work is not cut into tasks. */
export function StepTable({ job }: { job: Job }) {
  const t = useTexts().jobs.steps;
  const { steps } = job.progress;
  if (steps.length === 0) return null;
  const lagging = stragglersOf(steps);
  return (
    <section>
      <h2 className="text-lg font-semibold">{t.title}</h2>
      <p className="text-ink-2 mt-0.5 text-sm">{t.intro}</p>
      {/* A part that scrolls must be reachable by keys. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="border-line bg-surface mt-3 overflow-x-auto rounded-lg border" tabIndex={0} role="region" aria-label={t.title}>
        <table className="tabular w-full min-w-140 text-sm">
          <thead className="text-ink-2 text-left">
            <tr>
              <th className="px-4 py-2 font-medium">{t.step}</th>
              {[t.tasks, t.rows, t.rate, t.cpu, t.moved, t.lost, t.stragglers].map((head) => (
                <th key={head} className="px-3 py-2 text-right font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-line divide-y">
            {steps.map((step) => (
              <StepRow key={step.step} step={step} />
            ))}
          </tbody>
        </table>
      </div>
      {lagging.length > 0 && (
        <ul className="text-ink-2 mt-2 space-y-1 text-sm">
          {lagging.map(({ step, task, seconds, worker, median }) => (
            <li key={task} className="break-words">
              {t.lagging(t.named[step] ?? step, seconds, median, worker)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function StepRow({ step }: { step: StepCost }) {
  const t = useTexts().jobs.steps;
  const format = useFormat();
  const values = [
    t.of(step.tasks, step.total, step.kept),
    format.number(step.rows),
    step.rate === null ? "" : format.number(Math.round(step.rate * 10) / 10),
    format.duration(step.cpu),
    format.bytes(step.read + step.written),
    format.number(step.lost),
    format.number(step.stragglers),
  ];
  return (
    <tr>
      <th scope="row" className="px-4 py-2 text-left font-medium">
        {t.named[step.step] ?? step.step}
      </th>
      {values.map((value, column) => (
        <td key={column} className="px-3 py-2 text-right">
          {value}
        </td>
      ))}
    </tr>
  );
}
