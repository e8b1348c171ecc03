/** A datasource as every page sees it. Statuses come from `deriveStatus`, never from a column. */
import { isUuid } from "@headwater/db/schema/ids.ts";
import { runKinds } from "@headwater/db/schema/values.ts";
import { isOpen } from "../reading/commands.ts";
import { hasRhythm, knownPlatform, platformEntry } from "../reading/catalog.ts";
import { isDead, isLateSince, needsAttention, nextRunOf, standsStill } from "../reading/datasources.ts";
import type { AccountRow, DatasourceView } from "../reading/datasources.ts";
import { pageOfRejected, pageOfRuns } from "../reading/runs.ts";
import type { QuarantineRow, RunRow } from "../reading/runs.ts";
import { pageOfTimeline } from "../reading/timeline.ts";
import type { TimelineRow } from "../reading/timeline.ts";
import { noticesInWords } from "../words/notices.ts";
import { connectionReasonInWords, dataSyncReasonInWords } from "../words/reasons.ts";
import { AccountCandidate, candidatesOf } from "./account-candidate.ts";
import { ActionState, actionsOf } from "./actions.ts";
import { ConnectAttempt } from "./attempt.ts";
import { builder, costing, rule } from "./builder.ts";
import { pageArgsOf, pageOf, readTimeAndId } from "./connection.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { CallCountRef, Grant } from "./grant.ts";
import { globalId, isRunId, Node } from "./node.ts";
import { Platform } from "./platform.ts";
import { Actor, ActorKind, Reason } from "./reason.ts";
import { settingOf } from "./reason-setting.ts";
import { Command, RejectedRecordConnection, Run, RunConnection, RunKind, RunMark } from "./run.ts";
import { Backfill } from "./backfill.ts";
import { completeThroughOf, Stream, streamsOf } from "./stream.ts";
import { TimelineEntryConnection } from "./timeline.ts";

const ConnectionStatus = builder.enumType("ConnectionStatus", {
  description: "Whether the credentials work and go on working.",
  values: ["CONNECTED", "REAUTHORIZE"] as const,
});
const DataSyncStatus = builder.enumType("DataSyncStatus", {
  description: "Whether data comes in.",
  values: ["NOT_SYNCED", "FETCHING_HISTORICAL_DATA", "ACTIVE", "INACTIVE"] as const,
});

const ConnectionState = builder.objectRef<DatasourceView>("ConnectionState").implement({
  description: "The connection status with its reason.",
  ...rule("readDatasources"),
  fields: (t) => ({
    status: t.field({
      type: ConnectionStatus,
      description: "Connected, or somebody must act.",
      resolve: ({ status }) => status.connection ?? "REAUTHORIZE",
    }),
    reason: t.field({
      type: Reason,
      nullable: true,
      description: "Null while all is well.",
      resolve: (view, _args, ctx) => {
        const { connectionReason } = view.status;
        return connectionReason === null
          ? null
          : settingOf(view, ctx).then((setting) => connectionReasonInWords(connectionReason, setting));
      },
    }),
    since: t.field({
      type: "DateTime",
      nullable: true,
      description: "Since when its access has worked without a break; null where it does not.",
      resolve: (view) => (isDead(view) || view.row.auth !== "ok" ? null : view.row.authSince),
    }),
    isDead: t.boolean({
      description: "The credential no longer works: the DATA panel says Disconnected.",
      resolve: isDead,
    }),
  }),
});

const DataSyncState = builder.objectRef<DatasourceView>("DataSyncState").implement({
  description: "The data sync status with its reason.",
  ...rule("readDatasources"),
  fields: (t) => ({
    status: t.field({
      type: DataSyncStatus,
      description: "Whether data comes in.",
      resolve: ({ status }) => status.dataSync ?? "NOT_SYNCED",
    }),
    reason: t.field({
      type: Reason,
      nullable: true,
      description: "Null while all is well.",
      resolve: (view, _args, ctx) => {
        const { dataSyncReason } = view.status;
        return dataSyncReason === null
          ? null
          : settingOf(view, ctx).then((setting) => dataSyncReasonInWords(dataSyncReason, setting));
      },
    }),
  }),
});

const Account = builder.objectRef<AccountRow>("Account").implement({
  description: "The shop, ad account, property or list at the source.",
  ...rule("readDatasources"),
  fields: (t) => ({
    externalId: t.exposeString("externalId", { description: "The source's own id." }),
    name: t.exposeString("name", { description: "Its name at the source." }),
    domain: t.exposeString("domain", { nullable: true, description: "Its address, where it has one." }),
    currency: t.expose("currency", {
      type: "CurrencyCode",
      nullable: true,
      description: "Its currency, where it has one.",
    }),
    zone: t.exposeString("zone", { nullable: true, description: "IANA zone in which its days are cut." }),
  }),
});

/** Older than twice its cadence, quiet hours not counted. */
const isStale = (view: DatasourceView, now: Date): boolean =>
  view.status.standing === "datasource" &&
  hasRhythm(view.row.platform) &&
  view.row.lastSuccessAt !== null &&
  isLateSince(view, view.row.lastSuccessAt, { now });

