import { linePath } from "./line-path.ts";
import type { SeriesPoint } from "./overview.documents.ts";

const width = 84;
const height = 30;
const points = 8;

/** The way to the number: gaps are gaps, the last day is a dot. Only a picture; the figures are in the chart's table. */
export function Sparkline({ points: series, muted }: { points: readonly SeriesPoint[]; muted: boolean }) {
  const shown = series.slice(-points);
  const values = shown.map(({ value }) => (value === null ? null : Number(value)));
  const known = values.filter((value) => value !== null);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (n: number): number => 2 + (n / Math.max(1, shown.length - 1)) * (width - 5);
  const y = (value: number): number =>
    high === low ? height / 2 : height - 3 - ((value - low) / (high - low)) * (height - 6);
  const path = linePath(values.map((value, n) => (value === null ? null : { x: x(n), y: y(value) })));
  const lastIndex = values.findLastIndex((value) => value !== null);
  const last = values[lastIndex] ?? low;
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      aria-hidden="true"
      className={muted ? "spk muted" : "spk"}
    >
      <path d={path} />
      <circle cx={x(lastIndex)} cy={y(last)} r="2" />
    </svg>
  );
}
