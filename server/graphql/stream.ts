/** Streams of one datasource, each with its own beginning and end. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import type { FailedStreams, Rejected } from "@headwater/workflows/lifecycle/facts.ts";
import { dayRanges, newestRun, piecesOf } from "../reading/backfill-map.ts";
import type { DayRange, HistorySlice, Piece } from "../reading/backfill-map.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { shareDone } from "../reading/eta.ts";
import type { ProgressRow } from "../reading/progress.ts";
import { broughtBy, ownRates, readRates } from "../reading/rates.ts";
import type { StreamRate } from "../reading/rates.ts";
import { reason, rejectedInWords, storedReasonInWords } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { globalId, Node, nodeSource } from "./node.ts";
import { Reason } from "./reason.ts";
import { settingOf } from "./reason-setting.ts";

const DayStateEnum = builder.enumType("DayState", {
  description:
    "All streams are in, some are, it is read now, it waits, it failed, or it lies before the account began.",
  values: ["ALL", "SOME", "NOW", "QUEUED", "FAILED", "BEFORE"] as const,
});

export const DayRangeRef = builder.objectRef<DayRange>("DayRange").implement({
  description: "Neighbouring days in the same state, both ends counted.",
  ...rule("readDatasources"),
  fields: (t) => ({
    from: t.expose("from", { type: "Date", description: "First day, in the account's zone." }),
    to: t.expose("to", { type: "Date", description: "Last day, in the account's zone." }),
    state: t.expose("state", { type: DayStateEnum, description: "How far these days are." }),
  }),
});

export interface StreamView {
  readonly view: DatasourceView;
  readonly name: string;
  /** Itself, or the stream whose pages bring it. */
  readonly carriedBy: string;
  readonly progress: ProgressRow | null;
  readonly isGranted: boolean;
}

const StreamState = builder.enumType("StreamState", {
  description: "A stream begins, waits and ends by itself, whatever the others do.",
  values: ["NOT_GRANTED", "QUEUED", "RUNNING", "WAITING", "DONE", "FAILED"] as const,
});
type StreamStateName = "NOT_GRANTED" | "QUEUED" | "RUNNING" | "WAITING" | "DONE" | "FAILED";

const STATES: Readonly<Record<string, StreamStateName>> = {
  queued: "QUEUED",
  running: "RUNNING",
  waiting: "WAITING",
  done: "DONE",
  failed: "FAILED",
  notGranted: "NOT_GRANTED",
};

export function stateOfStream(stream: StreamView): StreamStateName {
  const { progress, isGranted } = stream;
  if (!isGranted) return "NOT_GRANTED";
  if (failureOf(stream) !== null) return "FAILED";
  if (progress === null) return "QUEUED";
  if (progress.waitingFor !== null && progress.state === "running") return "WAITING";
  return STATES[progress.state] ?? "QUEUED";
}

/** Its history may be in, and the newest of it still cannot be read. */
function failureOf({ view, name, carriedBy }: StreamView): FailedStreams | null {
  const failed = view.facts.failedStreams;
  return failed !== null && (failed.names.includes(name) || failed.names.includes(carriedBy)) ? failed : null;
}

/** Of a kind that no stream names, the one that was asked. */
function rejectedOf({ view, carriedBy }: StreamView, name: string): Rejected[] {
  const declared = connectorFor(view.row.platform)?.streams ?? [];
  const streamOf = (one: Rejected): string =>
    declared.find(
      (stream) => (stream.carriedBy ?? stream.name) === one.stream && stream.kinds.some((kind) => kind === one.kind),
    )?.name ?? one.stream;
  return (view.facts.rejected ?? []).filter((one) => one.stream === carriedBy && streamOf(one) === name);
}

/** A rejected record is kept aside with all that it carries. */
const lacksNothing = (stream: StreamView): boolean =>
  [stream.name, stream.carriedBy].every((name) => rejectedOf(stream, name).length === 0);

/** Not even its newest days are in: what a sync reads beside its first history is only what has changed since. */
const awaitsFirstDays = ({ view: { row }, progress }: StreamView): boolean =>
  row.backfill === "running" &&
  progress !== null &&
  progress.windowsTotal > 0 &&
  progress.windowsDone === 0 &&
  progress.lastDay === null;

