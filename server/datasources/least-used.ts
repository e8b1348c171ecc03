/**
 * Which connected app is missed the least, where one has to go or to pause. What was connected today comes last, and of that what
 * is still being read for the first time; what brought nothing for two days comes first; among the others, what nobody opened for
 * longest.
 */
import type { DatasourceRow } from "../reading/datasources.ts";

const DAY_MS = 86_400_000;

interface Used {
  readonly row: Pick<DatasourceRow, "connectedAt" | "lastSuccessAt" | "lastOpenedAt">;
}

export function leastUsedFirst<One extends Used>(all: readonly One[], now: Date): One[] {
  const isWithin = (days: number, at: Date | null): boolean =>
    at !== null && now.getTime() - at.getTime() < days * DAY_MS;
  const newness = ({ connectedAt, lastSuccessAt }: Used["row"]): number => {
    if (connectedAt !== null && !isWithin(1, connectedAt)) return 0;
    return lastSuccessAt === null ? 2 : 1;
  };
  const ranks = ({ row }: One): number[] => [
    newness(row),
    Number(isWithin(2, row.lastSuccessAt)),
    row.lastOpenedAt?.getTime() ?? 0,
    row.lastSuccessAt?.getTime() ?? 0,
  ];
  return all.toSorted((a, b) => {
    const other = ranks(b);
    return (
      ranks(a)
        .map((rank, n) => rank - (other[n] ?? 0))
        .find((difference) => difference !== 0) ?? 0
    );
  });
}
