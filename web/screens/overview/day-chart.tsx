import { Trans, useLingui } from "@lingui/react/macro";
import { useId, useLayoutEffect, useRef, useState } from "react";
import type { Format } from "../../format/format.ts";
import { useFormat } from "../../language.tsx";
import { labelledDays, scaleOf } from "./chart-scale.ts";
import { linePath, stretches } from "./line-path.ts";
import type { SeriesPoint } from "./overview.documents.ts";

const view = { height: 244, beside: 58, right: 10, top: 12, bottom: 26 };
const usualWidth = 560;
const labels = 4;
const narrow = 400;

interface DayChartProps {
  title: string;
  kind: "line" | "bars";
  points: readonly SeriesPoint[];
  currency: string | null;
  /** By its code: another currency shares the screen. */
  isNamed: boolean;
  /** Days that have a number in another currency, which has a chart of its own: without one in this, they are no gap. */
  elsewhere: ReadonlySet<string>;
  /** The days that the page speaks of: they stand on a ground of their own. */
  from: string;
  to: string;
}

/** By hand in SVG: no smoothing, gaps for missing days, hollow for days that are not complete. */
export function DayChart({ title, kind, points, currency, isNamed, elsewhere, from, to }: DayChartProps) {
  const { t } = useLingui();
  const format = useFormat();
  const id = useId();
  const [at, setAt] = useState<number | null>(null);
  const text = ({ day, value }: SeriesPoint): string =>
    value === null
      ? currency && elsewhere.has(day)
        ? t({ message: `none in ${currency}`, comment: "a day that has amounts in another currency alone" })
        : t`no data`
      : currency
        ? format.money(value, currency, { whole: true, named: isNamed })
        : format.count(value);
  const shown = at === null ? points.length - 1 : Math.min(at, points.length - 1);
  const point = points[shown];
  const summary = useSummary(title, points, text, format);
  if (points.length === 0) return null;
  return (
    <div className="card chart">
      <header>
        <h2 id={id}>{title}</h2>
        <span className="grow" />
        <span className="sm num dim" aria-hidden="true">
          {point && (
            <>
              {format.day(point.day, { weekday: true })} <b>{text(point)}</b>
            </>
          )}
        </span>
      </header>
      <div className="plot">
        <Plot
          kind={kind}
          points={points}
          isCount={currency === null}
          axisText={(mark) =>
            currency ? format.axisMoney(mark, currency, { named: isNamed }) : format.axisCount(mark)
          }
          at={at}
          range={{ from, to }}
          format={format}
          label={summary}
          onPoint={setAt}
        />
        <input
          type="range"
          className="cursor"
          min={0}
          max={points.length - 1}
          value={shown}
          aria-label={t`${title}, day by day`}
          aria-valuetext={point ? `${format.day(point.day, { weekday: true })}: ${text(point)}` : ""}
          onChange={(event) => setAt(Number(event.target.value))}
          onBlur={() => setAt(null)}
        />
      </div>
      <AsTable title={title} titleId={id} points={points} text={text} />
    </div>
  );
}

interface AsTableProps {
  title: string;
  titleId: string;
  points: readonly SeriesPoint[];
  text: (point: SeriesPoint) => string;
}

