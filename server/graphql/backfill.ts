/** The first history of a datasource: how far it is, how long it still takes, and its days. */
import type { Quiet } from "@headwater/workflows/lifecycle/quiet.ts";
import { quietBetween } from "@headwater/workflows/lifecycle/quiet-hours.ts";
import { byMonth, countDays, dayRanges, daysWithSome, newestRun } from "../reading/backfill-map.ts";
import type { DayState, MonthOfDays, Piece } from "../reading/backfill-map.ts";
import { platformEntry } from "../reading/catalog.ts";
import { countCalls } from "../reading/calls.ts";
import type { Hours } from "../reading/calls.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { etaOf, restsBetween, secondsAtWork, shareDone, withRests } from "../reading/eta.ts";
import type { EtaRange } from "../reading/eta.ts";
import type { HistoryRow } from "../reading/progress.ts";
import { limitsHistory, noticesInWords } from "../words/notices.ts";
import { reason } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { quietReason } from "./quiet-reason.ts";
import { Reason } from "./reason.ts";
import {
  DayRangeRef,
  ratesOf,
  readRatesOf,
  reasonOf,
  stateOfStream,
  streamsOf,
  windowsOf,
  Stream,
  windowsOfStream,
} from "./stream.ts";

const BackfillMonth = builder.objectRef<MonthOfDays>("BackfillMonth").implement({
  description: "Days of one month. Those not named are not in the plan.",
  ...rule("readDatasources"),
  fields: (t) => ({
    month: t.expose("month", { type: "Date", description: "First day of the month." }),
    rows: t.expose("rows", {
      type: "BigInt",
      description: "About how many records of `countedStreams` were read for its days, when the history was.",
    }),
    ranges: t.field({
      type: [DayRangeRef],
      description: "Its days, oldest first.",
      resolve: (month) => [...month.ranges],
    }),
  }),
});

const BackfillStateEnum = builder.enumType("BackfillState", {
  description: "How far the first history is.",
  values: {
    NONE: { value: "none" },
    QUEUED: { value: "queued" },
    RUNNING: { value: "running" },
    DONE: { value: "done" },
    FAILED: { value: "failed" },
  } as const,
});

export interface EtaView extends EtaRange {
  readonly message: string;
  readonly reason: ReasonView | null;
  readonly isLate: boolean;
}

const Eta = builder.objectRef<EtaView>("Eta").implement({
  description: "How long it still takes: always a range, with the reason.",
  ...rule("readDatasources"),
  fields: (t) => ({
    minSeconds: t.exposeInt("minSeconds", { description: "At the earliest, seconds from now." }),
    maxSeconds: t.exposeInt("maxSeconds", { description: "At the latest, seconds from now." }),
    message: t.exposeString("message", { description: 'The range in words: "7-9 h left".' }),
    reason: t.expose("reason", { type: Reason, nullable: true, description: "Who limits whom." }),
    isLate: t.exposeBoolean("isLate", { description: "Nothing has moved for five minutes." }),
  }),
});

/** The first or the last of these moments of the newest run, as `pick` says; null where there is none. */
async function momentOf(
  view: DatasourceView,
  ctx: Context,
  of: "startedAt" | "finishedAt",
  pick: (...times: number[]) => number,
): Promise<Date | null> {
  const slices = (await ctx.load.history.load(view.row.id)) ?? [];
  const times = newestRun(slices).flatMap((slice) => slice[of]?.getTime() ?? []);
  return times.length === 0 ? null : new Date(pick(...times));
}

const beganAt = (view: DatasourceView, ctx: Context) => momentOf(view, ctx, "startedAt", Math.min);

/** What the range of an ETA is reckoned from: days that an earlier run brought tell nothing of how long these take. */
export async function historyUnderWay(view: DatasourceView, ctx: Context) {
  const [windows, startedAt, slices = [], stops = [], movedAt] = await Promise.all([
    windowsOf(view, ctx),
    beganAt(view, ctx),
    ctx.load.history.load(view.row.id),
    ctx.load.stops.load(view.row.id),
    lastMoved(view, ctx),
  ]);
  const pieces = newestRun(windows);
  const quiet = startedAt === null ? [] : quietSince(view, startedAt, ctx.now);
  const rested = restsBetween(quiet, newestRun(slices), movedAt);
  const elapsed = startedAt === null ? null : secondsAtWork(startedAt, ctx.now, [...stops, ...rested]);
  return { pieces, elapsed, share: shareDone(pieces) };
}

