/** Notices in the app: told once that something began, once that it is over. */
import { isUuid, noticeId } from "@headwater/db/schema/ids.ts";
import { organisationOf } from "../access/caller.ts";
import { isAbout } from "../organisations/abouts.ts";
import { markRead, readerOf } from "../organisations/inbox.ts";
import { platformEntry } from "../reading/catalog.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { countUnread, isRead, pageOfNotices, readNoticesByIds } from "../reading/inbox.ts";
import type { NoticeRow } from "../reading/inbox.ts";
import { storedReasonInWords } from "../words/reasons.ts";
import type { ReasonView, RemedyKind } from "../words/reasons.ts";
import { builder, rule } from "./builder.ts";
import { connectionOf, pageArgsOf, pageOf, readTimeAndId } from "./connection.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { commandField } from "./mutation-field.ts";
import { text } from "./json-fields.ts";
import { globalId, idIn, Node, nodeSource } from "./node.ts";
import { Organisation, organisationNow } from "./organisation.ts";
import { InvalidInput, NotAllowed } from "../words/problems.ts";
import { Platform } from "./platform.ts";
import { nameOf, Remedy } from "./reason.ts";

const NoticeKind = builder.enumType("NoticeKind", {
  description: "What a notice is about.",
  values: {
    SOURCE_DOWN: { value: "sourceDown" },
    STREAMS_FAILED: { value: "streamsFailed" },
    GRANT_ENDING: { value: "grantEnding" },
    ACCESS_LOST: { value: "accessLost" },
    PAUSED_BY_PLATFORM: { value: "pausedByPlatform" },
    FROZEN_AT_SOURCE: { value: "frozenAtSource" },
    HISTORY_INCOMPLETE: { value: "historyIncomplete" },
    LINK_FOLLOWED: { value: "linkFollowed" },
    SHAPE_CHANGED: { value: "shapeChanged" },
    COSTS_DIFFER: { value: "costsDiffer" },
    VERSION_RETIRED: { value: "versionRetired" },
    REQUESTED: { value: "requested" },
    DATA_DELETED: { value: "dataDeleted" },
    PLATFORM_OPENED: { value: "platformOpened" },
    REVIEW_DUE: { value: "reviewDue" },
  } as const,
});

export const RequestAbout = builder.enumType("RequestAbout", {
  description: "What is asked of those who may.",
  values: {
    RECONNECT: { value: "reconnect" },
    REPAIR: { value: "repair" },
    CONNECT: { value: "connect" },
    CHANGE_PLAN: { value: "changePlan" },
    SEE_PLAN: { value: "seePlan" },
    SEE_ACCESS_REVIEW: { value: "seeAccessReview" },
    API_TOKEN: { value: "apiToken" },
  } as const,
});

const REMEDIES: Readonly<Record<NoticeRow["kind"], RemedyKind | null>> = {
  sourceDown: "WAIT",
  streamsFailed: "CONTACT_SUPPORT",
  grantEnding: "REAUTHORIZE",
  accessLost: "REAUTHORIZE",
  pausedByPlatform: "RESUME",
  frozenAtSource: "AT_SOURCE",
  historyIncomplete: "RETRY",
  linkFollowed: null,
  shapeChanged: "CONTACT_SUPPORT",
  costsDiffer: "CONTACT_SUPPORT",
  versionRetired: "CONTACT_SUPPORT",
  requested: null,
  dataDeleted: null,
  platformOpened: null,
  reviewDue: null,
};

/** From when on nobody was to mend it any more: one that another took the place of is disconnected later. */
const goneSince = (view: DatasourceView | undefined): Date | null =>
  view === undefined || view.row.disconnectedAt === null ? null : (view.row.replacedAt ?? view.row.disconnectedAt);

/** What was asked, deleted or opened is told alike before and after; what went with its datasource never worked again. */
function codeOf({ kind, detail, resolvedAt }: NoticeRow, gone: Date | null): string {
  const isCut = kind === "accessLost" || kind === "pausedByPlatform";
  const endedWith = isCut && gone !== null && resolvedAt !== null && resolvedAt >= gone;
  if (kind !== "requested" && (endedWith || text(detail, "endedBy") === "disconnect")) return "disconnected.over";
  if (kind === "accessLost" && resolvedAt === null && text(detail, "cause") === "disconnectUndone")
    return "accessLost.undone";
  if (kind === "platformOpened") return kind;
  if (kind === "dataDeleted") return `dataDeleted.${text(detail, "kind")}`;
  if (kind !== "requested") return `${kind}.${resolvedAt === null ? "standing" : "over"}`;
  const about = text(detail, "about");
  return about === "connect" && text(detail, "platform") === null ? "requested.connectAny" : `requested.${about}`;
}

const platformOf = ({ detail }: NoticeRow) => platformEntry(text(detail, "platform") ?? "");

async function peopleOf({ id, kind }: NoticeRow, ctx: Context): Promise<string> {
  if (kind !== "requested") return "";
  const askers = (await ctx.load.askers.load(id)) ?? [];
  const names = await Promise.all(askers.map((userId) => nameOf({ kind: "person", userId }, ctx)));
  return names.length === 0 ? ctx.words.say("actor.former") : ctx.words.list(names);
}