/** The same numbers as a table, newest first. */
function AsTable({ title, titleId, points, text }: AsTableProps) {
  const format = useFormat();
  return (
    <details className="astable">
      <summary>
        <Trans>Show as table</Trans>
      </summary>
      <div className="tw" tabIndex={0} role="group" aria-labelledby={titleId}>
        <table className="d">
          <thead>
            <tr>
              <th scope="col">
                <Trans>Day</Trans>
              </th>
              <th scope="col" className="r">
                {title}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.toReversed().map((point) => (
              <tr key={point.day}>
                <th scope="row">{format.day(point.day, { weekday: true })}</th>
                <td className="r num">
                  {text(point)}
                  {!point.isComplete && point.value !== null && (
                    <span className="faint">
                      {" "}
                      <Trans comment="a day that is not complete">so far</Trans>
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function useSummary(
  title: string,
  points: readonly SeriesPoint[],
  text: (point: SeriesPoint) => string,
  format: Format,
): string {
  const { t } = useLingui();
  const known = points.filter((point) => point.value !== null);
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || known.length === 0) return t`${title}: no data`;
  const best = known.reduce((a, b) => (Number(b.value) > Number(a.value) ? b : a));
  return t`${title} by day, ${format.dayRange(first.day, last.day)}. Highest ${text(best)} on ${format.day(best.day)}.`;
}

interface PlotProps {
  kind: "line" | "bars";
  points: readonly SeriesPoint[];
  isCount: boolean;
  axisText: (mark: number) => string;
  at: number | null;
  range: { from: string; to: string };
  format: Format;
  label: string;
  onPoint: (at: number | null) => void;
}

/** One unit of the drawing is one pixel: what is written stays as large as it is set, however wide the card. */
function useWidth(): readonly [React.RefObject<SVGSVGElement | null>, number] {
  const ref = useRef<SVGSVGElement>(null);
  const [width, setWidth] = useState(usualWidth);
  useLayoutEffect(() => {
    const drawn = ref.current;
    if (!drawn) return;
    const measure = (): void => setWidth(Math.max(1, Math.round(drawn.getBoundingClientRect().width)));
    const observer = new ResizeObserver(measure);
    measure();
    observer.observe(drawn);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

const signWidth = 7;
const gap = 8;

/** A currency without a sign of its own is written by its name, and in some languages with a word after it. */
const roomFor = (marks: readonly string[]): number =>
  Math.max(view.beside, gap + signWidth * Math.max(...marks.map((mark) => mark.replace(/\p{Mn}/gu, "").length)));

function Plot({ kind, points, isCount, axisText, at, range, format, label, onPoint }: PlotProps) {
  const [ref, width] = useWidth();
  const values = points.map(({ value }) => (value === null ? null : Number(value)));
  const scale = scaleOf(
    values.filter((value) => value !== null),
    { isCount },
  );
  const marks = scale.marks.map((mark) => ({ mark, text: axisText(mark) }));
  const left = roomFor(marks.map(({ text }) => text));
  const inner = { width: width - left - view.right, height: view.height - view.top - view.bottom };
  const slot = inner.width / points.length;
  const x = (n: number): number => left + slot * (n + 0.5);
  const y = (value: number): number =>
    view.top + inner.height - ((value - scale.low) / (scale.high - scale.low)) * inner.height;
  const marked = points.flatMap(({ day }, n) => (day >= range.from && day <= range.to ? [n] : []));
  const [first, last] = [marked[0], marked.at(-1)];
  return (
    <svg
      className="ch"
      ref={ref}
      viewBox={`0 0 ${width} ${view.height}`}
      role="img"
      aria-label={label}
      onPointerMove={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const inView = ((event.clientX - box.left) / box.width) * width;
        onPoint(Math.max(0, Math.min(points.length - 1, Math.floor((inView - left) / slot))));
      }}
      onPointerLeave={() => onPoint(null)}
    >
      {first !== undefined && last !== undefined && marked.length < points.length && (
        <rect
          className="ground"
          x={x(first) - slot / 2}
          width={slot * (last - first + 1)}
          y={view.top}
          height={inner.height}
          rx="4"
        />
      )}
      {marks.map(({ mark, text }) => (
        <g key={mark}>
          <line className={mark === 0 ? "zero" : "grid"} x1={left} x2={width - view.right} y1={y(mark)} y2={y(mark)} />
          <text x={left - gap} y={y(mark) + 4} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      {kind === "line" ? (
        <Line points={points} values={values} x={x} y={y} />
      ) : (
        <Bars points={points} values={values} x={x} y={y} slot={slot} at={at} />
      )}
      {at !== null && <line className="hair" x1={x(at)} x2={x(at)} y1={view.top} y2={view.top + inner.height} />}
      {labelledDays(points.length, width < narrow ? 2 : labels).map((n) => (
        <text
          key={n}
          className={n === points.length - 1 ? "k" : ""}
          x={n === points.length - 1 ? width - view.right : x(n)}
          y={view.height - 7}
          textAnchor={n === points.length - 1 ? "end" : "middle"}
        >
          {format.day(points[n]?.day ?? "", { year: false })}
        </text>
      ))}
    </svg>
  );
}

interface MarksProps {
  points: readonly SeriesPoint[];
  values: readonly (number | null)[];
  x: (n: number) => number;
  y: (value: number) => number;
}

function Line({ points, values, x, y }: MarksProps) {
  const dots = values.map((value, n) => (value === null ? null : { x: x(n), y: y(value) }));
  const lastIndex = values.findLastIndex((value) => value !== null);
  const last = dots[lastIndex];
  const isWhole = dots.every((dot, n) => dot !== null && points[n]?.isComplete);
  return (
    <>
      {isWhole && dots.length > 1 && (
        <path className="area" d={`${linePath(dots)}L${x(dots.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z`} />
      )}
      <path className="line" d={stretches(dots, (n) => isSure(points, n))} />
      <path className="line hollow" d={stretches(dots, (n) => !isSure(points, n))} />
      {last && (
        <circle className={points[lastIndex]?.isComplete ? "dot" : "dot hollow"} cx={last.x} cy={last.y} r="3.5" />
      )}
    </>
  );
}

/** Whether the way from the day before to this day is between two complete days. */
const isSure = (points: readonly SeriesPoint[], n: number): boolean =>
  (points[n - 1]?.isComplete ?? false) && (points[n]?.isComplete ?? false);

function Bars({ points, values, x, y, slot, at }: MarksProps & { slot: number; at: number | null }) {
  const width = slot * 0.56;
  return values.map((value, n) =>
    value === null ? null : (
      <rect
        key={points[n]?.day}
        className={`b ${points[n]?.isComplete ? "" : "hollow"} ${(at ?? values.length - 1) === n ? "on" : ""}`}
        x={x(n) - width / 2}
        width={width}
        y={Math.min(y(value), y(0))}
        height={Math.abs(y(0) - y(value))}
        rx="1.5"
      />
    ),
  );
}
