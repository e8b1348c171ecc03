/**
 * Which days of an account count in the brand's numbers. Where one datasource took another's place, days before the switch
 * go on counting from the old account and later ones from the new. An account counts on each day on which any of its
 * datasources does, so one that is connected anew, or takes its own place back, keeps the days that it had. Pure.
 */
import type { DatasourceView } from "./datasources.ts";
import { dayIn } from "./days.ts";
import type { Day } from "./days.ts";

type Bounded = Pick<DatasourceView["row"], "accountId" | "countsFrom" | "countsUntil">;

export function countingDays(rows: readonly Bounded[]): (accountId: string, day: Day) => boolean {
  const byAccount: ReadonlyMap<string | null, readonly Bounded[]> = Map.groupBy(rows, ({ accountId }) => accountId);
  return (accountId, day) =>
    byAccount
      .get(accountId)
      ?.some(
        ({ countsFrom, countsUntil }) =>
          (countsFrom === null || day >= countsFrom) && (countsUntil === null || day < countsUntil),
      ) ?? true;
}

type Replaced = Pick<DatasourceView["row"], "replacedAt" | "replacedBy" | "disconnectedAt">;

/** When another took its place. Those of before it was written down were disconnected with it. */
export const switchedAt = ({ replacedAt, replacedBy, disconnectedAt }: Replaced): Date | null =>
  replacedAt ?? (replacedBy === null ? null : disconnectedAt);

interface Zones {
  readonly own: string;
  readonly brand: string;
}

/**
 * The day of the switch by its own clock, where it is one of its days and everything up to the switch was read. By the
 * brand's clock it was over: whatever its source records later of it is no part of the brand's numbers. Where a person moved
 * the date further, a day that was not over stays cut short.
 */
export function cutDayOf(
  row: Replaced & Pick<DatasourceView["row"], "countsUntil" | "completeThrough">,
  { own, brand }: Zones,
): Day | null {
  const at = switchedAt(row);
  const { countsUntil, completeThrough } = row;
  if (at === null || countsUntil === null || completeThrough === null || completeThrough < at) return null;
  const day = dayIn(at, own);
  return countsUntil <= dayIn(at, brand) && day < countsUntil ? day : null;
}
