/** What a value that can be read in two ways comes to in each; an example where the file's own is not known. */

export interface DateReadings {
  readonly sample: string;
  readonly dayFirst: string;
  readonly monthFirst: string;
}

const NUMERIC = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})/;

export function dateReadings(sample: string | null): DateReadings {
  const [, first = "", second = "", year = ""] = NUMERIC.exec(sample ?? "") ?? [];
  if (sample === null || year === "") return dateReadings("03/11/2026");
  const day = (month: string, dayOfMonth: string): string =>
    [year.padStart(4, "20"), month.padStart(2, "0"), dayOfMonth.padStart(2, "0")].join("-");
  return { sample, dayFirst: day(second, first), monthFirst: day(first, second) };
}

export interface NumberReadings {
  readonly sample: string;
  /** The decimal mark with which the mark in it groups thousands, and the one that it is itself. */
  readonly groups: "." | ",";
  readonly divides: "." | ",";
  readonly whole: string;
  readonly rest: string;
}

export function numberReadings(sample: string | null): NumberReadings {
  const [, whole = "", mark, rest = ""] = /(\d{1,3})([.,])(\d{3})(?!\d)/.exec(sample ?? "") ?? [];
  if (sample === null || mark === undefined) return numberReadings("1,234");
  return mark === ","
    ? { sample, groups: ".", divides: ",", whole, rest }
    : { sample, groups: ",", divides: ".", whole, rest };
}