builder.objectType(Datasource, {
  description: "One organisation's connection to one account on one platform.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: ({ row }) => globalId("Datasource", row.id) }),
    name: t.string({ description: "Its name here; a member may change it.", resolve: ({ row }) => row.name }),
    platform: t.field({
      type: Platform,
      description: "Its platform.",
      resolve: ({ row }) => knownPlatform(row.platform),
    }),
    account: t.field({
      type: Account,
      nullable: true,
      description: "Null while it is still being connected, and once its data is deleted.",
      resolve: ({ account }) => (account?.externalId.startsWith("purged:") === true ? null : account),
    }),
    connection: t.field({
      type: ConnectionState,
      nullable: true,
      description: "Null while it is still being connected, and after it was disconnected.",
      resolve: statusOf,
    }),
    dataSync: t.field({
      type: DataSyncState,
      nullable: true,
      description: "Null while it is still being connected, and after it was disconnected.",
      resolve: statusOf,
    }),
    needsAttention: t.boolean({ description: "True where a person must act.", resolve: needsAttention }),
    attempt: t.field({
      type: ConnectAttempt,
      nullable: true,
      description: "The connect or reauthorize attempt that is open or was last.",
      resolve: attemptOf,
    }),
    accountCandidates: t.field({
      type: [AccountCandidate],
      ...costing("readDatasources", 10),
      description: "Accounts behind the login, while one must be chosen.",
      resolve: candidatesOf,
    }),
    choosingUntil: t.field({
      type: "DateTime",
      nullable: true,
      description: "Until when an account can be chosen; null where none is to be.",
      resolve: ({ row, facts }) =>
        row.phase === "AUTHORIZING" && facts.accountsListed && !facts.accountChosen ? row.authorizingUntil : null,
    }),
  }),
});

builder.objectFields(Datasource, (t) => ({
  grant: t.field({
    type: Grant,
    nullable: true,
    description: "Null where none is held.",
    resolve: ({ grant }) => grant,
  }),
  streams: t.field({
    type: [Stream],
    ...costing("readDatasources", 10),
    description: "Its streams, in the platform's order.",
    resolve: (view, _args, ctx) => streamsOf(view, ctx),
  }),
  backfill: t.field({ type: Backfill, description: "Its first history.", resolve: (view) => view }),
  currentRun: t.field({
    type: Run,
    nullable: true,
    description: "A run under way now; null while the datasource stands still, though one goes on later.",
    resolve: async (view, _args, ctx) =>
      standsStill(view) ? null : ((await ctx.load.unfinishedRun.load(view.row.id)) ?? null),
  }),
  recentRuns: t.field({
    type: [RunMark],
    ...costing("readDatasources", 24),
    description: "The last 24 runs that fetch, oldest first.",
    resolve: async ({ row }, _args, ctx) => (await ctx.load.recentRuns.load(row.id)) ?? [],
  }),
}));

builder.objectFields(Datasource, (t) => ({
  runs: t.field({
    type: RunConnection,
    description: "Every run, newest first.",
    args: {
      ...pageArgsOf(t),
      kind: t.arg({ type: RunKind, description: "Of one kind." }),
    },
    resolve: ({ row }, args, ctx) =>
      pageOf(
        args,
        { write: (run: RunRow) => [run.startedAt.getTime(), run.id], read: (parts) => readTimeAndId(parts, isRunId) },
        (limit, after) =>
          pageOfRuns(ctx.db, row.id, { limit, after }, runKinds.find((kind) => kind === args.kind) ?? null),
      ),
  }),
  timeline: t.field({
    type: TimelineEntryConnection,
    description: "What people, the system and the source did, newest first.",
    args: {
      ...pageArgsOf(t),
      by: t.arg({ type: ActorKind, description: "Of one kind of actor." }),
    },
    resolve: ({ row }, args, ctx) =>
      pageOf(
        args,
        {
          write: (entry: TimelineRow) => [entry.at.getTime(), entry.key],
          read: (parts) => placeOf(readTimeAndId(parts, (key) => /^[anr]:[\w:-]+$/.test(key))),
        },
        (limit, after) => pageOfTimeline(ctx.db, row, { limit, after }, args.by?.toLowerCase() ?? null),
      ),
  }),
  rejectedRecords: t.field({
    type: RejectedRecordConnection,
    description: "Records that could not be mapped, newest first.",
    args: pageArgsOf(t),
    resolve: ({ row }, args, ctx) =>
      pageOf(
        args,
        { write: (found: QuarantineRow) => [found.id], read: ([id]) => (isUuid(id) ? id : null) },
        (limit, after) => pageOfRejected(ctx.db, row.id, { limit, after }),
      ),
  }),
}));

builder.objectFields(Datasource, (t) => ({
  calls: t.field({
    type: [CallCountRef],
    ...costing("readDatasources", 10),
    description: "Calls made with its credential over the last 7 days, by method and path.",
    resolve: async ({ row }, _args, ctx) => (await ctx.load.calls.load(row.id)) ?? [],
  }),
  commands: t.field({
    type: [Command],
    ...costing("readDatasources", 5),
    description: "Its commands that are not settled yet, and those settled in the last hour, newest first.",
    resolve: async ({ row }, _args, ctx) => (await ctx.load.commands.load(row.id)) ?? [],
  }),
  viewerCan: t.field({
    type: [ActionState],
    ...costing("readDatasources", 12),
    description: "Every action with whether it may be asked for now and, if not, why.",
    resolve: actionsOf,
  }),
}));

