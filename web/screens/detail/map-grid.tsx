import { Trans, useLingui } from "@lingui/react/macro";
import { memo } from "react";
import { useFormat } from "../../language.tsx";
import { type Cell, dayOf, mapCounts, type MapRow } from "./backfill-map.ts";

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

/** One row a month, newest on top, one cell a day; its figures are told in words as well. */
export function BackfillMap({ rows }: { rows: readonly MapRow[] }) {
  const { t } = useLingui();
  const { all, some, queued, failed, now } = mapCounts(rows);
  return (
    <div className="map">
      <div
        role="img"
        aria-label={t`Days of history, newest month first: ${all} complete, ${some} with some streams, ${queued} queued, ${failed} failed.`}
      >
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
            rows={row.rows}
            isQueued={row.isQueued}
            showYear={n === 0 || row.month.slice(5, 7) === "12"}
          />
        ))}
      </div>
    </div>
  );
}

/** The newest day being read carries the ring; the rest of its window only its ground. */
function letters({ month, cells }: MapRow, now: string | null): string {
  return cells.map((cell, n) => (cell === "NOW" && dayOf(month, n) === now ? "n" : looks[cell])).join("");
}

interface MonthRowProps {
  month: string;
  /** One letter a day, so that an unchanged month is an equal string and does not paint. */
  cells: string;
  rows: string;
  isQueued: boolean;
  showYear: boolean;
}

const MonthRow = memo(function MonthRow({ month, cells, rows, isQueued, showYear }: MonthRowProps) {
  const format = useFormat();
  return (
    <div className="mr">
      <span className="ml">
        {format.month(month)} {showYear && <em>{format.year(month)}</em>}
      </span>
      {cells.split("").map((cell, n) => (
        <i key={n} className={cell} />
      ))}
      <span className="mt num">
        {isQueued ? (
          <span className="faint">
            <Trans comment="months that are still to come">queued</Trans>
          </span>
        ) : (
          format.count(rows)
        )}
      </span>
    </div>
  );
});
