import type { Format } from "@/lib/format";

import type { Texts } from "../en";

const files = { one: "Datei", other: "Dateien" };

export const cleanup = (f: Format): Texts["cleanup"] => ({
  title: "Aufräumen",
  intro: "Aus Entscheidungen werden Taten: erst den Plan ansehen, dann anwenden, und zurücknehmen, wann Sie wollen.",
  plan: "Plan",
  method: "Was mit weggelegten Dateien geschieht",
  methods: {
    quarantine: { label: "In Quarantäne verschieben", hint: "In einen Ordner auf demselben Datenträger, Namen und Zeiten bleiben." },
    trash: { label: "In den Papierkorb", hint: "Den des Systems, aus dem sie zurückgelegt werden können." },
    hardlink: { label: "Durch Hardlinks ersetzen", hint: "Jeder Pfad bleibt, die Bytes liegen nur einmal da." },
    reflink: { label: "Durch Reflinks ersetzen", hint: "Wie Hardlinks, auf Dateisystemen, die erst beim Schreiben kopieren." },
    list: { label: "Eine Liste schreiben", hint: "Für Bilder, die andere Systeme halten: Nichts wird angerührt." },
    webhook: { label: "Einen Webhook rufen", hint: "Sagt einem anderen System, was weg soll." },
  },
  target: "Wohin",
  targetHint: { quarantine: "Ein Ordner; leer für den üblichen", list: "Eine Datei auf dem Server", webhook: "https://…" },
  make: "Plan machen",
  remake: "Neuen Plan machen",
  dryRun: "Noch ist nichts geschehen. Das würde geschehen.",
  drops: (count, gain) => (count === 0 ? "Nichts würde weggelegt" : `${f.plural(count, files)} kämen weg, ${gain} wären gewonnen`),
  left: (count) => `${f.plural(count, files)} bleiben trotz Entscheidung, jede mit ihrem Grund`,
  columns: { drop: "Kommt weg", keeper: "Weil dies bleibt", reason: "Warum", bytes: "Größe", left: "Bleibt" },
  firstOf: (shown, total) => `Die ersten ${f.number(shown)} von ${f.number(total)}`,
  nothing: { title: "Es gibt nichts aufzuräumen", text: "Kein Bild ist weggelegt. Sehen Sie erst einige Gruppen durch.", action: "Gruppen durchsehen" },
  apply: (count) => `Auf ${f.plural(count, files)} anwenden …`,
  applyTitle: (count) => `Auf ${f.plural(count, files)} anwenden?`,
  applyText: (count, method) =>
    `${method}: ${f.plural(count, files)}. Vor jeder werden sie und das bleibende Bild neu gelesen; was sich inzwischen geändert hat, bleibt unberührt. Der ganze Lauf kann zurückgenommen werden.`,
  typeCount: (count) => `Zum Bestätigen ${count} eingeben`,
  applyNow: "Anwenden",
  applied: (count) => `Fertig: ${f.plural(count, files)}`,
  refused: (count) => `${f.plural(count, files)} blieben unberührt`,
  failed: "Das ging nicht",
  changed: "Der Plan hat sich inzwischen geändert: Sehen Sie ihn sich neu an.",
  runs: "Was getan wurde",
  runsEmpty: "Noch wurde nichts angewendet.",
  run: (count, method) => `${f.plural(count, files)}, ${method}`,
  undone: (count) => `${f.number(count)} zurückgenommen`,
  undo: "Zurücknehmen",
  undoTitle: "Diesen Lauf zurücknehmen?",
  undoText: (count) => `${f.plural(count, files)} kommen dorthin zurück, wo sie waren, Byte für Byte, mit Zeiten und Rechten.`,
  undoneNow: (count) => `${f.plural(count, files)} sind zurück`,
  states: { planned: "geplant", applied: "angewendet", done: "fertig", undone: "zurückgenommen", "partly undone": "zum Teil zurückgenommen", stopped: "unterbrochen" },
  steps: { plan: "Plan", look: "Ansehen", apply: "Anwenden" },
  section: "Aufräumen",
});
