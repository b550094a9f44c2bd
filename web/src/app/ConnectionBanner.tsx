import { useQuery } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { useEffect, useRef } from "react";

import { answer, api } from "@/api/client";
import { reachable } from "@/api/queries";
import { Spinner, toast } from "@/components/ui";
import { useStore } from "@/lib/store";
import { useTexts } from "@/texts";

/** A line at the top while the server cannot be reached; asks again until it answers. */
export function ConnectionBanner() {
  const texts = useTexts();
  const connected = useStore(reachable);
  const was = useRef(connected);
  useQuery({
    queryKey: ["live"],
    queryFn: () => answer(api.GET("/api/health/live")),
    enabled: !connected,
    refetchInterval: 3000,
    retry: false,
    gcTime: 0,
  });
  useEffect(() => {
    if (connected && !was.current) toast({ tone: "good", title: texts.app.error.offline.again, lasts: 3000 });
    was.current = connected;
  }, [connected, texts]);
  if (connected) return null;
  return (
    <div role="status" className="bg-warn-soft text-warn-ink sticky top-0 z-30 flex items-center gap-2 px-4 py-2 text-sm font-medium lg:px-8">
      <CloudOff className="size-4 shrink-0" aria-hidden />
      {texts.app.error.offline.banner}
      <Spinner className="ml-auto size-3.5" />
    </div>
  );
}
