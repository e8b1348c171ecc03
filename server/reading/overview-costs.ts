/** What the tile of costs is made of, and on which days it stands. Pure. */
import { leftOutReasons } from "@headwater/db";
import type { LeftOutReason } from "@headwater/db";
import type { Decimal } from "decimal.js";
import type { DayMark } from "./coverage.ts";
import type { Day } from "./days.ts";
import { COST_PART_NAMES, COST_PARTS, COST_UNITS, leftOutKey, onDays, rowsBehind, sum } from "./metrics.ts";
import type { AmountByCurrency, CostPart, Kind, Rollup } from "./metrics.ts";
import { dayMark, hasCostsOn, keepsCosts } from "./overview-sources.ts";
import type { SourceView } from "./overview-sources.ts";

export interface Units {
  readonly sold: number;
  readonly without: number;
}

/** Rows of files that no day counts, for one reason. */
export interface LeftOut {
  readonly reason: LeftOutReason;
  readonly rows: number;
  /** Of rows that are sums of money; a rate is none. */
  readonly amounts: AmountByCurrency;
}

/** A place for files that holds none yet has no part in costs: it neither brings their tile nor keeps a day of it open. */
export const thatHoldFiles = (sources: readonly SourceView[]): SourceView[] =>
  sources.filter(({ view, coverage }) => !keepsCosts(view) || coverage.from !== null);

/** Without a file of costs behind a day, the store's own fees of it are not the brand's costs. */
export function whereCostsStand<Row extends Rollup>(rows: readonly Row[], sources: readonly SourceView[]): Row[] {
  const beside: readonly string[] = [...Object.values(COST_UNITS), ...leftOutReasons.map(leftOutKey)];
  const behind = [...rowsBehind(["COSTS"], rows), ...rows.filter(({ metric }) => beside.includes(metric))];
  return onDays(behind, (day) => hasCostsOn(day, sources));
}

export const staleDays = (rows: readonly Rollup[]): ReadonlySet<Day> =>
  new Set(rows.filter(({ metric }) => metric === COST_UNITS.stale).flatMap(({ days }) => [...days.keys()]));

const FILES_OF: Readonly<Partial<Record<Kind, string>>> = { cost: "cost_files", adDay: "ad_spend_files" };
/** They say when a file last moved what is made of this kind; of one that was undone no other row is left. */
export const ofFiles = <Row extends Rollup>(kind: Kind, rows: readonly Row[]): Row[] =>
  rows.filter(({ metric }) => metric === FILES_OF[kind]);

export function markWithCosts(day: Day, sources: readonly SourceView[], stale: ReadonlySet<Day>): DayMark {
  if (!hasCostsOn(day, sources)) return "missing";
  const mark = dayMark(day, sources);
  return mark === "complete" && stale.has(day) ? "partial" : mark;
}

/** Those that there is anything of, in the order in which they are taken off what is sold. */
export const costPartsOf = (rows: readonly Rollup[]): { part: CostPart; amounts: AmountByCurrency }[] =>
  COST_PART_NAMES.flatMap((part) => {
    const amounts = sum(rows, COST_PARTS[part]);
    return [...amounts.values()].every((amount: Decimal) => amount.isZero()) ? [] : [{ part, amounts }];
  });

/** Null where nothing was sold. */
export function unitsOf(rows: readonly Rollup[]): Units | null {
  const count = (key: string): number =>
    [...sum(rows, [key]).values()].reduce((total, amount) => total + amount.toNumber(), 0);
  const sold = count(COST_UNITS.sold);
  return sold === 0 ? null : { sold, without: count(COST_UNITS.without) };
}

const PIECES = "PCS";
export const leftOutOf = (rows: readonly Rollup[]): LeftOut[] =>
  leftOutReasons.flatMap((reason) => {
    const amounts = sum(rows, [leftOutKey(reason)]);
    const count = amounts.get(PIECES);
    amounts.delete(PIECES);
    return count === undefined ? [] : [{ reason, rows: count.toNumber(), amounts }];
  });
