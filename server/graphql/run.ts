/** Runs with their slices and ledgers, what they rejected, and the commands that asked for them. */
import { commandId, isUuid, sliceId } from "@headwater/db/schema/ids.ts";
import { failureClasses } from "@headwater/db/schema/values.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import type { CommandRow } from "../reading/commands.ts";
import { pageOfSlices } from "../reading/runs.ts";
import type { QuarantineRow, RunRow, SliceRow } from "../reading/runs.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { reason, storedReasonInWords, uploadOutcomeInWords } from "../words/reasons.ts";
import type { RemedyKind } from "../words/reasons.ts";
import { builder, rule } from "./builder.ts";
import { connectionOf, pageArgsOf, pageOf } from "./connection.ts";
import type { Context } from "./context.ts";
import { globalId, isRunId, Node, nodeSource } from "./node.ts";
import { Actor, Reason, Remedy } from "./reason.ts";

const mapping = (names: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(names).map(([value, name]) => [name, { value }]));

export const RunKind = builder.enumType("RunKind", {
  description: "Why a datasource is gone through: the hourly sync, its first history, a range again, and the checks.",
  values: {
    SYNC: { value: "sync" },
    BACKFILL: { value: "backfill" },
    RESYNC: { value: "resync" },
    REFRESH: { value: "refresh" },
    REREAD: { value: "reread" },
    SWEEP: { value: "sweep" },
    SPOT_CHECK: { value: "spotCheck" },
    IMPORT: { value: "import" },
  } as const,
});
const RunState = builder.enumType("RunState", {
  description: "How far a run is.",
  values: {
    RUNNING: { value: "running" },
    SUCCEEDED: { value: "succeeded" },
    FAILED: { value: "failed" },
    CANCELLED: { value: "cancelled" },
  } as const,
});
const SliceState = builder.enumType("SliceState", {
  description: "How far a slice is.",
  values: mapping({ queued: "QUEUED", running: "RUNNING", done: "DONE", failed: "FAILED" }),
});
const CommandState = builder.enumType("CommandState", {
  description: "What became of a command.",
  values: mapping({ accepted: "ACCEPTED", done: "DONE", refused: "REFUSED", failed: "FAILED" }),
});

export const Command = builder.objectRef<CommandRow>("Command").implement({
  description: "What somebody asked of a datasource. Its outcome comes by its row, however long that takes.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("Command", row.id) }),
    kind: t.exposeString("kind", { description: "pause, resume, syncNow, resync, ..." }),
    state: t.field({ type: CommandState, description: "Accepted until it is settled.", resolve: (row) => row.state }),
    by: t.field({ type: Actor, description: "Who asked.", resolve: (row) => row.actor }),
    outcome: t.field({
      type: Reason,
      nullable: true,
      description: "What became of it, once settled and worth saying.",
      resolve: (row, _args, ctx) =>
        row.kind === "upload"
          ? uploadOutcomeInWords(ctx.words, wordsOfPlatform("custom-costs", ctx.locale), row.outcome)
          : storedReasonInWords(ctx.words, "command", row.outcome),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was asked." }),
    settledAt: t.expose("settledAt", { type: "DateTime", nullable: true, description: "When it was settled." }),
  }),
});

export const RunCounts = builder.objectRef<RunRow>("RunCounts").implement({
  description:
    "A run's ledger: read = merged + unchanged + deduplicated + rejected. Announced is what the source said there was.",
  ...rule("readDatasources"),
});

const FailureClass = builder.enumType("FailureClass", {
  description: "What is done about a failure: ask a person, ask for a scope, wait, try again, set aside, or stop.",
  values: mapping({
    reauthorize: "REAUTHORIZE",
    permission: "PERMISSION",
    rate_limit: "RATE_LIMIT",
    transient: "TRANSIENT",
    invalid_request: "INVALID_REQUEST",
    gone: "GONE",
    bug: "BUG",
  }),
});
export const FAILURE_REMEDY: Readonly<Record<string, RemedyKind>> = {
  reauthorize: "REAUTHORIZE",
  permission: "GRANT_SCOPES",
  rate_limit: "WAIT",
  transient: "WAIT",
  bug: "CONTACT_SUPPORT",
};

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);
const classOf = (failure: JsonObject): string => failureClasses.find((one) => one === failure["class"]) ?? "bug";

export const Failure = builder.objectRef<JsonObject>("Failure").implement({
  description: "What went wrong at a slice.",
  ...rule("readDatasources"),
  fields: (t) => ({
    class: t.field({ type: FailureClass, description: "Decides what is done about it.", resolve: classOf }),
    message: t.string({
      description: "What happened, in words.",
      resolve: (failure, _args, ctx) => ctx.words.say(`failureClass.${classOf(failure)}`),
    }),
    said: t.string({
      nullable: true,
      description: "The provider's words, at most 200 characters, redacted.",
      resolve: (failure) => text(failure["said"])?.slice(0, 200) ?? null,
    }),
    requestId: t.string({
      nullable: true,
      description: "The provider's id of the request.",
      resolve: (failure) => text(failure["requestId"]),
    }),
    at: t.field({
      type: "DateTime",
      nullable: true,
      description: "When.",
      resolve: (failure) => {
        const at = text(failure["at"]);
        return at === null || Number.isNaN(Date.parse(at)) ? null : new Date(at);
      },
    }),
    remedy: t.field({
      type: Remedy,
      nullable: true,
      description: "What a person can do, where that is anything.",
      resolve: (failure, _args, ctx) => {
        const kind = FAILURE_REMEDY[classOf(failure)];
        return kind === undefined ? null : { kind, label: ctx.words.say(`remedy.${kind}`), url: null };
      },
    }),
  }),
});