/** Standing or over: two sentences. Instants among its values are told in the brand's zone, as on all its pages. */
async function wordsOf(row: NoticeRow, ctx: Context): Promise<ReasonView> {
  const view = row.datasourceId === null ? undefined : await ctx.load.datasource.load(row.datasourceId);
  const source = (platformOf(row) ?? platformEntry(view?.row.platform ?? ""))?.name ?? "";
  const { zone } = await organisationNow(ctx);
  const detail = Object.fromEntries(
    Object.entries(row.detail).map(([name, value]) => [
      name,
      name.endsWith("At") && typeof value === "string"
        ? ctx.words.when(new Date(value), zone)
        : name === "rows" && typeof value === "number"
          ? ctx.words.count(value)
          : value,
    ]),
  );
  const found = codeOf(row, goneSince(view));
  const ofKey = `${found}.key`;
  const isKey = platformEntry(view?.row.platform ?? "")?.methods[0] === "key";
  const code = isKey && ctx.words.has(`inbox.${ofKey}`) ? ofKey : found;
  const told = storedReasonInWords(
    ctx.words,
    "inbox",
    { ...detail, code },
    {
      values: {
        source,
        // An account whose data was deleted has no name left.
        account: view?.account?.name || view?.row.name || source,
        people: await peopleOf(row, ctx),
        since: ctx.words.when(row.since, zone),
      },
      remedy: row.resolvedAt === null ? REMEDIES[row.kind] : null,
    },
  );
  if (told === null) throw new Error("a notice has a kind");
  return told;
}

export const Notice = builder.objectRef<NoticeRow>("Notice").implement({
  description: "Something that people of the organisation are told of, from its beginning to its end.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("Notice", row.id) }),
    kind: t.expose("kind", { type: NoticeKind, description: "What it is about." }),
    datasource: t.field({
      type: Datasource,
      nullable: true,
      description: "Which datasource.",
      resolve: async (row, _args, ctx) =>
        row.datasourceId === null ? null : ((await ctx.load.datasource.load(row.datasourceId)) ?? null),
    }),
    about: t.field({
      type: RequestAbout,
      nullable: true,
      description: "What somebody asks for; null where it tells of something else.",
      resolve: ({ kind, detail: { about } }) => (kind === "requested" && isAbout(about) ? about : null),
    }),
    platform: t.field({
      type: Platform,
      nullable: true,
      description: "Which platform opened, or is asked for.",
      resolve: platformOf,
    }),
    message: t.string({
      description: "What happened.",
      resolve: async (row, _args, ctx) => (await wordsOf(row, ctx)).message,
    }),
    meaning: t.string({
      nullable: true,
      description: "What it means for the data.",
      resolve: async (row, _args, ctx) => (await wordsOf(row, ctx)).meaning,
    }),
    remedy: t.field({
      type: Remedy,
      nullable: true,
      description: "What to do; null once it is over.",
      resolve: async (row, _args, ctx) => (await wordsOf(row, ctx)).remedy,
    }),
    since: t.expose("since", { type: "DateTime", description: "Since when." }),
    resolvedAt: t.expose("resolvedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was over; null while it stands.",
    }),
    isRead: t.boolean({
      extensions: { rule: "readDatasources", isPersonal: true },
      description: "Whether who asks has read it.",
      resolve: isRead,
    }),
  }),
});
const NoticeConnection = connectionOf(Notice, { name: "Notice", permission: "readDatasources" });

nodeSource({
  typename: "Notice",
  permission: "readDatasources",
  isId: isUuid,
  load: async (id, ctx) => (await readNoticesByIds(ctx.db, readerOf(ctx.caller), [noticeId(id)]))[0] ?? null,
});

builder.objectFields(Organisation, (t) => ({
  inbox: t.field({
    type: NoticeConnection,
    extensions: { rule: "readDatasources", isPersonal: true },
    description: "What its people are told of, newest first.",
    args: pageArgsOf(t),
    resolve: (_row, args, ctx) =>
      pageOf(
        args,
        {
          write: (notice: NoticeRow) => [notice.since.getTime(), notice.id],
          read: (parts) => readTimeAndId(parts, isUuid),
        },
        (limit, after) => pageOfNotices(ctx.db, readerOf(ctx.caller), { limit, after }),
      ),
  }),
  unreadNotices: t.int({
    extensions: { rule: "readDatasources", isPersonal: true },
    description: "Notices that stand and that who asks has not read; 0 for an API token.",
    resolve: (_row, _args, ctx) => (ctx.caller.kind === "person" ? countUnread(ctx.db, readerOf(ctx.caller)) : 0),
  }),
}));

const MarkNoticeReadInput = builder.inputType("MarkNoticeReadInput", {
  description: "Notices that were read.",
  fields: (t) => ({ notices: t.idList({ required: true, description: "Their ids, at most 100." }) }),
});
const MarkNoticeReadSuccess = builder
  .objectRef<{ readonly rows: readonly NoticeRow[] }>("MarkNoticeReadSuccess")
  .implement({
    description: "Marked, for who asks alone.",
    ...rule("readDatasources"),
    fields: (t) => ({
      notices: t.field({ type: [Notice], description: "As they now stand.", resolve: ({ rows }) => [...rows] }),
    }),
  });

commandField({
  name: "markNoticeRead",
  type: "MarkNoticeRead",
  does: "Marks notices as read, for who asks.",
  permission: "ownInbox",
  input: MarkNoticeReadInput,
  success: MarkNoticeReadSuccess,
  problems: [InvalidInput, NotAllowed],
  work: async (ctx, input: (typeof MarkNoticeReadInput)["$inferInput"]) => {
    if (organisationOf(ctx.caller) === null) throw new NotAllowed();
    const ids = input.notices.flatMap((id) => idIn("Notice", id) ?? []);
    return { rows: await markRead(ctx, ids.map(noticeId)) };
  },
});
