import type { Format } from "@/lib/format";

import type { Texts } from "../en";

const images = { one: "Bild", other: "Bilder" };

export const map = (f: Format): Texts["map"] => ({
  title: "Karte",
  intro: "Jedes Bild ist ein Punkt; was nahe liegt, sieht ähnlich aus. Vergrößern Sie, um sie zu sehen.",
  brand: "Marken",
  allBrands: "Alle Marken",
  count: (count, groups) => `${f.plural(count, images)}, ${f.plural(groups, { one: "Gruppe", other: "Gruppen" })}`,
  canvas: "Karte der Bilder nach Ähnlichkeit. Pfeile verschieben, Plus und Minus vergrößern und verkleinern, Null zeigt alles. Dieselben Bilder stehen in der Liste der Gruppen.",
  list: "Gruppen im Blick",
  listHint: "Was die Karte zeigt, als Liste.",
  noneInSight: "In diesem Teil der Karte liegt keine Gruppe.",
  alone: "in keiner Gruppe",
  inGroup: (size) => `Gruppe mit ${f.number(size)}`,
  openGroup: "Die Gruppe öffnen",
  only: "Nur gruppierte Bilder",
  legend: "Beziehungen",
  ungrouped: "In keiner Gruppe",
  empty: { title: "Es gibt nichts zu zeigen", text: "Dieses Ergebnis hat keine Bilder dieser Marken." },
  zoomIn: "Vergrößern",
  zoomOut: "Verkleinern",
  fit: "Alles zeigen",
  section: "Karte",
  more: (count) => `und ${f.number(count)} weitere: vergrößern`,
  showGroup: (relation, size) => `${relation}, ${f.plural(size, images)} im Blick`,
});
