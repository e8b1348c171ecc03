/**
 * Which days of an account count in the brand's numbers. Where one datasource took another's place, days before the switch
 * go on counting from the old account and later ones from the new. An account that is connected anew counts whole. Pure.
 */
import type { Day } from "./days.ts";
import type { DatasourceView } from "./datasources.ts";

type Bounded = Pick<DatasourceView["row"], "accountId" | "createdAt" | "countsFrom" | "countsUntil">;

export function countingDays(rows: readonly Bounded[]): (accountId: string, day: Day) => boolean {
  const newest = new Map<string, Bounded>();
  for (const row of rows) {
    if (row.accountId === null) continue;
    const known = newest.get(row.accountId);
    if (known === undefined || known.createdAt < row.createdAt) newest.set(row.accountId, row);
  }
  return (accountId, day) => {
    const { countsFrom = null, countsUntil = null } = newest.get(accountId) ?? {};
    return (countsFrom === null || day >= countsFrom) && (countsUntil === null || day < countsUntil);
  };
}
