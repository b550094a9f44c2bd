import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { RouterProvider } from "react-router";

import { createQueries } from "@/api/queries";
import { ToastProvider, TooltipProvider } from "@/components/ui";
import { usePreferences } from "@/lib/preferences";
import { speak } from "@/texts";

import { createRouter } from "./routes";

/** Everything that stands around the pages. */
export function App() {
  const [queries] = useState(createQueries);
  const [router] = useState(createRouter);
  const { language } = usePreferences();
  useEffect(() => void speak(language), [language]);
  return (
    <QueryClientProvider client={queries}>
      <TooltipProvider>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </TooltipProvider>
    </QueryClientProvider>
  );
}
