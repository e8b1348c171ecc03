/** Which sources stand behind the numbers of a range, and how far each reaches into it. */
import { knownPlatform } from "./catalog.ts";
import { piecesOf } from "./backfill-map.ts";
import { cutDayOf } from "./counting.ts";
import { coverageOf, markOf } from "./coverage.ts";
import type { Coverage, DayMark } from "./coverage.ts";
import { dayIn } from "./days.ts";
import type { Day } from "./days.ts";
import { inOrder, isDead, isLateSince, type DatasourceView } from "./datasources.ts";
import { tilesFedBy, tilesStandingOn, yieldsCosts } from "./metrics.ts";
import type { Metric, Rollup } from "./metrics.ts";
import { readHistory } from "./progress.ts";
import { daysOf } from "./range.ts";
import type { Span } from "./range.ts";
import type { Transaction } from "./transaction.ts";

export type RangeMark = "COMPLETE" | "PARTIAL" | "STALE" | "MISSING" | "FETCHING";

/**
 * `live`: more is to come. `silent`: nothing ever came and nothing can, so no number waits for it. `frozen`: disconnected,
 * its numbers kept; it counts up to the day on which it ended.
 */
export type SourceStanding = "live" | "silent" | "frozen";

export interface SourceView {
  readonly view: DatasourceView;
  /** The tiles that it has a part in. */
  readonly feeds: readonly Metric[];
  readonly standing: SourceStanding;
  /** Whether the day is this one's, where one took another's place. */
  readonly counts: (day: Day) => boolean;
  readonly coverage: Coverage;
  readonly mark: RangeMark;
  readonly daysReady: number;
  /** Another took its place in the midst of this day of the range, and up to then it was read. */
  readonly cutDay: Day | null;
  /** What it took the place of, and what that had before it, as far as the data of each is deleted and nothing else tells of its account. */
  readonly lost: readonly DatasourceView[];
}

interface SourcesAsk {
  readonly range: Span;
  readonly zone: string;
  readonly now: Date;
  readonly counts: (accountId: string, day: Day) => boolean;
}

const feedsOf = (view: DatasourceView): Metric[] => tilesFedBy(knownPlatform(view.row.platform));

export const keepsCosts = (view: DatasourceView): boolean => yieldsCosts(knownPlatform(view.row.platform));

/** As far as the last file was brought; what goes on from there is a part of what may yet be said of those days. */
const coverageOfFiles = (completeThrough: Date | null, zone: string): Coverage => ({
  from: completeThrough === null ? null : "0001-01-01",
  completeThrough,
  zone,
  goesOn: true,
});

/** Orders are what a shop's tiles stand on: its other streams may be hours behind without any tile being wrong. */
const standsOnStream = (feeds: readonly Metric[], stream: string): boolean =>
  !feeds.includes("ORDERS") || stream === "orders";

export type HeldRow = Pick<Rollup, "metric"> & { readonly accountId: string };

/** `rows`: the numbers of the days that are looked at, of all accounts. */
export async function readSources(
  db: Transaction,
  views: readonly DatasourceView[],
  rows: readonly HeldRow[],
  ask: SourcesAsk,
): Promise<SourceView[]> {
  const holding = new Set(rows.map(({ accountId }) => accountId));
  const feeding = views.filter((view) => feedsOf(view).length > 0);
  const live = feeding.filter((view) => view.status.standing === "datasource");
  const counted = inOrder([...live, ...frozenAmong(feeding, live, holding)]);
  if (counted.length === 0) return [];
  const history = await readHistory(
    db,
    counted.map((view) => view.row.id),
  );
  const kept = {
    namesAdSpend: rows.some(({ metric }) => metric === "cost_ad_spend"),
    keepsCosts: counted.some(keepsCosts),
  };
  return counted.map((view) => {
    const feeds = tilesStandingOn(knownPlatform(view.row.platform), kept);
    const zone = view.account?.zone ?? ask.zone;
    const pieces = piecesOf(
      (history.get(view.row.id) ?? []).filter(({ stream }) => standsOnStream(feeds, stream)),
      zone,
    );
    const cutDay = cutDayOf(view.row, { own: zone, brand: ask.zone });
    const coverage = keepsCosts(view)
      ? coverageOfFiles(view.row.completeThrough, zone)
      : {
          ...coverageOf(pieces, view.row.completeThrough, zone, view.row.backfill === "done"),
          ...(cutDay === null ? {} : { cutDay }),
        };
    const { accountId } = view.row;
    const counts = (day: Day): boolean => accountId === null || ask.counts(accountId, day);
    const days = daysOf(ask.range).filter((day) => counts(day));
    const marks = days.map((day) => markOf(day, coverage));
    return {
      view,
      feeds,
      standing: standingOf(view),
      counts,
      coverage,
      mark: rangeMark(marks, view, ask.now),
      daysReady: marks.filter((mark) => mark === "complete").length,
      cutDay: days.find((day) => day === cutDay) ?? null,
      lost: lostAmong(views, counted, view),
    };
  });
}

/** Of each account that nobody reads any more, the datasource that read it last. */
function frozenAmong(
  feeding: readonly DatasourceView[],
  live: readonly DatasourceView[],
  holding: ReadonlySet<string>,
): DatasourceView[] {
  const read = new Set(live.map((view) => view.row.accountId));
  const latest = new Map<string, DatasourceView>();
  for (const view of feeding) {
    const { accountId } = view.row;
    if (view.status.standing !== "disconnected" || accountId === null) continue;
    if (read.has(accountId) || !(holding.has(accountId) || standsBefore(view))) continue;
    const known = latest.get(accountId);
    if (known === undefined || endedAt(view) > endedAt(known)) latest.set(accountId, view);
  }
  return [...latest.values()];
}

