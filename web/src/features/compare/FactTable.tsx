import { useBrandName } from "@/api/brands";
import type { Image, Member } from "@/api/groups";
import type { Pair } from "@/api/pairs";
import { classes } from "@/lib/classes";
import { useFormat, useTexts } from "@/texts";

import { factsOf } from "./facts";

interface FactTableProps {
  first: Image | Member;
  other: Image | Member;
  differences: Pair["differences"];
  /** Whether the differences name the other image first. */
  swapped: boolean;
}

/** What the two files say, side by side; what differs stands out. */
export function FactTable({ first, other, differences, swapped }: FactTableProps) {
  const texts = useTexts().compare;
  const facts = factsOf(first, other, differences, swapped, texts.names, useFormat(), useBrandName());
  return (
    <section aria-label={texts.facts}>
      <table className="w-full table-fixed text-sm">
        <caption className="text-ink-3 pb-1.5 text-left text-xs font-medium">{texts.facts}</caption>
        <thead className="text-ink-3 text-left text-xs">
          <tr>
            <th scope="col" className="w-24 py-1 font-medium">
              <span className="sr-only">{texts.fact}</span>
            </th>
            <th scope="col" className="py-1 font-medium">
              {texts.first}
            </th>
            <th scope="col" className="py-1 font-medium">
              {texts.second(0)}
            </th>
          </tr>
        </thead>
        <tbody>
          {facts.map(({ name, values, differs, whole = values }) => (
            <tr key={name} className="border-line border-t align-top">
              <th scope="row" className="text-ink-3 py-1.5 pr-2 text-left font-normal break-words">
                {name}
              </th>
              {values.map((value, index) => (
                <td key={index} className={classes("py-1.5 pr-2 break-words", differs ? "text-ink font-medium" : "text-ink-2")}>
                  <span className={classes("line-clamp-5", differs && "bg-accent-soft -mx-1 rounded-xs px-1")} title={whole[index]}>
                    {value}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
