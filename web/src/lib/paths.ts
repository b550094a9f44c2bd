/** Addresses of the interface's pages, in one place. */
export const paths = {
  brands: () => "/",
  jobs: () => "/jobs",
  job: (id: string) => `/jobs/${encodeURIComponent(id)}`,
  results: (result = "latest", query = "") =>
    `/results${result === "latest" ? "" : `/${encodeURIComponent(result)}`}${query && `?${query}`}`,
  group: (result: string, group: string) =>
    `/results/${encodeURIComponent(result)}/groups/${encodeURIComponent(group)}`,
  check: () => "/check",
  map: (result = "latest") => (result === "latest" ? "/map" : `/map/${encodeURIComponent(result)}`),
  actions: () => "/actions",
  rules: () => "/rules",
  audit: (image = "") => (image ? `/audit?image=${encodeURIComponent(image)}` : "/audit"),
  settings: (section = "") => (section ? `/settings/${section}` : "/settings"),
  signIn: () => "/sign-in",
};

export type ThumbnailSide = 160 | 320 | 640 | 1280;

/** Address of a content's small picture. */
export const thumbnail = (sha256: string, side: ThumbnailSide = 320) => `/api/contents/${sha256}/thumbnail?side=${side}`;

/** Address of a content as it is. */
export const original = (sha256: string) => `/api/contents/${sha256}/bytes`;
