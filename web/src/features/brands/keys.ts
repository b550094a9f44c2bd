const LETTERS: Record<string, string> = { ä: "ae", ö: "oe", ü: "ue", ß: "ss", ø: "o", æ: "ae", å: "a", ł: "l" };

/** A brand's key made of its name: "Levi's Kids" gives "levis-kids". */
export function keyFor(name: string): string {
  return name
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[äöüßøæåł]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 64);
}

export const isKey = (text: string): boolean => /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text);

/** A key that no brand has yet: "nike", else "nike-2" and so on. */
export function freeKey(name: string, taken: ReadonlySet<string>): string {
  const base = keyFor(name) || "brand";
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) {
    const key = `${base.slice(0, 60)}-${number}`;
    if (!taken.has(key)) return key;
  }
}
