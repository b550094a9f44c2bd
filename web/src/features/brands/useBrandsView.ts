import { useMemo } from "react";
import { useSearchParams } from "react-router";

import type { Brand } from "@/api/types";

/** The brands whose name or key holds all words of a text. */
export function search(brands: readonly Brand[], text: string): Brand[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return brands.filter((brand) => {
    const own = `${brand.name} ${brand.key}`.toLowerCase();
    return words.every((word) => own.includes(word));
  });
}

/** What the address says of this page: the text searched for and the brands selected. */
export function useBrandsView(brands: readonly Brand[]) {
  const [params, setParams] = useSearchParams();
  const text = params.get("q") ?? "";
  const chosen = params.get("brands") ?? "";
  const selected = useMemo(() => {
    const known = new Set(brands.map((brand) => brand.key));
    return new Set(chosen.split(",").filter((key) => known.has(key)));
  }, [brands, chosen]);
  const change = (name: string, value: string) =>
    setParams(
      (current) => {
        if (value) current.set(name, value);
        else current.delete(name);
        return current;
      },
      { replace: true, preventScrollReset: true },
    );
  return {
    text,
    setText: (value: string) => change("q", value),
    shown: useMemo(() => search(brands, text), [brands, text]),
    selected,
    setSelected: (keys: Iterable<string>) => change("brands", [...keys].join(",")),
    toggle: (key: string, on: boolean) => {
      const next = new Set(selected);
      if (on) next.add(key);
      else next.delete(key);
      change("brands", [...next].join(","));
    },
  };
}
