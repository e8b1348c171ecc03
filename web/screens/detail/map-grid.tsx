import { Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, memo, type PointerEvent, type ReactNode, useRef } from "react";
import { useFormat } from "../../language.tsx";
import {
  type Cell,
  type DayChoice,
  dayAfterKey,
  dayOf,
  type DaySpan,
  mapCounts,
  type MapRow,
  marksOf,
  plannedDays,
  spanOf,
} from "./backfill-map.ts";

const looks: Record<Cell, string> = {
  ALL: "d",
  SOME: "h",
  NOW: "w",
  QUEUED: "q",
  FAILED: "f",
  BEFORE: "z",
  none: "z",
  void: "z",
};
const headed = [1, 5, 10, 15, 20, 25, 31];
const nothing: readonly DaySpan[] = [];

/** Days may be chosen: with the pointer drawn over them, or with arrows and Shift. */
export interface Choosing {
  choice: DayChoice | null;
  onChoose: (choice: DayChoice | null) => void;
  /** The choice stands; what it would mean may be shown. */
  onDone: () => void;
}

interface MapProps {
  rows: readonly MapRow[];
  /** Days that were wanted before the others. */
  forward?: readonly DaySpan[];
  choosing?: Choosing | null;
}

/** One row a month, newest on top, one cell a day; its figures are told in words as well. */
export function BackfillMap({ rows, forward = nothing, choosing = null }: MapProps) {
  const { t } = useLingui();
  const { all, some, queued, failed, now } = mapCounts(rows);
  const label = t`Days of history, newest month first: ${all} complete, ${some} with some streams, ${queued} queued, ${failed} failed.`;
  const chosen = choosing?.choice ? spanOf(choosing.choice) : null;
  const body = (
    <>
      <div className="mh">
        <span />
        {Array.from({ length: 31 }, (_, n) => (
          <span key={n} className={headed.includes(n + 1) ? "k" : ""}>
            {headed.includes(n + 1) ? n + 1 : ""}
          </span>
        ))}
        <span>
          <Trans comment="as the source counts them: an order with its lines is one record">Records</Trans>
        </span>
      </div>
      {rows.map((row, n) => (
        <MonthRow
          key={row.month}
          month={row.month}
          cells={letters(row, now)}
          marks={marksOf(row.month, chosen, forward)}
          rows={row.rows}
          isQueued={row.isQueued}
          showYear={n === 0 || row.month.slice(5, 7) === "12"}
        />
      ))}
    </>
  );
  return (
    <div className="map">
      {choosing ? (
        <Choosable label={label} rows={rows} choosing={choosing}>
          {body}
        </Choosable>
      ) : (
        <div role="img" aria-label={label}>
          {body}
        </div>
      )}
    </div>
  );
}

/** Which records the column counts, and how many that is: what came beside them and since stands with the streams. */
export function Counted({ rows, titles }: { rows: readonly MapRow[]; titles: readonly string[] }) {
  const format = useFormat();
  if (rows.length === 0)
    return (
      <p className="xs dim counted">
        <Trans>It is read whole each time: it has no days of its own.</Trans>
      </p>
    );
  if (titles.length === 0) return null;
  const count = rows.reduce((sum, month) => sum + BigInt(month.rows ?? 0), 0n).toString();
  return (
    <p className="xs dim counted">
      <Trans>
        Records: {format.list(titles)}, {format.count(count)} in all, as they were read for the history. Streams counts
        what they hold, such as the lines of an order, and what syncs have brought since.
      </Trans>
    </p>
  );
}

interface ChoosableProps {
  label: string;
  rows: readonly MapRow[];
  choosing: Choosing;
  children: ReactNode;
}

