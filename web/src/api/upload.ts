import { csrf } from "./client";
import { ApiError, Unreachable } from "./problems";

export interface UploadPart {
  file: File;
  /** Its name with folders, as it should be kept. */
  name: string;
}

interface Options {
  onProgress?: (share: number) => void;
  signal?: AbortSignal;
  fields?: Record<string, string>;
  field?: string;
}

/** Sends files as a form and tells how far it is: `fetch` cannot say that, so this is an XMLHttpRequest. */
export function upload<T>(address: string, parts: readonly UploadPart[], options: Options = {}): Promise<T> {
  const { onProgress, signal, fields = {}, field = "files" } = options;
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const { file, name } of parts) form.append(field, file, name);
  return new Promise<T>((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    if (csrf.get()) request.setRequestHeader("X-CSRF-Token", csrf.get());
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => {
      const body = request.response as T & object;
      if (request.status >= 200 && request.status < 300) resolve(body);
      else reject(new ApiError(request.status, body));
    };
    request.onerror = (event) => reject(new Unreachable(event));
    request.onabort = () => reject(new DOMException("Cancelled", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
