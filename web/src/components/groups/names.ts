import type { Image } from "@/api/groups";
import type { Format } from "@/lib/format";

/** The last part of where an image is: what people call it. */
export function nameOf(image: Pick<Image, "uri" | "title">): string {
  if (image.title) return image.title;
  const path = image.uri.replace(/[?#].*$/, "").replace(/[/\\]+$/, "");
  const name = path.split(/[/\\]/).at(-1) ?? "";
  try {
    return decodeURIComponent(name) || image.uri;
  } catch {
    return name; // a percent sign that is part of the name
  }
}

/** "1,200 × 800 · JPEG · 230 kB" */
export function factsOf(image: Image, format: Format): string {
  return `${format.number(image.width)} × ${format.number(image.height)} · ${image.format} · ${format.bytes(image.bytes)}`;
}
