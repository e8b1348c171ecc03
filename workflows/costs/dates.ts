/** Calendar days. Whether the day or the month comes first is decided once for each column of a file, by all of it. */

export type DateOrder = "DMY" | "MDY";
export type DateWarning = "W_EXCEL_SERIAL" | "W_YEAR";

/** What one pass over a column has seen of it; small, and kept with the place of the pass. */
export interface DateSigns {
  /** First part over 12 somewhere; second part over 12 somewhere; either could be either. */
  readonly dayFirst: boolean;
  readonly monthFirst: boolean;
  readonly either: boolean;
  /** Of the first that could be either: where it stands, and what. */
  readonly line?: number;
  readonly sample?: string;
}
export const NO_SIGNS: DateSigns = { dayFirst: false, monthFirst: false, either: false };

const NUMERIC = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})$/;

export function noteDate(signs: DateSigns, text: string, line: number): DateSigns {
  const parts = NUMERIC.exec(withoutTime(text));
  if (parts === null) return signs;
  const [first, second] = [Number(parts[1]), Number(parts[2])];
  if (first > 12 && second > 12) return signs; // no order makes a date of it
  if (first > 12) return signs.dayFirst ? signs : { ...signs, dayFirst: true };
  if (second > 12) return signs.monthFirst ? signs : { ...signs, monthFirst: true };
  return signs.either || first === second ? signs : { ...signs, either: true, line, sample: text };
}

/** `mixed` is no order at all, `ambiguous` needs a person's word. */
export function orderOf({ dayFirst, monthFirst, either }: DateSigns): DateOrder | "mixed" | "ambiguous" | "none" {
  if (dayFirst && monthFirst) return "mixed";
  if (dayFirst) return "DMY";
  if (monthFirst) return "MDY";
  return either ? "ambiguous" : "none";
}

export type ReadDate =
  | { readonly day: string; readonly lastDay?: string; readonly warning?: DateWarning }
  | { readonly wrong: true };

const WRONG: ReadDate = { wrong: true };
const MONTHS: readonly (readonly string[])[] = [
  ["jan", "ene", "gen"],
  ["feb", "fev", "fevr"],
  ["mar", "maer", "mrz", "mrt", "mars"],
  ["apr", "avr", "abr"],
  ["may", "mai", "mei", "mag"],
  ["jun", "juin", "giu"],
  ["jul", "juil", "lug"],
  ["aug", "aou", "aout", "ago"],
  ["sep", "sept", "set"],
  ["oct", "okt", "ott"],
  ["nov"],
  ["dec", "dez", "dic"],
];

/** A time behind the day is dropped; one with an offset moves the day into the brand's zone before. */
export function readDate(given: string, order: DateOrder, zone: string): ReadDate {
  const text = given.trim();
  const shifted = inZone(text, zone);
  if (shifted !== null) return { day: shifted };
  const bare = withoutTime(text);
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(bare) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(bare);
  if (iso !== null) return made(iso[1], iso[2], iso[3]);
  const month = /^(\d{4})-(\d{2})$/.exec(bare);
  if (month !== null) return wholeMonth(Number(month[1]), Number(month[2]));
  const numeric = NUMERIC.exec(bare);
  if (numeric !== null) {
    const [, first, second, year = ""] = numeric;
    const read = order === "DMY" ? made(full(year), second, first) : made(full(year), first, second);
    return "wrong" in read || year.length === 4 ? read : { ...read, warning: "W_YEAR" };
  }
  return named(bare) ?? serial(bare) ?? WRONG;
}

const withoutTime = (text: string): string =>
  text.trim().replace(/[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[ap]\.?m\.?)?$/i, "");

const full = (year: string): string => (year.length === 2 ? `20${year}` : year);

function made(year: string | undefined, month: string | undefined, day: string | undefined): ReadDate {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (m < 1 || m > 12 || d < 1 || d > lengthOfMonth(y, m)) return WRONG;
  return { day: `${String(y).padStart(4, "0")}-${String(m).padStart(2, "0")}-${String(d).padStart(2, "0")}` };
}

function wholeMonth(year: number, month: number): ReadDate {
  if (month < 1 || month > 12) return WRONG;
  const start = `${year}-${String(month).padStart(2, "0")}`;
  return { day: `${start}-01`, lastDay: `${start}-${lengthOfMonth(year, month)}` };
}

const lengthOfMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** `18 Nov 2026`, `Nov 18, 2026`, `18. November 2026`. */
function named(text: string): ReadDate | null {
  const dayFirst = /^(\d{1,2})\.?[ -]+(\p{L}+)\.?[ ,-]+(\d{4}|\d{2})$/u.exec(text);
  const monthFirst = /^(\p{L}+)\.?[ -]+(\d{1,2})(?:st|nd|rd|th)?[ ,-]+(\d{4}|\d{2})$/u.exec(text);
  const [day, word, year] = dayFirst === null ? [monthFirst?.[2], monthFirst?.[1], monthFirst?.[3]] : dayFirst.slice(1);
  if (day === undefined || word === undefined || year === undefined) return null;
  const month = monthNamed(word);
  if (month === null) return null;
  const read = made(full(year), String(month), day);
  return "wrong" in read || year.length === 4 ? read : { ...read, warning: "W_YEAR" };
}

function monthNamed(word: string): number | null {
  const plain = word
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}+/gu, "");
  const at = MONTHS.findIndex((starts) =>
    starts.some((start) => plain === start || (start.length >= 3 && plain.startsWith(start) && plain.length > 3)),
  );
  return at < 0 ? null : at + 1;
}

const SERIAL_LEAST = 20_000;
const SERIAL_MOST = 80_000;
const SERIAL_EPOCH = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

function serial(text: string): ReadDate | null {
  if (!/^\d{5}(?:[.,]\d+)?$/.test(text)) return null;
  const days = Math.floor(Number(text.replace(",", ".")));
  if (days < SERIAL_LEAST || days > SERIAL_MOST) return null;
  return { day: new Date(SERIAL_EPOCH + days * DAY_MS).toISOString().slice(0, 10), warning: "W_EXCEL_SERIAL" };
}

function inZone(text: string, zone: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})$/i.test(text)) return null;
  const at = new Date(
    text
      .replace(" ", "T")
      .replace(/\s+/g, "")
      .replace(/([+-]\d{2})(\d{2})$/, "$1:$2"),
  );
  return Number.isNaN(at.getTime()) ? null : dayFormat(zone).format(at);
}

const formats = new Map<string, Intl.DateTimeFormat>();
function dayFormat(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const fresh = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
  formats.set(zone, fresh);
  return fresh;
}

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