/** Its quiet hours since they were set. */
function quietSince({ quietHours, row }: DatasourceView, from: Date, until: Date): Quiet[] {
  if (quietHours === null || row.quietSince === null) return [];
  const first = Math.max(from.getTime(), row.quietSince.getTime());
  return quietBetween(quietHours, first, until.getTime()).map((quiet) => ({
    from: Math.max(quiet.from, first),
    to: quiet.to,
  }));
}

async function lastMoved(view: DatasourceView, ctx: Context): Promise<Date | null> {
  const moved = Math.max(0, ...(await streamsOf(view, ctx)).map(({ progress }) => progress?.movedAt?.getTime() ?? 0));
  return moved === 0 ? null : new Date(moved);
}

const LONGEST_AHEAD_MS = 120 * 86_400_000;

/** The range as the clock will have it: the quiet hours ahead lie in it, without those that it was told to go on in. */
function asTheClockHasIt(
  range: EtaRange,
  { quietHours, lasting }: DatasourceView,
  { now, moves }: { readonly now: Date; readonly moves: boolean },
): EtaRange {
  if (quietHours === null) return range;
  const first = moves && lasting !== null ? lasting.to : now.getTime();
  return withRests(range, now, quietBetween(quietHours, first, now.getTime() + LONGEST_AHEAD_MS));
}

/** Of all that was read of it, an extension like the first: days between two of them are nobody's work. */
async function atWork(view: DatasourceView, ctx: Context, ofStream: string | null = null): Promise<number | null> {
  const [slices = [], stops = []] = await Promise.all([
    ctx.load.history.load(view.row.id),
    ctx.load.stops.load(view.row.id),
  ]);
  const its = slices.filter(({ stream }) => ofStream === null || stream === ofStream);
  const seconds = spansOf(its).reduce((sum, { from, until }) => sum + secondsAtWork(from, until, stops), 0);
  return seconds === 0 ? null : Math.round(seconds);
}

/** From the beginning to the end of each run that read of it. */
const spansOf = (slices: readonly HistoryRow[]): Hours[] =>
  [...Map.groupBy(slices, ({ n }) => n).values()].flatMap((run) => {
    const times = run.flatMap(({ startedAt, finishedAt }) =>
      startedAt === null ? [] : [startedAt, finishedAt ?? startedAt],
    );
    const instants = times.map((time) => time.getTime());
    return instants.length === 0
      ? []
      : [{ from: new Date(Math.min(...instants)), until: new Date(Math.max(...instants)) }];
  });

/** Known once all of it is in; of files, and of what was read before there was a ledger, there are none. */
async function callsOf(view: DatasourceView, ctx: Context): Promise<string | null> {
  const slices = (await ctx.load.history.load(view.row.id)) ?? [];
  if (view.row.backfill !== "done" || slices.length === 0) return null;
  return countCalls(ctx.db, view.row.id, spansOf(slices));
}

const LATE_AFTER_MS = 5 * 60_000;
/** What moved so lately does not rest: somebody told it to go on in quiet hours. */
const MOVES_MS = 60_000;

/** Begun, and nothing stops it. */
export const isUnderWay = ({ row, status }: DatasourceView): boolean =>
  row.backfill === "running" && status.dataSync === "FETCHING_HISTORICAL_DATA";

/** Known at once of all but the few whose history is under way: a promise for each of the others costs a list dear. */
const etaOfBackfill = (view: DatasourceView, _args: object, ctx: Context): Promise<EtaView | null> | null =>
  isUnderWay(view) ? etaInWords(view, ctx) : null;

