/** The sentences of a text, each with its full stop. Numbers and names with dots in them stay whole. */
export function sentencesOf(text: string): string[] {
  return text.split(/(?<=[.!?]) +(?=\S)/).filter(Boolean);
}