/** A datasource is in no further than any of its streams; of what has ended it tells how far it was read. */
export async function completeThroughOf(view: DatasourceView, ctx: Context): Promise<Date | null> {
  const { completeThrough, disconnectedAt } = view.row;
  if (disconnectedAt !== null) return completeThrough;
  return (await streamsOf(view, ctx)).some(awaitsFirstDays) ? null : completeThrough;
}

/** Of what was refused nobody knows the time at the source: it is in as far as all of them are. */
export function throughOf(stream: StreamView): Date | null {
  if (awaitsFirstDays(stream)) return null;
  const through = stream.progress?.through ?? null;
  const { completeThrough } = stream.view.row;
  if (through === null || lacksNothing(stream)) return through;
  return completeThrough !== null && completeThrough > through ? through : completeThrough;
}

/** Read for who asks only: a list is mostly of histories that are in, and of those nobody needs the windows. */
export async function windowsOf(view: DatasourceView, ctx: Context): Promise<readonly Piece[]> {
  const slices = await ctx.load.history.load(view.row.id);
  if (slices === undefined) return [];
  const known = pieces.get(slices) ?? piecesOf(slices, zoneOf(view));
  pieces.set(slices, known);
  return known;
}

/** Many fields of one answer ask for the same windows. */
const pieces = new WeakMap<readonly HistorySlice[], readonly Piece[]>();

export const windowsOfStream = async ({ view, carriedBy }: StreamView, ctx: Context): Promise<readonly Piece[]> =>
  (await windowsOf(view, ctx)).filter((piece) => piece.stream === carriedBy);

/** Every stream of the connector in its order, those that nothing is known of included. */
export async function streamsOf(view: DatasourceView, ctx: Context): Promise<StreamView[]> {
  const rows = (await ctx.load.progress.load(view.row.id)) ?? [];
  const before = streamsByRows.get(rows);
  if (before?.[0]?.view === view) return before;
  const streams = streamsFrom(view, rows);
  streamsByRows.set(rows, streams);
  return streams;
}

/** Streams and backfill of one answer ask for the same. */
const streamsByRows = new WeakMap<readonly ProgressRow[], StreamView[]>();

function streamsFrom(view: DatasourceView, rows: readonly ProgressRow[]): StreamView[] {
  const declared = connectorFor(view.row.platform)?.streams ?? [];
  const granted = new Set(view.grant?.scopes);
  const named = new Set(declared.map((stream) => stream.name));
  const known = declared.map((stream) => ({
    name: stream.name,
    carriedBy: stream.carriedBy ?? stream.name,
    isGranted: view.grant === null || granted.size === 0 || stream.needs.every((scope) => granted.has(scope)),
  }));
  const others = rows
    .filter((row) => !named.has(row.stream))
    .map((row) => ({ name: row.stream, carriedBy: row.stream, isGranted: true }));
  return [...known, ...others].map(({ name, carriedBy, isGranted }) => ({
    view,
    name,
    carriedBy,
    isGranted,
    progress: rows.find((row) => row.stream === name) ?? rows.find((row) => row.stream === carriedBy) ?? null,
  }));
}

const zoneOf = (view: DatasourceView): string => view.account?.zone ?? "UTC";

const words = ({ view }: StreamView, ctx: Context) => wordsOfPlatform(view.row.platform, ctx.locale);

function percentOf(stream: StreamView, _args: object, ctx: Context): Promise<number> | number {
  const { progress } = stream;
  if (progress === null) return 0;
  const { backfill } = stream.view.row;
  if (progress.state === "done" || (backfill === "done" && isWhole(progress))) return 100;
  // With the history in, or given up in part, it is read again: the windows that count are those of that.
  const isOfHistory = backfill === "running" || (backfill === "failed" && progress.state === "failed");
  return isOfHistory ? percentOfWindows(stream, progress, ctx) : shareOfWindows(progress);
}

/** What a sync reads beside it is no part of its history. */
const isWhole = ({ windowsDone, windowsTotal }: ProgressRow): boolean =>
  windowsTotal > 0 && windowsDone >= windowsTotal;

async function percentOfWindows(stream: StreamView, progress: ProgressRow, ctx: Context): Promise<number> {
  const windows = newestRun(await windowsOf(stream.view, ctx)).filter((piece) => piece.stream === stream.carriedBy);
  if (windows.length > 0) return Math.min(99, Math.floor(shareDone(windows).done * 100));
  return shareOfWindows(progress);
}