async function etaInWords(view: DatasourceView, ctx: Context): Promise<EtaView | null> {
  const [{ share, elapsed }, rate] = await Promise.all([historyUnderWay(view, ctx), rateOfWindows(view, ctx)]);
  const reckoned = etaOf(share, rate, elapsed);
  if (reckoned === null) return null;
  const streams = await streamsOf(view, ctx);
  const waiting = streams.find((stream) => stateOfStream(stream) === "WAITING");
  const moved = (await lastMoved(view, ctx))?.getTime() ?? 0;
  const moves = ctx.now.getTime() - moved < MOVES_MS;
  const range = asTheClockHasIt(reckoned, view, { now: ctx.now, moves });
  const quiet = moves ? null : await quietReason(view, ctx);
  return {
    ...range,
    message: rangeInWords(range, ctx),
    reason: quiet ?? (waiting === undefined ? reason(ctx.words, "eta", "pace") : await reasonOf(waiting, {}, ctx)),
    isLate: quiet === null && moved > 0 && ctx.now.getTime() - moved > LATE_AFTER_MS,
  };
}

export function rangeInWords({ minSeconds, maxSeconds }: EtaRange, { words: say }: Pick<Context, "words">): string {
  const [unit, size] =
    maxSeconds < 90
      ? (["seconds", 1] as const)
      : maxSeconds < 5400
        ? (["minutes", 60] as const)
        : (["hours", 3600] as const);
  const from = Math.max(1, Math.floor(minSeconds / size));
  const to = Math.max(from, Math.ceil(maxSeconds / size));
  return from === to
    ? say.say(`left.${unit}.one`, { count: say.count(to) })
    : say.say(`left.${unit}`, { from: say.count(from), to: say.count(to) });
}

const totalRate = async (view: DatasourceView, ctx: Context): Promise<number | null> =>
  sumOf([...(await readRatesOf(view, ctx)).values()]);

/** A window counts the rows of the stream that it reads, not of those that ride along. */
export async function rateOfWindows(view: DatasourceView, ctx: Context): Promise<number | null> {
  const [reads, rates] = await Promise.all([readRatesOf(view, ctx), ratesOf(view, ctx)]);
  const known = [...reads.keys()].flatMap((carrier) => rates.get(carrier) ?? []);
  return known.length < reads.size ? null : sumOf(known);
}

const sumOf = (rates: readonly number[]): number | null =>
  rates.length === 0 ? null : Math.round(rates.reduce((sum, rate) => sum + rate, 0));

/** Null while counting: no window is planned yet. */
const percentOfAll = (view: DatasourceView, _args: object, ctx: Context): Promise<number | null> | number =>
  view.row.backfill === "done" ? 100 : percentOfWindows(view, ctx);

async function percentOfWindows(view: DatasourceView, ctx: Context): Promise<number | null> {
  const pieces = newestRun(await windowsOf(view, ctx));
  return pieces.length === 0 ? null : Math.min(99, Math.floor(shareDone(pieces).done * 100));
}

const daysIn = async (view: DatasourceView, ctx: Context, states: readonly DayState[]): Promise<number> =>
  countDays(dayRanges(await windowsOf(view, ctx)), states);

export const Backfill = builder.objectRef<DatasourceView>("Backfill").implement({
  description: "The first history of a datasource, newest days first.",
  ...rule("readDatasources"),
  fields: (t) => ({
    state: t.field({
      type: BackfillStateEnum,
      description: "How far it is.",
      resolve: ({ row }) => row.backfill,
    }),
    percent: t.int({ nullable: true, description: "0 to 100; null while counting.", resolve: percentOfAll }),
    rows: t.field({
      type: "BigInt",
      description: "Rows held, of all streams.",
      resolve: ({ rowsHeld }) => rowsHeld,
    }),
    rowsPerMinute: t.int({
      nullable: true,
      description: "Of all streams together; null while unknown or not moving.",
      resolve: (view, _args, ctx) => totalRate(view, ctx),
    }),
    eta: t.field({
      type: Eta,
      nullable: true,
      description: "Null while counting (before 3% or 30 s) and when nothing runs.",
      resolve: etaOfBackfill,
    }),
    historyFrom: t.field({
      type: "Date",
      nullable: true,
      description: "The first day that is read; null until it is known.",
      resolve: async (view, _args, ctx) =>
        view.row.historyFrom ?? dayRanges(await windowsOf(view, ctx))[0]?.from ?? null,
    }),
    historyReason: t.field({
      type: Reason,
      nullable: true,
      description: "Why history begins there, where something limits it.",
      resolve: (view, _args, ctx) => historyLimit(view, ctx),
    }),
  }),
});

