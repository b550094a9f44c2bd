import { createBrowserRouter, type RouteObject } from "react-router";

import { Missing, PageError } from "./PageError";
import { Shell } from "./Shell";

/** Every page of the interface. Each is a chunk of its own, loaded when somebody goes there. */
export const pages: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import("@/features/brands/BrandsPage")).BrandsPage }) },
  { path: "*", Component: Missing },
];

export const createRouter = () =>
  createBrowserRouter([
    {
      path: "/sign-in",
      lazy: async () => ({ Component: (await import("@/features/session/SignInPage")).SignInPage }),
      errorElement: <PageError />,
      HydrateFallback: () => null,
    },
    {
      path: "/",
      Component: Shell,
      errorElement: <PageError />,
      HydrateFallback: () => null,
      children: [{ errorElement: <PageError />, children: pages }],
    },
  ]);
