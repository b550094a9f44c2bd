/** Numbers, bytes, times and lists as people of a language write them. */
export interface Format {
  number: (value: number) => string;
  percent: (share: number, digits?: number) => string;
  bytes: (value: number) => string;
  /** Seconds since 1970 as "3 minutes ago". */
  ago: (seconds: number, now?: number) => string;
  /** Seconds since 1970 as a date with its time. */
  date: (seconds: number) => string;
  /** Seconds as "1 min 20 s". */
  duration: (seconds: number) => string;
  list: (items: readonly string[]) => string;
  plural: (count: number, forms: { one: string; other: string }) => string;
}

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

function ago(relative: Intl.RelativeTimeFormat, seconds: number, now: number): string {
  const passed = seconds - now;
  for (const [unit, length] of STEPS)
    if (Math.abs(passed) >= length) return relative.format(Math.round(passed / length), unit);
  return relative.format(0, "second");
}

type Numbers = (options: Intl.NumberFormatOptions) => Intl.NumberFormat;

/** Formatters of a locale by their options: making one takes far longer than using it, and lists use hundreds. */
function numbersOf(locale: string): Numbers {
  const made = new Map<string, Intl.NumberFormat>();
  return (options) => {
    const key = JSON.stringify(options);
    const found = made.get(key) ?? new Intl.NumberFormat(locale, options);
    made.set(key, found);
    return found;
  };
}

function bytes(numbers: Numbers, value: number): string {
  const step = value < 1000 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** step;
  return numbers({
    style: "unit",
    unit: BYTE_UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step > 0 && scaled < 100 ? 1 : 0,
  }).format(scaled);
}

function duration(numbers: Numbers, seconds: number): string {
  const unit = (value: number, name: string, digits = 0) =>
    numbers({ style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
  if (seconds < 10) return unit(seconds, "second", 1);
  const whole = Math.round(seconds);
  if (whole < 60) return unit(whole, "second");
  if (whole < 3600) return `${unit(Math.floor(whole / 60), "minute")} ${unit(whole % 60, "second")}`;
  return `${unit(Math.floor(whole / 3600), "hour")} ${unit(Math.floor((whole % 3600) / 60), "minute")}`;
}

/** The formats of a locale such as "en-GB" or "de". */
export function createFormat(locale: string): Format {
  const number = new Intl.NumberFormat(locale);
  const numbers = numbersOf(locale);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const list = new Intl.ListFormat(locale, { type: "conjunction" });
  const rules = new Intl.PluralRules(locale);
  return {
    number: (value) => number.format(value),
    percent: (share, digits = 0) =>
      numbers({ style: "percent", maximumFractionDigits: digits }).format(share),
    bytes: (value) => bytes(numbers, value),
    ago: (seconds, now = Date.now() / 1000) => ago(relative, seconds, now),
    date: (seconds) => date.format(seconds * 1000),
    duration: (seconds) => duration(numbers, seconds),
    list: (items) => list.format(items),
    plural: (count, forms) => `${number.format(count)} ${rules.select(count) === "one" ? forms.one : forms.other}`,
  };
}
