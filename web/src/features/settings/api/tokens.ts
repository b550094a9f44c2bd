import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, api } from "@/api/client";
import type { Role, Token } from "@/api/types";

const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/tokens", { signal }))).tokens,
});

export const useTokens = () => useQuery(tokensQuery);

export function useMakeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; role: Role }) => answer(api.POST("/api/tokens", { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}

/** Takes a token off the list at once, and puts it back when the server says no. */
export function useRemoveToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => answer(api.DELETE("/api/tokens/{token}", { params: { path: { token } } })),
    onMutate: (token) => {
      const before = client.getQueryData(tokensQuery.queryKey);
      client.setQueryData(tokensQuery.queryKey, (tokens: Token[] | undefined) => tokens?.filter(({ id }) => id !== token));
      return { before };
    },
    onError: (_error, _token, context) => client.setQueryData(tokensQuery.queryKey, context?.before),
    onSettled: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
}
