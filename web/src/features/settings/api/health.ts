import { queryOptions, useQuery } from "@tanstack/react-query";

import { answer, api } from "@/api/client";

const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ({ signal }) => answer(api.GET("/api/health", { signal })),
  refetchInterval: 15_000,
});

export const useHealth = () => useQuery(healthQuery);
