import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { answer, api } from "@/api/client";

const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => answer(api.GET("/api/settings", { signal })),
});

export const useSettings = () => useQuery(settingsQuery);

/** Changes one setting; null takes it back to what file and environment say. */
export function useChangeSetting() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, value }: { name: string; value: unknown }) =>
      answer(api.PATCH("/api/settings", { body: { values: { [name]: value } } })),
    onSuccess: (settings) => {
      client.setQueryData(settingsQuery.queryKey, settings);
      void client.invalidateQueries({ queryKey: ["health"] });
    },
  });
}
