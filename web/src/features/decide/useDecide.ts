import { type QueryClient, useIsMutating, useMutation, useQueryClient } from "@tanstack/react-query";

import { decideGroup, type GroupDecision, patchGroup, undoDecisions } from "@/api/decisions";
import { type GroupDetail, groupKey, groupsKey } from "@/api/groups";
import { statusOf } from "@/api/problems";
import { resultKey } from "@/api/results";
import { toast } from "@/components/ui";
import { createStore, useStore } from "@/lib/store";
import { decided, EMPTY, type Entry, forgotten, redoable, redone, undoable, undone } from "@/lib/undo";
import { useTexts } from "@/texts";

/** A decision on its way: what is sent, and how the group looks at once. */
export interface Deciding {
  group: GroupDetail;
  decision: Pick<GroupDecision, "action"> & Partial<GroupDecision>;
  label: string;
  /** The group as it will be, so that nobody waits for the server. */
  after: (now: GroupDetail) => GroupDetail;
  /** Records it even though somebody else was faster. */
  force?: boolean;
}

export interface Conflict {
  deciding: Deciding;
  message: string;
}

/** The decisions of this window, and the conflict that waits for an answer. Pages come and go; these stay. */
const history = createStore(EMPTY);
export const conflict = createStore<Conflict | null>(null);

export const useConflict = (): Conflict | null => useStore(conflict);

function current(queries: QueryClient, result: string, key: string): GroupDetail | undefined {
  return queries.getQueriesData<GroupDetail>({ queryKey: groupKey(result, key) }).find(([, data]) => data)?.[1];
}

/** Puts a group back as it was: its members, and what lists say of it. */
function restore(queries: QueryClient, result: string, before: GroupDetail): void {
  patchGroup(queries, result, before.key, (group) => ({
    ...group,
    asked: before.asked,
    settled: before.settled,
    ...("members" in group && { members: before.members }),
  }));
}

/** What this window decided itself, up to a revision, is nobody else's being faster. Groups may share images. */
function know(queries: QueryClient, result: string, groups: readonly GroupDetail[], revision: number): void {
  const touched = new Set(groups.flatMap(({ members }) => members.map(({ sha256 }) => sha256)));
  queries.setQueriesData<GroupDetail>({ queryKey: [...resultKey(result), "group"] }, (now) =>
    now?.members.some(({ sha256 }) => touched.has(sha256)) ? { ...now, revision: Math.max(now.revision, revision) } : now,
  );
}

/** Decide on groups: shown at once, recorded one after the other, rolled back group by group when refused. */
export function useDecide(result: string, threshold: number | null) {
  const queries = useQueryClient();
  const texts = useTexts().decide;
  const mutation = useMutation({
    mutationKey: ["decide", result],
    scope: { id: `decide ${result}` },
    mutationFn: ({ group, decision, force }: Deciding) => {
      const seen = current(queries, result, group.key)?.revision ?? group.revision;
      const body = { keep: [], images: [], choices: {}, reason: "", ...decision, ...(!force && { seen }) };
      return decideGroup(result, group.key, body, threshold);
    },
    onMutate: async ({ group, after }) => {
      await queries.cancelQueries({ queryKey: groupKey(result, group.key) });
      const before = current(queries, result, group.key) ?? group;
      const next = after(before);
      patchGroup(queries, result, group.key, (now) => ({
        ...now,
        asked: next.asked,
        settled: next.settled,
        ...("members" in now && { members: next.members }),
      }));
      return { before };
    },
    onSuccess: ({ decisions, revision }, { group, label }) => {
      history.set((now) => decided(now, { label, groups: [group.key], decisions }));
      know(queries, result, [group], revision);
    },
    onError: (error, deciding, context) => {
      if (context) restore(queries, result, context.before);
      if (statusOf(error) === 409) conflict.set({ deciding, message: error.message });
      else toast({ tone: "bad", title: texts.failed, said: error.message, text: texts.failedText });
    },
    onSettled: (_, __, { group }) => {
      if (queries.isMutating({ mutationKey: ["decide", result] }) > 1) return;
      void queries.invalidateQueries({ queryKey: groupKey(result, group.key) });
      void queries.invalidateQueries({ queryKey: [...resultKey(result), "summary"] });
    },
  });
  return mutation.mutate;
}

/** The entry that undo (or redo) would take now. */
const entryOf = (back: boolean): Entry | undefined => (back ? undoable : redoable)(history.get());

/**
 * Undo and redo, over everything that was decided in this window. They queue behind the decisions that are still on
 * their way, so that a quick Ctrl-Z takes back what was pressed just before it.
 */
export function useHistory(result: string) {
  const queries = useQueryClient();
  const texts = useTexts().decide;
  const now = useStore(history);
  const deciding = useIsMutating({ mutationKey: ["decide", result] }) > 0;
  const mutation = useMutation({
    scope: { id: `decide ${result}` },
    mutationFn: async (back: boolean) => {
      const entry = entryOf(back);
      return entry ? { entry, ...(await undoDecisions(entry.decisions)) } : null;
    },
    onSuccess: (done, back) => {
      if (!done) return;
      history.set((held) => (back ? undone : redone)(held, done.entry, done.decisions));
      const groups = done.entry.groups.flatMap((key) => current(queries, result, key) ?? []);
      know(queries, result, groups, done.revision);
      toast({ title: back ? texts.undone(done.entry.label) : texts.redone(done.entry.label), lasts: 2500 });
    },
    onError: (error, back) => {
      const entry = entryOf(back);
      if (entry) history.set((held) => forgotten(held, entry));
      toast({ tone: "bad", title: texts.undoFailed, said: error.message });
    },
    onSettled: () => refresh(queries, result),
  });
  return {
    undoLabel: undoable(now)?.label,
    redoLabel: redoable(now)?.label,
    canUndo: deciding || undoable(now) !== undefined,
    canRedo: mutation.isPending || redoable(now) !== undefined,
    undo: () => mutation.mutate(true),
    redo: () => mutation.mutate(false),
  };
}

/** Everything that decisions change is asked for anew. */
export function refresh(queries: QueryClient, result: string): void {
  void queries.invalidateQueries({ queryKey: [...resultKey(result), "group"] });
  void queries.invalidateQueries({ queryKey: groupsKey(result) });
  void queries.invalidateQueries({ queryKey: [...resultKey(result), "summary"] });
}

/** Remembers what was decided for many groups at once, so that it can be undone like the rest. */
export function remember(entry: Entry): void {
  history.set((now) => decided(now, entry));
}
