import type { Format } from "@/lib/format";

import type { Texts } from "../en";

export const check = (f: Format): Texts["check"] => ({
  title: "Bild prüfen",
  intro: "Ist ein Bild schon im Bestand, so wie es ist oder bearbeitet? Nichts wird gespeichert, außer Sie wollen es.",
  drop: "Ein Bild hierher ziehen",
  dropNow: "Loslassen zum Prüfen",
  dropHint: "oder einfügen, aus einer Datei oder der Zwischenablage",
  choose: "Datei wählen",
  address: "Oder seine Adresse",
  addressHint: "https://…",
  checkIt: "Prüfen",
  brand: "Aufnehmen in",
  brandNone: "Keine Marke",
  add: "Aufnehmen, wenn es neu ist",
  checking: "Der Bestand wird durchsucht …",
  again: "Ein anderes prüfen",
  yours: "Das geprüfte Bild",
  facts: (width, height, time) => `${f.number(width)} × ${f.number(height)}, geprüft in ${time}`,
  verdict: {
    known: "Es ist im Bestand: genau diese Bytes",
    identical: "Es ist im Bestand: dieselben Pixel",
    copy: "Eine Bearbeitung davon ist im Bestand",
    contains: "Ein Teil davon ist im Bestand",
    variant: "Eine Variante davon ist im Bestand",
    scene: "Der Bestand hat eine andere Aufnahme desselben Dings",
    similar: "Der Bestand hat Bilder, die ähnlich aussehen",
    none: "Es ist neu: Nichts im Bestand passt dazu",
  },
  matches: (count) => f.plural(count, { one: "Treffer", other: "Treffer" }),
  where: "Wo",
  inGroup: "Seine Gruppe zeigen",
  added: (brand) => `Es wurde in ${brand} aufgenommen.`,
  notImage: "Das ist kein Bild.",
  section: "Prüfen",
  paste: "Ein Bild einfügen",
});
