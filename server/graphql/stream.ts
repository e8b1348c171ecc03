/** Streams of one datasource, each with its own beginning and end. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import type { FailedStreams } from "@headwater/workflows/lifecycle/facts.ts";
import { byMonth, countDays, dayRanges, daysWithSome, piecesOf } from "../reading/backfill-map.ts";
import type { DayRange, MonthOfDays, Piece } from "../reading/backfill-map.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { etaOf, shareDone } from "../reading/eta.ts";
import type { EtaRange } from "../reading/eta.ts";
import type { ProgressRow } from "../reading/progress.ts";
import { reason, storedReasonInWords } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";
import { platformEntry } from "../reading/catalog.ts";
import { limitsHistory, noticesInWords } from "../words/notices.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { globalId, Node, nodeSource } from "./node.ts";
import { Reason } from "./reason.ts";
import { settingOf } from "./reason-setting.ts";

const DayState = builder.enumType("DayState", {
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
    state: t.expose("state", { type: DayState, description: "How far these days are." }),
  }),
});

const BackfillMonth = builder.objectRef<MonthOfDays>("BackfillMonth").implement({
  description: "Days of one month. Those not named are not in the plan.",
  ...rule("readDatasources"),
  fields: (t) => ({
    month: t.expose("month", { type: "Date", description: "First day of the month." }),
    rows: t.expose("rows", { type: "BigInt", description: "About how many rows came from it." }),
    ranges: t.field({
      type: [DayRangeRef],
      description: "Its days, oldest first.",
      resolve: (month) => [...month.ranges],
    }),
  }),
});

export interface StreamView {
  readonly view: DatasourceView;
  readonly name: string;
  /** Itself, or the stream whose pages bring it. */
  readonly carriedBy: string;
  readonly progress: ProgressRow | null;
  readonly pieces: readonly Piece[];
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

/** Every stream of the connector in its order, those that nothing is known of included. */
export async function streamsOf(view: DatasourceView, ctx: Context): Promise<StreamView[]> {
  const [rows, slices] = await Promise.all([ctx.load.progress.load(view.row.id), ctx.load.history.load(view.row.id)]);
  const pieces = piecesOf(slices ?? [], zoneOf(view));
  const declared = connectorFor(view.row.platform)?.streams ?? [];
  const granted = new Set(view.grant?.scopes);
  const named = new Set(declared.map((stream) => stream.name));
  const known = declared.map((stream) => ({
    name: stream.name,
    carriedBy: stream.carriedBy ?? stream.name,
    isGranted: view.grant === null || granted.size === 0 || stream.needs.every((scope) => granted.has(scope)),
  }));
  const others = (rows ?? [])
    .filter((row) => !named.has(row.stream))
    .map((row) => ({ name: row.stream, carriedBy: row.stream, isGranted: true }));
  return [...known, ...others].map(({ name, carriedBy, isGranted }) => ({
    view,
    name,
    carriedBy,
    isGranted,
    progress: rows?.find((row) => row.stream === name) ?? rows?.find((row) => row.stream === carriedBy) ?? null,
    pieces: pieces.filter((piece) => piece.stream === carriedBy),
  }));
}

export const zoneOf = (view: DatasourceView): string => view.account?.zone ?? "UTC";

const words = ({ view }: StreamView, ctx: Context) => wordsOfPlatform(view.row.platform, ctx.locale);

function percentOf({ progress, pieces }: StreamView): number {
  if (progress?.state === "done") return 100;
  if (pieces.length > 0) return Math.min(99, Math.floor(shareDone(pieces).done * 100));
  if (progress === null || progress.windowsTotal === 0) return 0;
  return Math.min(99, Math.floor((progress.windowsDone / progress.windowsTotal) * 100));
}

const rateOf = (progress: ProgressRow | null): number | null =>
  progress?.ratePerMinute == null || progress.state !== "running" ? null : Math.round(progress.ratePerMinute);

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
      resolve: ({ progress }) => rateOf(progress),
    }),
    windowsDone: t.int({
      description: "Windows of its history that are in.",
      resolve: ({ progress }) => progress?.windowsDone ?? 0,
    }),
    windowsTotal: t.int({
      description: "Windows of its history in all.",
      resolve: ({ progress }) => progress?.windowsTotal ?? 0,
    }),
    percent: t.int({ description: "0 to 100, windows weighted by the rows a day seen so far.", resolve: percentOf }),
  }),
});

builder.objectFields(Stream, (t) => ({
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
    description: "Everything before this instant is in.",
    resolve: ({ progress }) => progress?.through ?? null,
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
    description: "When rows last landed.",
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
    resolve: ({ pieces }) => dayRanges(pieces),
  }),
}));

async function reasonOf(stream: StreamView, _args: object, ctx: Context): Promise<ReasonView | null> {
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
  return waitOf(stream, { source, zone }, ctx);
}

