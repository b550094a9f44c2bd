import type { Format } from "@/lib/format";

import type { Texts } from "../en";

export const audit = (f: Format): Texts["audit"] => ({
  title: "Nachweis",
  intro: "Warum etwas mit einem Bild geschah, was nie verglichen wurde und wie viel wohl übersehen wurde.",
  story: {
    title: "Die Geschichte eines Bildes",
    label: "Pfad, Adresse oder SHA-256",
    show: "Geschichte zeigen",
    none: "Über dieses Bild wurde nichts entschieden, und nichts ist mit ihm geschehen.",
    file: "Datei",
    by: "Durch",
    keeper: "Bleibt dafür",
    why: "Weil",
    evidence: "Belege",
    now: "Liegt jetzt in",
    run: "Lauf",
    pair: (a, b, relation, score) => `${a} und ${b}: ${relation}, ${score}`,
    what: {
      "decided: keep": "Entschieden: behalten",
      "decided: drop": "Entschieden: weg",
      "decided: open": "Entschieden: wieder offen",
      "decided: apart": "Entschieden: kein Duplikat",
      "decided: together": "Entschieden: doch ein Duplikat",
      dropped: "Entfernt",
      "dropping, interrupted": "Beim Entfernen unterbrochen",
      "left as it is": "Blieb, wie es ist",
      restored: "Zurückgeholt",
      "restoring, interrupted": "Beim Zurückholen unterbrochen",
      "a run that cannot be read": "Ein Lauf, der nicht gelesen werden kann",
    },
  },
  uncompared: {
    title: "Nie ganz verglichen",
    all: "Jedes Bild wurde ganz verglichen.",
    count: (count) => f.plural(count, { one: "Bild wurde nicht ganz verglichen", other: "Bilder wurden nicht ganz verglichen" }),
  },
  missed: {
    title: "Wohl übersehen",
    hint: "Zufällig gezogene Bilder werden mit allen anderen verglichen. Das zeigt, was die Wahl der Kandidaten übersieht, nicht, was die Prüfung nicht sehen kann.",
    label: "Zu ziehende Bilder",
    run: "Schätzen",
    found: (missed, low, high) =>
      `${f.number(Math.round(missed))} übersehene Paare von Kopien; mit 95 % Sicherheit ${f.number(Math.floor(low))} bis ${f.number(Math.ceil(high))}.`,
    basis: (sampled, population, verified) =>
      `${f.number(sampled)} von ${f.number(population)} Bildern wurden mit allen anderen verglichen: ${f.plural(verified, { one: "Paar", other: "Paare" })}.`,
  },
  decisions: {
    title: "Entscheidungen als Datei",
    hint: "Alle Entscheidungen als CSV: zur Sicherung, für eine Tabelle, für einen anderen Katalog. Aus einer Datei mit einer falschen Zeile wird nichts übernommen.",
    failed: "Nichts wurde übernommen",
    export: "Entscheidungen sichern",
    import: "Entscheidungen aus CSV übernehmen …",
    taken: (count) => `${f.plural(count, { one: "Entscheidung", other: "Entscheidungen" })} übernommen`,
  },
});