const shareOfWindows = ({ windowsDone, windowsTotal }: ProgressRow): number =>
  windowsTotal === 0 ? 0 : Math.min(99, Math.floor((windowsDone / windowsTotal) * 100));

const streamRates = (streams: readonly StreamView[]): StreamRate[] =>
  streams.flatMap(({ name, carriedBy, progress }) =>
    progress?.stream === name ? [{ name, carriedBy, rows: progress.rows, ofItsRead: rateOf(progress) }] : [],
  );

/** Rows a minute of each read that moves, whatever streams it brings, by the one that carries it. */
export const readRatesOf = async (view: DatasourceView, ctx: Context): Promise<ReadonlyMap<string, number>> =>
  readRates(streamRates(await streamsOf(view, ctx)));

/** Rows a minute by the stream's name, of those that move and of which it is known. */
export async function ratesOf(view: DatasourceView, ctx: Context): Promise<ReadonlyMap<string, number>> {
  const [streams, history = []] = await Promise.all([streamsOf(view, ctx), ctx.load.history.load(view.row.id)]);
  return ownRates(streamRates(streams), broughtBy(history));
}

const rateOfStream = async ({ view, name }: StreamView, ctx: Context): Promise<number | null> =>
  (await ratesOf(view, ctx)).get(name) ?? null;

const rateOf = ({ ratePerMinute, state }: ProgressRow): number | null => (state === "running" ? ratePerMinute : null);

const readWith = async ({ view, name, carriedBy }: StreamView, _args: object, ctx: Context): Promise<string[]> =>
  (await streamsOf(view, ctx))
    .filter((other) => other.carriedBy === carriedBy && other.name !== name && other.isGranted)
    .map((other) => other.name);

export const Stream = builder.objectRef<StreamView>("Stream").implement({
  description: "One kind of record that the source gives, and how far its history is.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: ({ view, name }) => globalId("Stream", `${view.row.id}:${name}`) }),
    name: t.exposeString("name", { description: "Its name in addresses and filters." }),
    title: t.string({
      description: "Its name on screen.",
      resolve: (stream, _args, ctx) => words(stream, ctx).say(`stream.${stream.name}`),
    }),
    about: t.string({
      description: "What it is.",
      resolve: (stream, _args, ctx) => {
        const key = `stream.${stream.name}.about`;
        return words(stream, ctx).has(key) ? words(stream, ctx).say(key) : "";
      },
    }),
    state: t.field({ type: StreamState, description: "How far it is.", resolve: stateOfStream }),
    rows: t.field({ type: "BigInt", description: "Rows held.", resolve: ({ progress }) => progress?.rows ?? 0 }),
    rowsPerMinute: t.int({
      nullable: true,
      description: "Smoothed over 60 s; null while unknown or not moving.",
      resolve: (stream, _args, ctx) => (stream.progress?.state === "running" ? rateOfStream(stream, ctx) : null),
    }),
    windowsDone: t.int({
      description: "Windows of its history that are in.",
      resolve: ({ progress }) => progress?.windowsDone ?? 0,
    }),
    windowsTotal: t.int({
      description: "Windows of its history in all.",
      resolve: ({ progress }) => progress?.windowsTotal ?? 0,
    }),
    percent: t.int({
      description:
        "0 to 100: of its history, windows weighted by the rows a day seen so far; while that is read again, by windows.",
      resolve: percentOf,
    }),
  }),
});

builder.objectFields(Stream, (t) => ({
  readWith: t.stringList({
    description:
      "Names of the other streams that one pass over the source reads with it: a resync of one is of them all.",
    resolve: readWith,
  }),
  firstDay: t.field({
    type: "Date",
    nullable: true,
    description: "Oldest day held.",
    resolve: ({ progress }) => progress?.firstDay ?? null,
  }),
  lastDay: t.field({
    type: "Date",
    nullable: true,
    description: "Newest day held.",
    resolve: ({ progress }) => progress?.lastDay ?? null,
  }),
  completeThrough: t.field({
    type: "DateTime",
    nullable: true,
    description: "Everything before this instant is in; null before its newest days are.",
    resolve: throughOf,
  }),
  startedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When its history began to be read.",
    resolve: ({ progress }) => progress?.startedAt ?? null,
  }),
  finishedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When its history was in.",
    resolve: ({ progress }) => progress?.finishedAt ?? null,
  }),
  movedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When its reading last got on: with rows, without any, or by a source that it waits for.",
    resolve: ({ progress }) => progress?.movedAt ?? null,
  }),
  reason: t.field({
    type: Reason,
    nullable: true,
    description: "What it waits for or why it failed.",
    resolve: reasonOf,
  }),
  days: t.field({
    type: [DayRangeRef],
    ...costing("readDatasources", 12),
    description: "Its days, oldest first.",
    resolve: async (stream, _args, ctx) => dayRanges(await windowsOfStream(stream, ctx)),
  }),
}));

