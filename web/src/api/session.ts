import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, api, csrf } from "./client";
import { signInNeeded } from "./queries";
import type { Role, Session } from "./types";

async function fetchSession(): Promise<Session> {
  const session = await answer(api.GET("/api/session"));
  csrf.set(session.csrf);
  return session;
}

export const sessionQuery = queryOptions({ queryKey: ["session"], queryFn: fetchSession, staleTime: 300_000 });

export const useSession = () => useQuery(sessionQuery);

const RANK: Record<Role, number> = { viewer: 0, reviewer: 1, admin: 2 };

/** Whether the person may do what this role may. Where nobody needs to sign in, everything is allowed. */
export function useMay(role: Role): boolean {
  const { data } = useSession();
  if (!data || !data.required) return true;
  return data.user !== null && RANK[data.user.role] >= RANK[role];
}

function useSessionChange<T>(mutationFn: (input: T) => Promise<Session>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: (session) => {
      csrf.set(session.csrf);
      signInNeeded.set(false); // a wrong password, or a question asked before, was answered with 401 too
      client.clear();
      client.setQueryData(sessionQuery.queryKey, session);
    },
  });
}

export const useSignIn = () =>
  useSessionChange((body: { name: string; password: string }) => answer(api.POST("/api/session", { body })));

export const useSignOut = () => useSessionChange(() => answer(api.DELETE("/api/session")));
