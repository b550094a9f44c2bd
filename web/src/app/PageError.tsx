import { useRouteError } from "react-router";

import { ApiError } from "@/api/problems";
import { ErrorScreen } from "@/components/ui";

/** What stands in place of a page that failed. */
export function PageError() {
  return <ErrorScreen error={useRouteError()} />;
}

/** The page of addresses that lead nowhere. */
export function Missing() {
  return <ErrorScreen error={new ApiError(404, {})} />;
}
