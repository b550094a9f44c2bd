import { queryOptions, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";

import { answer, api } from "./client";

/** All brands; asked again every few seconds while one of them is being fetched. */
export const brandsQuery = queryOptions({
  queryKey: ["brands"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/brands", { signal }))).brands,
  refetchInterval: ({ state }) => (state.data?.some((brand) => brand.state === "syncing" || brand.job) ? 2500 : false),
});

export const useBrands = () => useQuery(brandsQuery);

/** What people call a brand; its key until that is known, or when it is there no longer. */
export function useBrandName(): (key: string) => string {
  const { data } = useBrands();
  return useCallback((key) => data?.find((brand) => brand.key === key)?.name || key, [data]);
}