function historyLimit(view: DatasourceView, ctx: Context): ReasonView | null {
  const source = platformEntry(view.row.platform)?.name ?? view.row.platform;
  return noticesInWords(view.account?.details, view.row.platform, source, ctx.locale).find(limitsHistory) ?? null;
}

/** Of every stream, or of the one that is named. */
async function piecesShown(
  view: DatasourceView,
  stream: string | null | undefined,
  ctx: Context,
): Promise<readonly Piece[]> {
  if (stream == null) return windowsOf(view, ctx);
  const own = (await streamsOf(view, ctx)).find((one) => one.name === stream);
  return own === undefined ? [] : windowsOfStream(own, ctx);
}

builder.objectFields(Backfill, (t) => ({
  daysTotal: t.int({
    description: "Days in the plan.",
    resolve: (view, _args, ctx) => daysIn(view, ctx, ["ALL", "SOME", "NOW", "QUEUED", "FAILED"]),
  }),
  daysReady: t.int({
    description: "Days that every stream has.",
    resolve: (view, _args, ctx) => daysIn(view, ctx, ["ALL"]),
  }),
  daysSome: t.int({
    description: "Days that some stream has.",
    resolve: async (view, _args, ctx) => daysWithSome(await windowsOf(view, ctx)),
  }),
  startedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it began.",
    resolve: (view, _args, ctx) => beganAt(view, ctx),
  }),
  finishedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it ended.",
    resolve: (view, _args, ctx) =>
      view.row.backfill === "done" || view.row.backfill === "failed"
        ? momentOf(view, ctx, "finishedAt", Math.max)
        : null,
  }),
  runs: t.int({
    description: "In how many runs it was read: the first, and one for each extension.",
    resolve: async (view, _args, ctx) =>
      new Set(((await ctx.load.history.load(view.row.id)) ?? []).map(({ n }) => n)).size,
  }),
  workedSeconds: t.int({
    nullable: true,
    description: "Seconds that reading it took so far, extensions included, what it stood still left out.",
    resolve: (view, _args, ctx) => atWork(view, ctx),
  }),
  calls: t.field({
    type: "BigInt",
    nullable: true,
    ...costing("readDatasources", 5),
    description:
      "About how many calls reading it took: all that were made in its hours, the syncs beside it included. Null until it is in.",
    resolve: (view, _args, ctx) => callsOf(view, ctx),
  }),
  map: t.field({
    type: [BackfillMonth],
    ...costing("readDatasources", 24),
    description: "Newest month first. With a stream: that stream alone.",
    args: { stream: t.arg.string({ description: "Name of one stream." }) },
    resolve: async (view, { stream }, ctx) => {
      const pieces = await piecesShown(view, stream, ctx);
      return byMonth(dayRanges(pieces), pieces);
    },
  }),
  countedStreams: t.stringList({
    description:
      "Names of the streams whose records `map` counts: of those that one pass reads, the one that carries the others; none that is read whole.",
    args: { stream: t.arg.string({ description: "As `map` is asked." }) },
    resolve: async (view, { stream }, ctx) => {
      const counted = new Set((await piecesShown(view, stream, ctx)).map((piece) => piece.stream));
      return (await streamsOf(view, ctx)).map(({ name }) => name).filter((name) => counted.has(name));
    },
  }),
}));

builder.objectField(Stream, "workedSeconds", (t) =>
  t.int({
    nullable: true,
    ...costing("readDatasources", 2),
    description:
      "Seconds that reading its history took so far, extensions included, what it stood still left out; a resync is no part of it.",
    resolve: ({ view, carriedBy }, _args, ctx) => atWork(view, ctx, carriedBy),
  }),
);
