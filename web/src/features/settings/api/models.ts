import { queryOptions, useQuery } from "@tanstack/react-query";

import { answer, api } from "@/api/client";

const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/models", { signal }))).models,
});

export const useModels = () => useQuery(modelsQuery);