const Slice = builder.objectRef<SliceRow>("Slice").implement({
  description: "A bounded piece of a stream, worked through by itself; its row is its checkpoint.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("Slice", row.id) }),
    stream: t.exposeString("stream", { description: "Name of the stream." }),
    from: t.expose("fromAt", {
      type: "DateTime",
      nullable: true,
      description: "Where it begins; null for the beginning of time.",
    }),
    to: t.expose("toAt", { type: "DateTime", nullable: true, description: "Where it ends, not counted." }),
    state: t.field({ type: SliceState, description: "How far it is.", resolve: (row) => row.state }),
    pages: t.exposeInt("pages", { description: "Pages read so far." }),
    rows: t.expose("rows", { type: "BigInt", description: "Rows so far." }),
    expected: t.expose("expected", { type: "BigInt", nullable: true, description: "Rows that the source announced." }),
    attempts: t.exposeInt("attempts", { description: "Attempts so far." }),
    startedAt: t.expose("startedAt", { type: "DateTime", nullable: true, description: "First touched." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "Settled." }),
    failure: t.expose("failure", {
      type: Failure,
      nullable: true,
      description: "Why it failed last; null where it did not.",
    }),
  }),
});
const SliceConnection = connectionOf(Slice, { name: "Slice", permission: "readDatasources" });

export const Run = builder.objectRef<RunRow>("Run").implement({
  description: "One pass over a datasource, with its ledger.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("Run", row.id) }),
    kind: t.expose("kind", { type: RunKind, description: "Why." }),
    n: t.exposeInt("n", { description: "Its number among those of its kind." }),
    state: t.expose("state", { type: RunState, description: "How far it is." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
    attempts: t.exposeInt("attempts", { description: "Attempts so far." }),
    times: t.exposeInt("times", {
      description: "How many syncs in a row went just so, of feeds that had nothing else to tell; else 1.",
    }),
    askedBy: t.field({
      type: Command,
      nullable: true,
      description: "The command that asked for it; null where the schedule did.",
      resolve: async (row, _args, ctx) =>
        row.askedBy === null ? null : ((await ctx.load.command.load(row.askedBy)) ?? null),
    }),
    counts: t.field({ type: RunCounts, description: "Its ledger.", resolve: (row) => row }),
    outcome: t.field({
      type: Reason,
      nullable: true,
      description: "What became of it, once it ended and worth saying.",
      resolve: outcomeOf,
    }),
    slices: t.field({
      type: SliceConnection,
      description: "Its slices, newest window first.",
      args: pageArgsOf(t),
      resolve: (row, args, ctx) =>
        pageOf(
          args,
          {
            write: (slice: SliceRow) => [slice.position, slice.id],
            read: ([position = "", id]) =>
              /^\d{1,9}$/.test(position) && isUuid(id) ? { position: Number(position), id } : null,
          },
          (limit, after) => pageOfSlices(ctx.db, row.id, { limit, after }),
        ),
    }),
  }),
});

function outcomeOf(row: RunRow, _args: object, ctx: Context) {
  if (row.outcome === null) return null;
  const failed = text(row.outcome["class"]);
  return failed === null
    ? storedReasonInWords(ctx.words, "run", row.outcome)
    : reason(ctx.words, "failureClass", classOf(row.outcome), { remedy: FAILURE_REMEDY[classOf(row.outcome)] ?? null });
}

export const RunMark = builder.objectRef<RunRow>("RunMark").implement({
  description: "One bar of the strip of last runs.",
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "The run's id.", resolve: (row) => globalId("Run", row.id) }),
    kind: t.expose("kind", { type: RunKind, description: "Why." }),
    state: t.expose("state", { type: RunState, description: "How it went." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", nullable: true, description: "When it ended." }),
    rows: t.expose("written", { type: "BigInt", description: "Rows written." }),
  }),
});

export const RunConnection = connectionOf(Run, { name: "Run", permission: "readDatasources" });

const RejectedRecord = builder.objectRef<QuarantineRow>("RejectedRecord").implement({
  description: "A record that could not be mapped: kept aside, and the rest went on.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("RejectedRecord", row.id) }),
    stream: t.exposeString("stream", { description: "Name of the stream." }),
    sourceId: t.exposeString("sourceId", {
      nullable: true,
      description: "The source's id of it, where it could be read.",
    }),
    reason: t.exposeString("reason", { description: "A code." }),
    detail: t.exposeString("detail", { nullable: true, description: "What exactly was wrong." }),
    at: t.expose("at", { type: "DateTime", description: "When it came." }),
  }),
});
export const RejectedRecordConnection = connectionOf(RejectedRecord, {
  name: "RejectedRecord",
  permission: "readDatasources",
});

nodeSource({ typename: "Run", permission: "readDatasources", isId: isRunId, load: (id, ctx) => ctx.load.run.load(id) });
nodeSource({
  typename: "Slice",
  permission: "readDatasources",
  isId: isUuid,
  load: (id, ctx) => ctx.load.slice.load(sliceId(id)),
});
nodeSource({
  typename: "RejectedRecord",
  permission: "readDatasources",
  isId: isUuid,
  load: (id, ctx) => ctx.load.rejected.load(id),
});
nodeSource({
  typename: "Command",
  permission: "readDatasources",
  isId: isUuid,
  load: (id, ctx) => ctx.load.command.load(commandId(id)),
});