builder.objectFields(Datasource, (t) => ({
  cadenceSeconds: t.int({
    description: "Distance between two syncs.",
    resolve: ({ row }) => Math.round(row.cadenceMs / 1000),
  }),
  nextRunAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it is next gone through; null where nothing is due.",
    resolve: (view) => nextRunOf(view),
  }),
  lastSuccessAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it was last gone through whole.",
    resolve: ({ row }) => row.lastSuccessAt,
  }),
  lastAttemptAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it was last tried.",
    resolve: ({ row }) => row.lastAttemptAt,
  }),
  completeThrough: t.field({
    type: "DateTime",
    nullable: true,
    description: "Everything before this instant is in; null before the newest days of every stream are.",
    resolve: (view, _args, ctx) => completeThroughOf(view, ctx),
  }),
  isStale: t.boolean({
    description: "Older than twice its cadence, quiet hours not counted.",
    resolve: (view, _args, ctx) => isStale(view, ctx.now),
  }),
  rowsLastDay: t.field({
    type: "BigInt",
    description: "Rows written in the last 24 hours.",
    resolve: async ({ row }, _args, ctx) => (await ctx.load.rowsLastDay.load(row.id)) ?? 0,
  }),
  rowsTotal: t.field({
    type: "BigInt",
    description: "Rows held, of all streams.",
    resolve: ({ rowsHeld }) => rowsHeld,
  }),
}));

builder.objectFields(Datasource, (t) => ({
  firstNumbersAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When its first numbers could be seen.",
    resolve: ({ row }) => row.firstNumbersAt,
  }),
  connectedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it was connected.",
    resolve: ({ row }) => row.connectedAt,
  }),
  connectedBy: t.field({
    type: Actor,
    nullable: true,
    description: "Who connected it.",
    resolve: ({ row }) => {
      const by = row.connectedBy ?? row.createdBy;
      return by === null ? null : { kind: "person" as const, userId: by };
    },
  }),
  createdAt: t.field({
    type: "DateTime",
    description: "When Connect was clicked.",
    resolve: ({ row }) => row.createdAt,
  }),
  disconnectedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When it was disconnected.",
    resolve: ({ row }) => row.disconnectedAt,
  }),
  disconnectedBy: t.field({
    type: Actor,
    nullable: true,
    description: "Who disconnected it.",
    resolve: ({ row }) => row.disconnectedBy,
  }),
  undoUntil: t.field({
    type: "DateTime",
    nullable: true,
    description: "Until when Disconnect can be undone.",
    resolve: ({ row }, _args, ctx) => (row.undoUntil !== null && row.undoUntil > ctx.now ? row.undoUntil : null),
  }),
  takesSlot: t.boolean({
    description: "Counts toward the plan.",
    resolve: ({ row }) => platformEntry(row.platform)?.takesSlot ?? true,
  }),
  notices: t.field({
    type: [Reason],
    description: "What the source said that a person must know: history cut short, more granted than asked.",
    resolve: ({ row, account }, _args, ctx) =>
      noticesInWords(account?.details, row.platform, platformEntry(row.platform)?.name ?? row.platform, ctx.locale),
  }),
}));

builder.objectFields(Datasource, (t) => ({
  deletesDataAt: t.field({
    type: "DateTime",
    nullable: true,
    description:
      "From when on its rows are deleted, as was chosen with its disconnect or later; null where they are kept.",
    resolve: ({ row }) => (row.deleteData ? row.undoUntil : null),
  }),
  deletesDataBy: t.field({
    type: Actor,
    nullable: true,
    description: "Who chose that its rows are deleted; null where they are kept.",
    resolve: ({ row }) => (row.deleteData ? (row.deleteDataBy ?? row.disconnectedBy) : null),
  }),
  dataDeletedAt: t.field({
    type: "DateTime",
    nullable: true,
    description: "When the last of its rows was deleted; also with those of another datasource on the same account.",
    resolve: ({ row }) => row.dataDeletedAt,
  }),
}));

const statusOf = (view: DatasourceView): DatasourceView | null => (view.status.standing === "datasource" ? view : null);
const placeOf = (place: { at: Date; id: string } | null) => (place === null ? null : { at: place.at, key: place.id });

/** While it is being connected: always. Later: while one is open, or the last one brought something worth saying. */
async function attemptOf(view: DatasourceView, _args: object, ctx: Context) {
  const attempt = await ctx.load.newestAttempt.load(view.row.id);
  if (attempt === undefined) return null;
  // Until the source has told the account, what was typed is all that tells two apart.
  if (view.status.standing === "attempt" || view.account === null) return attempt;
  return isOpen(attempt, ctx.now) || (attempt.purpose !== "connect" && attempt.consumedAt !== null) ? attempt : null;
}
