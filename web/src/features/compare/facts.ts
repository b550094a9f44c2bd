import type { Image, Member } from "@/api/groups";
import type { Pair } from "@/api/pairs";
import { nameOf } from "@/components/groups/names";
import type { Format } from "@/lib/format";
import type { Texts } from "@/texts";

export interface Fact {
  readonly name: string;
  readonly values: readonly [string, string];
  readonly differs: boolean;
  /** The values at full length where `values` shortens them. */
  readonly whole?: readonly [string, string];
}

/** What two files and their sources say, the usual facts first, then all that the server found to differ. */
export function factsOf(
  first: Image | Member,
  other: Image | Member,
  differences: Pair["differences"],
  swapped: boolean,
  texts: Texts["compare"]["names"],
  format: Format,
  brandName: (key: string) => string,
): Fact[] {
  const fact = (name: string, of: (image: Image | Member) => string): Fact => {
    const values = [of(first), of(other)] as const;
    return { name, values, differs: values[0] !== values[1] };
  };
  const usual = [
    fact(texts.dimensions, ({ width, height }) => `${format.number(width)} × ${format.number(height)}`),
    fact(texts.bytes, ({ bytes }) => format.bytes(bytes)),
    fact(texts.format, (image) => image.format),
    fact(texts.brand, (image) => brandName(image.brand)),
    fact(texts.title, nameOf),
    place(texts.place, first.uri, other.uri),
  ];
  const found = Object.entries(differences)
    .filter(([name]) => !COVERED.has(name))
    .map(([name, [a, b]]): Fact => {
      const values = swapped ? ([said(b), said(a)] as const) : ([said(a), said(b)] as const);
      return { name: name.replaceAll("_", " "), values, differs: true };
    });
  return [...usual, ...found];
}

/** Where both are: of folders that they share only the last is named, so that what differs is in sight. */
function place(name: string, a: string, b: string): Fact {
  if (a === b) return { name, values: [a, b], differs: false };
  let shared = 0;
  while (shared < a.length && a[shared] === b[shared]) shared += 1;
  const from = a.lastIndexOf("/", a.lastIndexOf("/", shared) - 1);
  const short = (uri: string) => (from > 0 ? `…${uri.slice(from)}` : uri);
  return { name, values: [short(a), short(b)], differs: true, whole: [a, b] };
}

/** What the usual facts say already. */
const COVERED = new Set(["width", "height", "bytes", "format", "brand", "title", "uri", "dimensions", "size"]);

function said(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