/** A slider over the days: screen readers speak the day, its state and the choice with each key. */
function Choosable({ label, rows, choosing, children }: ChoosableProps) {
  const { t } = useLingui();
  const format = useFormat();
  const drawing = useRef(false);
  const days = plannedDays(rows);
  const { choice, onChoose, onDone } = choosing;
  const at = choice?.at ?? days.at(-1) ?? "";
  const span = choice ? spanOf(choice) : null;
  const words: Partial<Record<Cell, string>> = {
    ALL: t({ message: "complete", comment: "state of a day of history" }),
    SOME: t({ message: "some streams", comment: "state of a day of history" }),
    NOW: t({ message: "being read", comment: "state of a day of history" }),
    QUEUED: t({ message: "queued", comment: "state of a day of history" }),
    FAILED: t({ message: "failed", comment: "state of a day of history" }),
  };
  const spoken =
    span !== null && span.from !== span.to
      ? t`${format.dayRange(span.from, span.to)}, chosen`
      : [format.day(at, { year: true }), words[cellOf(rows, at)]].filter(Boolean).join(", ");
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && choice) {
      event.preventDefault();
      return onChoose(null);
    }
    if (event.key === "Enter") return choice ? onDone() : undefined;
    // The first key shows where one stands.
    const led = dayAfterKey(event.key, at, days);
    if (led === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = choice ? led : at;
    event.preventDefault();
    onChoose({ anchor: event.shiftKey && choice ? choice.anchor : next, at: next });
    if (event.shiftKey) onDone();
  };
  const draw = (event: PointerEvent, isFirst: boolean): void => {
    const day = dayUnder(event, days);
    if (!day) return;
    onChoose({ anchor: isFirst || !choice ? day : choice.anchor, at: day });
  };
  return (
    <div
      className="pickable"
      role="slider"
      tabIndex={0}
      aria-label={t`${label} Arrows move over the days, with Shift they choose them.`}
      aria-valuemin={0}
      aria-valuemax={Math.max(0, days.length - 1)}
      aria-valuenow={Math.max(0, days.indexOf(at))}
      aria-valuetext={spoken}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        drawing.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
        draw(event, !event.shiftKey);
      }}
      onPointerMove={(event) => {
        if (drawing.current) draw(event, false);
      }}
      onPointerUp={() => {
        if (drawing.current && choice) onDone();
        drawing.current = false;
      }}
      onPointerCancel={() => (drawing.current = false)}
    >
      {children}
    </div>
  );
}

function cellOf(rows: readonly MapRow[], day: string): Cell {
  const row = rows.find(({ month }) => month.slice(0, 7) === day.slice(0, 7));
  return row?.cells[Number(day.slice(8, 10)) - 1] ?? "none";
}

/** The pointer is captured, so what lies under it is asked of the page. */
function dayUnder({ clientX, clientY }: PointerEvent, days: readonly string[]): string | null {
  const cell = document.elementFromPoint(clientX, clientY);
  const row = cell?.closest<HTMLElement>("[data-month]");
  const month = row?.dataset["month"];
  if (!cell || !row || !month) return null;
  const day = dayOf(month, [...row.children].indexOf(cell) - 1);
  return days.includes(day) ? day : null;
}

/** The newest day being read carries the ring; the rest of its window only its ground. */
function letters({ month, cells }: MapRow, now: string | null): string {
  return cells.map((cell, n) => (cell === "NOW" && dayOf(month, n) === now ? "n" : looks[cell])).join("");
}

interface MonthRowProps {
  month: string;
  /** One letter a day, so that an unchanged month is an equal string and does not paint. */
  cells: string;
  marks: string;
  rows: string | null;
  isQueued: boolean;
  showYear: boolean;
}

const MonthRow = memo(function MonthRow({ month, cells, marks, rows, isQueued, showYear }: MonthRowProps) {
  const format = useFormat();
  return (
    <div className="mr" data-month={month}>
      <span className="ml">
        {format.month(month)} {showYear && <em>{format.year(month)}</em>}
      </span>
      {cells.split("").map((cell, n) => (
        <i key={n} className={cell === "z" ? cell : `${cell} ${marks.charAt(n)}`.trim()} />
      ))}
      <span className="mt num">
        {isQueued ? (
          <span className="faint">
            <Trans comment="months that are still to come">queued</Trans>
          </span>
        ) : rows === null ? (
          <span className="faint">–</span>
        ) : (
          format.count(rows)
        )}
      </span>
    </div>
  );
});
