import type { OverviewData } from "./overview.documents.ts";
import { addDays } from "./ranges.ts";

type Source = OverviewData["sources"][number];
type Range = Pick<OverviewData["range"], "from" | "to">;

export interface LostDaysOf {
  readonly source: Source["lost"][number];
  readonly first: string;
  readonly last: string;
}

/** Of each whose data is deleted the days of the range that counted from it, oldest first: each ended where the next began. */
export function daysLost(
  taker: Pick<Source["datasource"], "countsFrom">,
  lost: Source["lost"],
  range: Range,
): LostDaysOf[] {
  return lost
    .flatMap((source, place): LostDaysOf[] => {
      const until = (lost[place - 1] ?? taker).countsFrom;
      if (until === null) return [];
      const first = source.countsFrom !== null && source.countsFrom > range.from ? source.countsFrom : range.from;
      const before = addDays(until, -1);
      const last = before < range.to ? before : range.to;
      return first <= last ? [{ source, first, last }] : [];
    })
    .toReversed();
}
