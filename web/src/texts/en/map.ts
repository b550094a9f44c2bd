import type { Format } from "@/lib/format";

export const map = (f: Format) => ({
  title: "Map",
  intro: "Every image is a dot; near ones look alike. Zoom in to see them.",
  brand: "Brands",
  allBrands: "All brands",
  count: (images: number, groups: number) =>
    `${f.plural(images, { one: "image", other: "images" })}, ${f.plural(groups, { one: "group", other: "groups" })}`,
  canvas: "Map of images by similarity. Arrows move, plus and minus zoom, zero shows all. The same images stand in the list of groups.",
  list: "Groups in sight",
  listHint: "What the map shows, as a list.",
  noneInSight: "No group lies in this part of the map.",
  alone: "in no group",
  inGroup: (size: number) => `group of ${f.number(size)}`,
  openGroup: "Open the group",
  only: "Grouped images only",
  legend: "Relations",
  ungrouped: "In no group",
  empty: { title: "There is nothing to map", text: "This result has no images of these brands." },
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  fit: "Show all",
  section: "Map",
  more: (count: number) => `and ${f.number(count)} more: zoom in`,
  showGroup: (relation: string, size: number) => `${relation}, ${f.plural(size, { one: "image", other: "images" })} in sight`,
});
