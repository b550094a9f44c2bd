/** Which group comes next. Plain functions over the keys of a list. */
export interface Listed {
  readonly key: string;
  readonly settled: boolean;
}

export function neighbour(groups: readonly Listed[], key: string, step: 1 | -1): string | null {
  const at = groups.findIndex((group) => group.key === key);
  if (at < 0) return groups[0]?.key ?? null;
  return groups[at + step]?.key ?? null;
}

/**
 * The next group in which something is left to ask: after this one, then from the start, those put off last.
 * Null when nothing is open but what this very group asks.
 */
export function nextOpen(groups: readonly Listed[], key: string, later: readonly string[]): string | null {
  const at = groups.findIndex((group) => group.key === key);
  const around = [...groups.slice(at + 1), ...groups.slice(0, Math.max(at, 0))];
  const open = around.filter((group) => !group.settled && group.key !== key);
  const off = new Set(later);
  return open.find((group) => !off.has(group.key))?.key ?? later.find((put) => open.some((group) => group.key === put)) ?? null;
}

/** Whether an open group that was not put off is among these. */
export function hasFreshOpen(groups: readonly Listed[], key: string, later: readonly string[]): boolean {
  const off = new Set([...later, key]);
  return groups.some((group) => !group.settled && !off.has(group.key));
}
