import * as v from "valibot";

const isoDay = v.pipe(v.string(), v.isoDate());

const rangeSchema = v.variant("range", [
  v.object({ range: v.literal("yesterday") }),
  v.object({ range: v.literal("7d") }),
  v.object({ range: v.literal("28d") }),
  v.object({ range: v.literal("month") }),
  v.pipe(
    v.object({ range: v.literal("custom"), from: isoDay, to: isoDay }),
    v.check(({ from, to: until }) => from <= until),
  ),
]);
export type RangeChoice = v.InferOutput<typeof rangeSchema>;

/** The range lives in the address; an address that makes no sense means yesterday. */
export function rangeFrom(search: string): RangeChoice {
  const parsed = v.safeParse(rangeSchema, Object.fromEntries(new URLSearchParams(search)));
  return parsed.success ? parsed.output : { range: "yesterday" };
}

export function rangeTo(choice: RangeChoice): string {
  return choice.range === "yesterday" ? "" : `?${new URLSearchParams(choice).toString()}`;
}

/** What the server is asked for each choice. */
export function rangeInput(choice: RangeChoice) {
  switch (choice.range) {
    case "yesterday":
      return { preset: "YESTERDAY" as const };
    case "7d":
      return { preset: "LAST_7_DAYS" as const };
    case "28d":
      return { preset: "LAST_28_DAYS" as const };
    case "month":
      return { preset: "MONTH_TO_DATE" as const };
    case "custom":
      return { preset: "CUSTOM" as const, from: choice.from, to: choice.to };
  }
}

/** A single day would make a chart of one dot: it is drawn with the four weeks that lead to it. */
export function chartRange(from: string, to: string): { preset: "CUSTOM"; from: string; to: string } {
  const shortest = 28;
  const start = addDays(to, 1 - shortest);
  return { preset: "CUSTOM", from: from < start ? from : start, to };
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

interface Counted {
  countsFrom: string | null;
  countsUntil: string | null;
}

/** How many days of a range are a source's, where one took another's place. */
export function ownDays(range: { from: string; to: string }, { countsFrom, countsUntil }: Counted): number {
  const from = countsFrom !== null && countsFrom > range.from ? countsFrom : range.from;
  const end = addDays(range.to, 1);
  const until = countsUntil !== null && countsUntil < end ? countsUntil : end;
  return Math.max(0, Math.round((Date.parse(until) - Date.parse(from)) / 86_400_000));
}
