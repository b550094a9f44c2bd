import { thumbnail } from "@/lib/paths";

const MOST = 600;
const AT_ONCE = 8;

/** Small pictures for the canvas: a few at once, the latest wish first, the oldest forgotten. */
export function createThumbnails(onLoad: () => void) {
  const loaded = new Map<string, HTMLImageElement>();
  const broken = new Set<string>();
  const loading = new Set<string>();
  let wanted: string[] = [];

  const keep = (sha256: string, image: HTMLImageElement) => {
    loaded.set(sha256, image);
    const oldest = loaded.keys().next();
    if (loaded.size > MOST && !oldest.done) loaded.delete(oldest.value);
  };
  const next = () => {
    while (loading.size < AT_ONCE) {
      const sha256 = wanted.pop();
      if (sha256 === undefined) return;
      if (loaded.has(sha256) || loading.has(sha256) || broken.has(sha256)) continue;
      loading.add(sha256);
      const image = new Image();
      const done = (good: boolean) => {
        loading.delete(sha256);
        if (good) keep(sha256, image);
        else broken.add(sha256);
        onLoad();
        next();
      };
      image.onload = () => done(true);
      image.onerror = () => done(false);
      image.src = thumbnail(sha256, 160);
    }
  };
  return {
    /** The picture if it is there; otherwise it is wished for, and `onLoad` is called when it has come. */
    get: (sha256: string): HTMLImageElement | null => {
      const found = loaded.get(sha256);
      if (!found && sha256) wanted.push(sha256);
      return found ?? null;
    },
    /** Call before a drawing: what was wished for then and is not seen any more need not come. */
    begin: () => (wanted = []),
    /** Call after it. */
    end: next,
  };
}