/** In the source's own words where it has said why; else by what the load path knows of it. */
function waitOf(
  { view, progress }: StreamView,
  { source, zone }: { source: string; zone: string },
  ctx: Context,
): ReasonView | null {
  const waiting = progress?.waitingFor ?? null;
  if (waiting === null) return null;
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

export interface BackfillView {
  readonly view: DatasourceView;
  readonly pieces: readonly Piece[];
  readonly ranges: readonly DayRange[];
  readonly streams: readonly StreamView[];
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export async function backfillOf(view: DatasourceView, _args: object, ctx: Context): Promise<BackfillView> {
  const [streams, slices] = await Promise.all([streamsOf(view, ctx), ctx.load.history.load(view.row.id)]);
  const pieces = piecesOf(slices ?? [], zoneOf(view));
  const started = (slices ?? []).flatMap((slice) => slice.startedAt ?? []);
  const finished = (slices ?? []).flatMap((slice) => slice.finishedAt ?? []);
  const time = (dates: Date[], pick: (...values: number[]) => number) =>
    dates.length === 0 ? null : new Date(pick(...dates.map((date) => date.getTime())));
  return {
    view,
    pieces,
    ranges: dayRanges(pieces),
    streams,
    startedAt: time(started, Math.min),
    finishedAt: view.row.backfill === "done" || view.row.backfill === "failed" ? time(finished, Math.max) : null,
  };
}

const LATE_AFTER_MS = 5 * 60_000;

async function etaInWords(backfill: BackfillView, _args: object, ctx: Context): Promise<EtaView | null> {
  const { view, streams } = backfill;
  if (view.row.backfill !== "running" || view.status.dataSync !== "FETCHING_HISTORICAL_DATA") return null;
  const range = etaOf(shareDone(backfill.pieces), totalRate(streams), backfill.startedAt, ctx.now);
  if (range === null) return null;
  const waiting = streams.find((stream) => stateOfStream(stream) === "WAITING");
  const moved = Math.max(0, ...streams.map((stream) => stream.progress?.movedAt?.getTime() ?? 0));
  return {
    ...range,
    message: rangeInWords(range, ctx),
    reason: waiting === undefined ? reason(ctx.words, "eta", "pace") : await reasonOf(waiting, {}, ctx),
    isLate: moved > 0 && ctx.now.getTime() - moved > LATE_AFTER_MS,
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

const totalRate = (streams: readonly StreamView[]): number | null => {
  const rates = [...new Map(streams.map((stream) => [stream.progress?.stream, rateOf(stream.progress)])).values()];
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
};

const distinctRows = (streams: readonly StreamView[]): number =>
  [...new Map(streams.map((stream) => [stream.progress?.stream, stream.progress?.rows ?? 0])).values()].reduce(
    (sum, rows) => sum + rows,
    0,
  );

/** Null while counting: no window is planned yet. */
function percentOfAll({ view, pieces }: BackfillView): number | null {
  if (view.row.backfill === "done") return 100;
  return pieces.length === 0 ? null : Math.min(99, Math.floor(shareDone(pieces).done * 100));
}

export const Backfill = builder.objectRef<BackfillView>("Backfill").implement({
  description: "The first history of a datasource, newest days first.",
  ...rule("readDatasources"),
  fields: (t) => ({
    state: t.field({
      type: BackfillStateEnum,
      description: "How far it is.",
      resolve: ({ view }) => view.row.backfill,
    }),
    percent: t.int({ nullable: true, description: "0 to 100; null while counting.", resolve: percentOfAll }),
    rows: t.field({
      type: "BigInt",
      description: "Rows held, of all streams.",
      resolve: ({ streams }) => distinctRows(streams),
    }),
    rowsPerMinute: t.int({
      nullable: true,
      description: "Of all streams together; null while unknown or not moving.",
      resolve: ({ streams }) => totalRate(streams),
    }),
    eta: t.field({
      type: Eta,
      nullable: true,
      description: "Null while counting (before 3% or 30 s) and when nothing runs.",
      resolve: etaInWords,
    }),
    historyFrom: t.field({
      type: "Date",
      nullable: true,
      description: "The first day that is read; null until it is known.",
      resolve: ({ view, ranges }) => view.row.historyFrom ?? ranges[0]?.from ?? null,
    }),
    historyReason: t.field({
      type: Reason,
      nullable: true,
      description: "Why history begins there, where something limits it.",
      resolve: ({ view }, _args, ctx) => historyLimit(view, ctx),
    }),
    daysTotal: t.int({
      description: "Days in the plan.",
      resolve: ({ ranges }) => countDays(ranges, ["ALL", "SOME", "NOW", "QUEUED", "FAILED"]),
    }),
    daysReady: t.int({
      description: "Days that every stream has.",
      resolve: ({ ranges }) => countDays(ranges, ["ALL"]),
    }),
    daysSome: t.int({ description: "Days that some stream has.", resolve: ({ pieces }) => daysWithSome(pieces) }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true, description: "When it began." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
    map: t.field({
      type: [BackfillMonth],
      ...costing("readDatasources", 24),
      description: "Newest month first. With a stream: that stream alone.",
      args: { stream: t.arg.string({ description: "Name of one stream." }) },
      resolve: ({ pieces, ranges, streams }, { stream }) => {
        if (stream == null) return byMonth(ranges, pieces);
        const own = streams.find((one) => one.name === stream)?.pieces ?? [];
        return byMonth(dayRanges(own), own);
      },
    }),
  }),
});

function historyLimit(view: DatasourceView, ctx: Context): ReasonView | null {
  const source = platformEntry(view.row.platform)?.name ?? view.row.platform;
  return noticesInWords(view.account?.details, view.row.platform, source, ctx.locale).find(limitsHistory) ?? null;
}
