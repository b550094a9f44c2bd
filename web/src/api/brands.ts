import { queryOptions, useQuery } from "@tanstack/react-query";

import { answer, api } from "./client";

/** All brands; asked again every few seconds while one of them is being fetched. */
export const brandsQuery = queryOptions({
  queryKey: ["brands"],
  queryFn: async ({ signal }) => (await answer(api.GET("/api/brands", { signal }))).brands,
  refetchInterval: ({ state }) => (state.data?.some((brand) => brand.state === "syncing" || brand.job) ? 2500 : false),
});

export const useBrands = () => useQuery(brandsQuery);
