import { createBrowserRouter, type RouteObject } from "react-router";

import { Missing, PageError } from "./PageError";
import { Shell } from "./Shell";

/** Every page of the interface. Each is a chunk of its own, loaded when somebody goes there. */
export const pages: RouteObject[] = [
  { index: true, lazy: async () => ({ Component: (await import("@/features/brands/BrandsPage")).BrandsPage }) },
  { path: "jobs", lazy: async () => ({ Component: (await import("@/features/jobs/JobsPage")).JobsPage }) },
  { path: "jobs/:job", lazy: async () => ({ Component: (await import("@/features/jobs/JobPage")).JobPage }) },
  {
    path: "settings/:section?",
    lazy: async () => ({ Component: (await import("@/features/settings/SettingsPage")).SettingsPage }),
  },
  { path: "results/:result?", lazy: async () => ({ Component: (await import("./ResultsRoute")).ResultsRoute }) },
  { path: "results/:result/groups/:group", lazy: async () => ({ Component: (await import("./GroupRoute")).GroupRoute }) },
  { path: "map/:result?", lazy: async () => ({ Component: (await import("@/features/map/MapPage")).MapPage }) },
  { path: "check", lazy: async () => ({ Component: (await import("@/features/check/CheckPage")).CheckPage }) },
  { path: "actions", lazy: async () => ({ Component: (await import("@/features/actions/ActionsPage")).ActionsPage }) },
  { path: "rules", lazy: async () => ({ Component: (await import("@/features/rules/RulesPage")).RulesPage }) },
  { path: "audit", lazy: async () => ({ Component: (await import("@/features/audit/AuditPage")).AuditPage }) },
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
