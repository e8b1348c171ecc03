import type { RangeChoice } from "../../routes.ts";

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
