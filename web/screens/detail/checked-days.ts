import { addDays } from "../overview/ranges.ts";
import type { SpotCheck } from "./spot-checks.documents.ts";

export const daysShown = 14;

type Checked = Pick<SpotCheck, "day" | "state">;

interface CheckedDay<Check> {
  readonly day: string;
  /** Of its checks the one that asks most to be looked at; null where none was made. */
  readonly mark: SpotCheck["state"] | null;
  readonly checks: readonly Check[];
}

const pressing = ["DIFFERENT", "NOT_SETTLED", "EXPLAINED", "NO_FIGURE", "EQUAL"] as const;

/** Days before it are shown to nobody, whatever was checked of them. */
export const firstDayShown = (today: string): string => addDays(today, -daysShown);

/** The last days that were over by now, newest first; none before the first that was ever checked. */
export function checkedDays<Check extends Checked>(checks: readonly Check[], today: string): CheckedDay<Check>[] {
  const byDay = Map.groupBy(checks, ({ day }) => day);
  const days = [...byDay.keys()].toSorted();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  // An account's calendar may be a day ahead of the brand's.
  const newest = last >= today ? last : addDays(today, -1);
  const shown: CheckedDay<Check>[] = [];
  for (let n = 0; n < daysShown; n += 1) {
    const day = addDays(newest, -n);
    if (day < first) break;
    const of = byDay.get(day) ?? [];
    shown.push({ day, mark: pressing.find((state) => of.some((check) => check.state === state)) ?? null, checks: of });
  }
  return shown;
}

/** How far apart the two are, against what the source says; null where that is nothing. */
export function shareOf({ theirs, difference }: Pick<SpotCheck, "theirs" | "difference">): number | null {
  if (theirs === null || difference === null || Number(theirs) === 0) return null;
  return Math.abs(Number(difference) / Number(theirs));
}