export async function reasonOf(stream: StreamView, _args: object, ctx: Context): Promise<ReasonView | null> {
  const { source, zone } = await settingOf(stream.view, ctx);
  if (!stream.isGranted)
    return reason(ctx.words, "stream", "notGranted", { values: { source }, remedy: "GRANT_SCOPES" });
  const failed = failureOf(stream);
  if (failed !== null)
    return reason(ctx.words, "stream", "failed", {
      values: { source, when: ctx.words.when(new Date(failed.since), zone), said: failed.said },
      since: failed.since,
      remedy: "CONTACT_SUPPORT",
    });
  if (stateOfStream(stream) === "FAILED") return incomplete(stream, source, ctx);
  return waitOf(stream, { source, zone }, ctx) ?? missing(stream, { source, zone }, ctx);
}

function missing(
  stream: StreamView,
  setting: { readonly source: string; readonly zone: string },
  ctx: Context,
): ReasonView | null {
  if (lacksNothing(stream)) return null;
  const own = rejectedOf(stream, stream.name);
  if (own.length > 0) return rejectedInWords("stream", "rejected", own, { ...setting, words: ctx.words });
  const carrier = words(stream, ctx).say(`stream.${stream.carriedBy}`);
  const its = rejectedOf(stream, stream.carriedBy);
  return rejectedInWords("stream", "rejected", its, { ...setting, words: ctx.words, carrier });
}

/** A piece of it was given up; one that rides along on another has no word of its own. */
async function incomplete(
  { view, progress, carriedBy }: StreamView,
  source: string,
  ctx: Context,
): Promise<ReasonView> {
  const rows = await ctx.load.progress.load(view.row.id);
  const carrier = rows?.find((row) => row.stream === carriedBy);
  const said = progress?.waitingFor?.["said"] ?? carrier?.waitingFor?.["said"];
  const worded = reason(ctx.words, "stream", "incomplete", { remedy: "RETRY" });
  return typeof said === "string" && said !== ""
    ? { ...worded, meaning: ctx.words.say("stream.incomplete.told.meaning", { source, said }) }
    : worded;
}

/** In the source's own words where it has said why; else by what the load path knows of it. */
function waitOf(
  { view, progress }: StreamView,
  { source, zone }: { source: string; zone: string },
  ctx: Context,
): ReasonView | null {
  const waiting = progress?.waitingFor ?? null;
  // What stops it stops the whole datasource, and is told there.
  if (waiting === null || "class" in waiting) return null;
  const until = typeof waiting["until"] === "string" ? new Date(waiting["until"]) : null;
  const own = waiting["code"];
  const theirs = wordsOfPlatform(view.row.platform, ctx.locale);
  const isOwn = typeof own === "string" && theirs.has(`notice.${own}`);
  const code = isOwn ? own : (waiting["because"] ?? own ?? waiting["kind"]);
  const parts = {
    values: { source, until: until === null ? "" : ctx.words.when(until, zone) },
    until,
    remedy: "WAIT",
  } as const;
  return storedReasonInWords(isOwn ? theirs : ctx.words, isOwn ? "notice" : "waiting", { ...waiting, code }, parts);
}

nodeSource({
  typename: "Stream",
  permission: "readDatasources",
  isId: (id) => isUuid(id.split(":")[0]),
  load: async (id, ctx) => {
    const [datasource = "", name] = id.split(":");
    const view = await ctx.load.datasource.load(datasourceId(datasource));
    return view === undefined ? null : (await streamsOf(view, ctx)).find((stream) => stream.name === name);
  },
});
