/**
 * Which days of an account count in the brand's numbers. Where one datasource took another's place, days before the switch
 * go on counting from the old account and later ones from the new. An account counts on each day on which any of its
 * datasources does, so one that is connected anew, or takes its own place back, keeps the days that it had. Pure.
 */
import type { Day } from "./days.ts";
import type { DatasourceView } from "./datasources.ts";

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
