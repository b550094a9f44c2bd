import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";

import type { UploadResult } from "@/api/types";
import { upload, type UploadPart } from "@/api/upload";

const BATCH_FILES = 40;
const BATCH_BYTES = 48_000_000;

/** Splits files into requests of bounded size; a larger file goes alone. */
export function batches(parts: readonly UploadPart[], files = BATCH_FILES, bytes = BATCH_BYTES): UploadPart[][] {
  const made: UploadPart[][] = [];
  let size = 0;
  for (const part of parts) {
    const last = made.at(-1);
    if (last && last.length < files && size + part.file.size <= bytes) {
      last.push(part);
      size += part.file.size;
    } else {
      made.push([part]);
      size = part.file.size;
    }
  }
  return made;
}

export type UploadState =
  | { kind: "idle" }
  | { kind: "sending"; share: number }
  | { kind: "done"; result: UploadResult }
  | { kind: "failed"; error: unknown };

async function sendAll(brand: string, parts: readonly UploadPart[], signal: AbortSignal, onShare: (share: number) => void) {
  const total = parts.reduce((sum, { file }) => sum + file.size, 0) || 1;
  const result: UploadResult = { brand, accepted: 0, skipped: [] };
  let sent = 0;
  for (const batch of batches(parts)) {
    const size = batch.reduce((sum, { file }) => sum + file.size, 0);
    const before = sent;
    const said = await upload<UploadResult>(`/api/brands/${encodeURIComponent(brand)}/uploads`, batch, {
      signal,
      onProgress: (share) => onShare((before + share * size) / total),
    });
    sent += size;
    result.accepted += said.accepted;
    result.skipped = [...result.skipped, ...said.skipped];
  }
  return result;
}

/** Sends files to a brand, batch by batch, and says how far it is. */
export function useUpload() {
  const client = useQueryClient();
  const [state, setState] = useState<UploadState>({ kind: "idle" });
  const abort = useRef<AbortController>(null);
  const start = async (brand: string, parts: readonly UploadPart[]) => {
    abort.current = new AbortController();
    setState({ kind: "sending", share: 0 });
    try {
      const result = await sendAll(brand, parts, abort.current.signal, (share) => setState({ kind: "sending", share }));
      setState({ kind: "done", result });
    } catch (error) {
      setState({ kind: "failed", error });
    } finally {
      await client.invalidateQueries({ queryKey: ["brands"] });
    }
  };
  return { state, start, cancel: () => abort.current?.abort() };
}