/** It was replaced, and what it read is kept: a day on which it sold nothing is a zero of its own. */
const standsBefore = ({ row }: DatasourceView): boolean =>
  row.countsUntil !== null && !row.deleteData && row.dataDeletedAt === null;

function lostAmong(
  views: readonly DatasourceView[],
  counted: readonly DatasourceView[],
  { row: { replaces } }: DatasourceView,
): DatasourceView[] {
  const old = replaces === null ? undefined : views.find(({ row }) => row.id === replaces);
  if (old === undefined || old.status.standing !== "disconnected" || standsBefore(old)) return [];
  if (counted.some(({ row }) => row.accountId === old.row.accountId)) return [];
  return [old, ...lostAmong(views, counted, old)];
}

const endedAt = (view: DatasourceView): number => view.row.disconnectedAt?.getTime() ?? 0;

function standingOf(view: DatasourceView): SourceStanding {
  if (view.status.standing === "disconnected") return "frozen";
  const hasNothing = view.row.lastSuccessAt === null && view.row.completeThrough === null;
  return hasNothing && (isDead(view) || view.status.dataSync === "INACTIVE") ? "silent" : "live";
}

function rangeMark(marks: readonly DayMark[], view: DatasourceView, now: Date): RangeMark {
  if (marks.length === 0) return "MISSING";
  if (marks.every((mark) => mark === "complete")) return "COMPLETE";
  const standing = standingOf(view);
  const { row } = view;
  const isFetching =
    standing === "live" &&
    !keepsCosts(view) &&
    (row.backfill === "running" || row.backfill === "queued" || row.lastSuccessAt === null);
  if (marks.every((mark) => mark === "missing")) return isFetching ? "FETCHING" : "MISSING";
  return standing === "live" && !isFetching && isLate(view, now) ? "STALE" : "PARTIAL";
}

/** By how far its data reaches, not by when somebody last tried. Files have no rhythm that they could be late against. */
function isLate(view: DatasourceView, now: Date): boolean {
  const { row } = view;
  if (keepsCosts(view)) return false;
  return row.completeThrough === null || isLateSince(view, row.completeThrough, { now });
}

/** Up to when a disconnected one counts. What files say goes on past the last of them, for as long as they are kept. */
export const frozenAt = ({ view, coverage }: SourceView): Date | null =>
  keepsCosts(view) ? view.row.disconnectedAt : (coverage.completeThrough ?? view.row.disconnectedAt);

/** Whether a day of the brand's should hold what this source has. */
function countsOn(day: Day, source: SourceView): boolean {
  const { standing, counts, coverage, view } = source;
  if (!counts(day)) return false;
  switch (standing) {
    case "live":
      return true;
    case "silent":
      return false;
    case "frozen": {
      // Whatever it has of the days before its switch: nobody else tells of them.
      if (view.row.countsUntil !== null) return true;
      const end = frozenAt(source);
      return end !== null && day <= dayIn(end, coverage.zone);
    }
    default:
      return standing satisfies never;
  }
}

export const hasAnyOf = (day: Day, source: SourceView): boolean =>
  countsOn(day, source) && markOf(day, source.coverage) !== "missing";

/** A day of the span is this one's, where one took another's place. */
export const touches = (span: Span, { counts }: SourceView): boolean => daysOf(span).some((day) => counts(day));

/**
 * Those that a day of the range is for. What stands now is told of too where nobody has these days of one of its tiles, as what it
 * replaced was of another kind, or was deleted.
 */
export function touching(range: Span, sources: readonly SourceView[]): SourceView[] {
  const there = sources.filter((source) => touches(range, source));
  const fed = new Set(there.flatMap(({ feeds }) => feeds));
  return sources.filter(
    (source) =>
      there.includes(source) || (source.standing !== "frozen" && !source.feeds.every((tile) => fed.has(tile))),
  );
}

/** Of one day: complete where every source that counts has it whole, missing where none has any of it. */
export function dayMark(day: Day, sources: readonly SourceView[]): DayMark {
  const marks = sources.filter((source) => countsOn(day, source)).map(({ coverage }) => markOf(day, coverage));
  if (marks.length > 0 && marks.every((mark) => mark === "complete")) return "complete";
  return marks.some((mark) => mark !== "missing") ? "partial" : "missing";
}

/** A file that somebody keeps costs in stands behind the day: without one, fees and a store's own costs are not the costs. */
export const hasCostsOn = (day: Day, sources: readonly SourceView[]): boolean =>
  sources.some((source) => keepsCosts(source.view) && source.coverage.from !== null && countsOn(day, source));

/**
 * Every source that counts in the range has everything before this; null as long as one has nothing yet. One that has all
 * its days whole, as one that was replaced may, does not hold back those that go on.
 */
export function commonThrough(range: Span, sources: readonly SourceView[]): Date | null {
  const counting = sources.flatMap((source) => {
    const days = daysOf(range).filter((day) => countsOn(day, source));
    if (days.length === 0) return [];
    return { source, isWhole: days.every((day) => markOf(day, source.coverage) === "complete") };
  });
  const goingOn = counting.filter(({ source, isWhole }) => !isWhole || source.standing !== "frozen");
  const open = counting.filter(({ isWhole }) => !isWhole);
  const [first = counting] = [open, goingOn].filter((some) => some.length > 0);
  const through = first.map(({ source }) => source.coverage.completeThrough);
  if (through.length === 0 || through.includes(null)) return null;
  return new Date(Math.min(...through.map((instant) => instant?.getTime() ?? 0)));
}
