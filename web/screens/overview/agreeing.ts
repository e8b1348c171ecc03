import type { OverviewData, SeriesPoint } from "./overview.documents.ts";

type Told = Pick<OverviewData["tiles"][number], "value" | "series">;

interface Charted {
  points: readonly SeriesPoint[];
  currency: string | null;
}

/** A chart is asked for apart from its tile, and may be behind it: of a day that the tile tells, it says the same. */
export function agreeing(
  { points, currency }: Charted,
  tile: Told | undefined,
  { from, to }: { from: string; to: string },
) {
  const value = tile?.value;
  if (!tile || !value || value.currency !== currency) return points;
  const told = new Map(tile.series.filter((point) => point.value !== null).map((point) => [point.day, point]));
  return points.map((point): SeriesPoint => {
    const own = told.get(point.day) ?? point;
    return from === to && own.day === to ? { ...own, value: value.amount } : own;
  });
}
