/** What a list of groups shows, as the address holds it: a link to a view shows the same view to everybody. */
import type { Schema } from "./types";

export type GroupFilter = Schema["GroupFilter"];

export type Relation = GroupFilter["relation"][number];
export const RELATIONS: readonly Relation[] = ["identical", "copy", "contains", "variant", "scene", "similar"];

export const SORTS = ["gain", "size", "score", "brand", "found"] as const;
export type Sort = (typeof SORTS)[number];

export interface GroupView {
  readonly filter: GroupFilter;
  readonly sort: Sort;
  readonly descending: boolean;
  /** Another limit for `similar` than the one of the run. */
  readonly threshold: number | null;
}

export const NO_FILTER: GroupFilter = {
  relation: [],
  brand: [],
  cross_brand: false,
  min_size: null,
  max_size: null,
  min_score: null,
  max_score: null,
  source: "",
  text: "",
  state: "any",
};

export const DEFAULT_VIEW: GroupView = { filter: NO_FILTER, sort: "gain", descending: true, threshold: null };

/** Read an address. What makes no sense in it is left out rather than refused: addresses are typed and cut. */
export function readView(search: URLSearchParams): GroupView {
  const state = search.get("state");
  const sort = search.get("sort");
  return {
    filter: {
      relation: RELATIONS.filter((relation) => search.getAll("relation").includes(relation)),
      brand: [...new Set(search.getAll("brand").filter(Boolean))],
      cross_brand: search.get("cross") === "1",
      min_size: whole(search.get("min_size")),
      max_size: whole(search.get("max_size")),
      min_score: share(search.get("min_score")),
      max_score: share(search.get("max_score")),
      source: search.get("source") ?? "",
      text: search.get("text") ?? "",
      state: state === "open" || state === "settled" ? state : "any",
    },
    sort: SORTS.find((known) => known === sort) ?? DEFAULT_VIEW.sort,
    descending: search.get("order") !== "up",
    threshold: share(search.get("threshold")),
  };
}

/** The address of a view: only what differs from the default, always in the same order. */
export function writeView({ filter, sort, descending, threshold }: GroupView): URLSearchParams {
  const search = new URLSearchParams();
  for (const relation of RELATIONS) if (filter.relation.includes(relation)) search.append("relation", relation);
  for (const brand of filter.brand) search.append("brand", brand);
  if (filter.cross_brand) search.set("cross", "1");
  for (const name of ["min_size", "max_size", "min_score", "max_score"] as const) {
    const value = filter[name];
    if (value !== null && value !== undefined) search.set(name, String(value));
  }
  if (filter.source) search.set("source", filter.source);
  if (filter.text) search.set("text", filter.text);
  if (filter.state !== "any") search.set("state", filter.state);
  if (sort !== DEFAULT_VIEW.sort) search.set("sort", sort);
  if (!descending) search.set("order", "up");
  if (threshold !== null) search.set("threshold", String(threshold));
  return search;
}

/** How many filters are set, the state not counted: it has a switch of its own. */
export function filtersSet(filter: GroupFilter): number {
  const flags = [
    filter.relation.length > 0,
    filter.brand.length > 0,
    filter.cross_brand,
    filter.min_size != null || filter.max_size != null,
    filter.min_score != null || filter.max_score != null,
    filter.source !== "",
    filter.text !== "",
  ];
  return flags.filter(Boolean).length;
}

function whole(text: string | null): number | null {
  const value = Number(text ?? "");
  return text && Number.isInteger(value) && value >= 1 && value <= 1e9 ? value : null;
}

function share(text: string | null): number | null {
  const value = Number(text ?? "");
  return text && value >= 0 && value <= 1 ? value : null;
}
