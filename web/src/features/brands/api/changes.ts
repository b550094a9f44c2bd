import { type QueryClient, useMutation, useQueryClient } from "@tanstack/react-query";

import { brandsQuery } from "@/api/brands";
import { answer, api } from "@/api/client";
import type { Brand, Schema, SourceTest } from "@/api/types";

const refresh = (client: QueryClient) =>
  Promise.all([
    client.invalidateQueries({ queryKey: brandsQuery.queryKey }),
    client.invalidateQueries({ queryKey: ["jobs"] }),
  ]);

export function useAddBrand() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schema["BrandInput"]) => answer(api.POST("/api/brands", { body })),
    onSuccess: () => refresh(client),
  });
}

export function useChangeBrand() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, ...body }: Schema["BrandChange"] & { key: string }) =>
      answer(api.PATCH("/api/brands/{key}", { params: { path: { key } }, body })),
    onSuccess: () => refresh(client),
  });
}

/** Takes a brand off the list at once, and puts it back when the server says no. */
export function useRemoveBrand() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => answer(api.DELETE("/api/brands/{key}", { params: { path: { key } } })),
    onMutate: async (key) => {
      await client.cancelQueries({ queryKey: brandsQuery.queryKey });
      const before = client.getQueryData(brandsQuery.queryKey);
      client.setQueryData(brandsQuery.queryKey, (current: Brand[] | undefined) => current?.filter((brand) => brand.key !== key));
      return { before };
    },
    onError: (_error, _key, context) => client.setQueryData(brandsQuery.queryKey, context?.before),
    onSettled: () => refresh(client),
  });
}

export function useSyncBrand() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => answer(api.POST("/api/brands/{key}/sync", { params: { path: { key } } })),
    onSettled: () => refresh(client),
  });
}

export function useStartJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (input: { brands: string[]; sync: boolean }) => answer(api.POST("/api/jobs", { body: { ...input, confirm_cost: false } })),
    onSuccess: () => refresh(client),
  });
}

export function useTestSource() {
  return useMutation<SourceTest, Error, Schema["SourceTestInput"]>({
    mutationFn: (body) => answer(api.POST("/api/sources/test", { body })),
  });
}
