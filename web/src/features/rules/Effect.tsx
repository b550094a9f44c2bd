import type { Schema } from "@/api/types";
import { Said } from "@/components/ui";
import { useTexts } from "@/texts";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What a change of rules would change in the plan, before it does. */
export function Effect({ effect }: { effect: Schema["RulesEffect"] }) {
  const texts = useTexts();
  const { rules } = texts;
  return (
    <section aria-label={rules.effect} aria-live="polite" className="border-line bg-surface shadow-card overflow-hidden rounded-lg border">
      <h2 className="p-4 text-lg font-semibold">{effect.changed === 0 ? rules.noEffect : rules.effectCount(effect.changed)}</h2>
      {effect.changed > 0 && (
        // A part that scrolls must be reachable by keys.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <div className="border-line max-h-112 overflow-auto border-t -outline-offset-2" tabIndex={0} role="region" aria-label={rules.effect}>
          <table className="w-full min-w-140 text-sm">
            <thead className="text-ink-3 text-left text-xs">
              <tr>
                {[rules.columns.change, rules.columns.file, rules.columns.keeper, rules.columns.why].map((name) => (
                  <th key={name} scope="col" className="px-4 py-2 font-medium">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {effect.rows.map((row, index) => (
                <tr key={`${text(row.uri)} ${index}`} className="border-line border-t align-top">
                  <td className="px-4 py-2 whitespace-nowrap">{rules.changes[text(row.change)] ?? text(row.change)}</td>
                  <td className="px-4 py-2 break-all">{text(row.uri)}</td>
                  <td className="text-ink-2 px-4 py-2 break-all">{text(row.keeper)}</td>
                  <td className="text-ink-2 px-4 py-2"><Said text={text(row.why)} /></td>
                </tr>
              ))}
            </tbody>
          </table>
          {effect.rows.length < effect.changed && (
            <p className="text-ink-3 border-line border-t px-4 py-2 text-xs">{texts.cleanup.firstOf(effect.rows.length, effect.changed)}</p>
          )}
        </div>
      )}
    </section>
  );
}
