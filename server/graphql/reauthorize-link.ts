/** Links by which the holder of a grant authorizes again: made and taken back by a member, followed without an account. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import { isUuid, reauthorizeLinkId } from "@headwater/db/schema/ids.ts";
import { followLink, openInvitation } from "../links/follow.ts";
import type { Invitation } from "../links/follow.ts";
import { makeLink, readLink, revokeLink } from "../links/make.ts";
import type { MadeLink } from "../links/make.ts";
import { mayFollow, stateOfLink, tripOf } from "../links/state.ts";
import type { LinkRow, LinkState } from "../links/state.ts";
import { knownPlatform } from "../reading/catalog.ts";
import { readNewestTry } from "../reading/commands.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { problemOf } from "./attempt.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { targetOf } from "./datasource-mutations.ts";
import { Datasource } from "./datasource-ref.ts";
import { COMMAND_PROBLEMS, key } from "./given.ts";
import { commandField } from "./mutation-field.ts";
import { globalId, idIn, Node, nodeSource } from "./node.ts";
import { LinkGone, LinkLapsed, NotAllowed, PlatformUnavailable } from "../words/problems.ts";
import { Actor, Reason } from "./reason.ts";

const ReauthorizeLinkState = builder.enumType("ReauthorizeLinkState", {
  description: "Sent, opened, signed in and being checked, done, or of no use any more.",
  values: ["SENT", "OPENED", "CHECKING", "DONE", "EXPIRED", "REVOKED"] as const,
});

async function stateNow(row: LinkRow, ctx: Context): Promise<LinkState> {
  const command = tripOf(row);
  const [view, trip] = await Promise.all([
    ctx.load.datasource.load(row.datasourceId),
    command === null ? undefined : ctx.load.command.load(command),
  ]);
  return stateOfLink(row, view, { trip, now: ctx.now });
}

const ReauthorizeLink = builder.objectRef<LinkRow>("ReauthorizeLink").implement({
  description: "A link for the person who holds a grant: 72 hours, one use, no account needed.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("ReauthorizeLink", row.id) }),
    to: t.exposeString("toAddress", { description: "Whom it was written to." }),
    state: t.field({
      type: ReauthorizeLinkState,
      description: "Where it stands.",
      resolve: (row, _args, ctx) => stateNow(row, ctx),
    }),
    createdBy: t.field({
      type: Actor,
      description: "Who sent it.",
      resolve: ({ createdBy }) => ({ kind: "person" as const, userId: createdBy }),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "Until when it works." }),
    openedAt: t.expose("openedAt", { type: "DateTime", nullable: true, description: "When it was first looked at." }),
    doneAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When its holder signed in with the same account; null until that is proven.",
      resolve: async (row, _args, ctx) => ((await stateNow(row, ctx)) === "DONE" ? row.usedAt : null),
    }),
    revokedAt: t.expose("revokedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was taken back.",
    }),
    problem: t.field({
      type: Reason,
      nullable: true,
      description: "Why its last try brought nothing, while it still opens.",
      resolve: async (row, _args, ctx) => {
        if (!mayFollow(await stateNow(row, ctx))) return null;
        const last = await readNewestTry(ctx.db, row);
        return last === null ? null : problemOf(last, ctx);
      },
    }),
  }),
});
nodeSource({
  typename: "ReauthorizeLink",
  permission: "readDatasources",
  isId: isUuid,
  load: (id, ctx) => readLink(ctx, reauthorizeLinkId(id)),
});

builder.objectField(Datasource, "reauthorizeLinks", (t) =>
  t.field({
    type: [ReauthorizeLink],
    ...costing("readDatasources", 3),
    description: "Its links of the last 30 days, newest first.",
    resolve: async ({ row }, _args, ctx) => (await ctx.load.links.load(row.id)) ?? [],
  }),
);

const CreateReauthorizeLinkInput = builder.inputType("CreateReauthorizeLinkInput", {
  description: "A link for whoever holds the grant at the source.",
  fields: (t) => ({
    datasource: t.id({ required: true, description: "The datasource's id." }),
    email: t.string({ required: true, description: "Whom it is mailed to." }),
    idempotencyKey: t.string(key),
  }),
});
const CreateReauthorizeLinkSuccess = builder.objectRef<MadeLink>("CreateReauthorizeLinkSuccess").implement({
  description: "Made and mailed.",
  ...rule("readDatasources"),
  fields: (t) => ({
    link: t.field({ type: ReauthorizeLink, description: "The link.", resolve: ({ row }) => row }),
    url: t.exposeString("url", {
      nullable: true,
      description: "Its address, told here once; null where the same key made it before.",
    }),
    datasource: t.field({ type: Datasource, description: "As it now stands.", resolve: ({ view }) => view }),
  }),
});
commandField({
  name: "createReauthorizeLink",
  type: "CreateReauthorizeLink",
  does: "Mails a link by which the holder of the grant signs in at the source again, without an account here.",
  permission: "consent",
  input: CreateReauthorizeLinkInput,
  success: CreateReauthorizeLinkSuccess,
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: (typeof CreateReauthorizeLinkInput)["$inferInput"]) => makeLink(ctx, targetOf(input), input.email),
});

const RevokeReauthorizeLinkInput = builder.inputType("RevokeReauthorizeLinkInput", {
  description: "A link to take back.",
  fields: (t) => ({ link: t.id({ required: true, description: "Its id." }), idempotencyKey: t.string(key) }),
});
const RevokeReauthorizeLinkSuccess = builder
  .objectRef<{ readonly row: LinkRow; readonly view: DatasourceView }>("RevokeReauthorizeLinkSuccess")
  .implement({
    description: "Taken back: from now on it opens nothing.",
    ...rule("readDatasources"),
    fields: (t) => ({
      link: t.field({ type: ReauthorizeLink, description: "The link.", resolve: ({ row }) => row }),
      datasource: t.field({ type: Datasource, description: "As it now stands.", resolve: ({ view }) => view }),
    }),
  });
commandField({
  name: "revokeReauthorizeLink",
  type: "RevokeReauthorizeLink",
  does: "Takes a link back, once and for all.",
  permission: "consent",
  input: RevokeReauthorizeLinkInput,
  success: RevokeReauthorizeLinkSuccess,
  problems: [NotAllowed, LinkGone],
  work: (ctx, input: (typeof RevokeReauthorizeLinkInput)["$inferInput"]) => {
    const id = idIn("ReauthorizeLink", input.link);
    return revokeLink(ctx, id === null ? null : reauthorizeLinkId(id));
  },
});

const InvitationState = builder.enumType("InvitationState", {
  description: "Whether the link may be followed: open, signed in and being checked, used up, over, or taken back.",
  values: ["OPEN", "CHECKING", "USED", "EXPIRED", "REVOKED"] as const,
});
const STATES = {
  SENT: "OPEN",
  OPENED: "OPEN",
  CHECKING: "CHECKING",
  DONE: "USED",
  EXPIRED: "EXPIRED",
  REVOKED: "REVOKED",
} as const satisfies Readonly<Record<LinkState, string>>;

interface InvitedScopeView {
  readonly entry: CatalogEntry;
  readonly name: string;
  readonly purpose: string;
}
const InvitedScope = builder.objectRef<InvitedScopeView>("InvitedScope").implement({
  description: "What will be asked for at the source.",
  ...rule("anybody"),
  fields: (t) => ({
    name: t.exposeString("name", { description: "The source's name for it." }),
    purpose: t.string({
      description: "What it is for, in plain words.",
      resolve: ({ entry, purpose }, _args, ctx) => wordsOfPlatform(entry.platform, ctx.locale).say(`scope.${purpose}`),
    }),
  }),
});
const InvitedPlatform = builder.objectRef<CatalogEntry>("InvitedPlatform").implement({
  description: "The source, as somebody without an account must know it.",
  ...rule("anybody"),
  fields: (t) => ({
    name: t.string({ description: 'Lower-case name: "shopify".', resolve: ({ platform }) => platform }),
    title: t.string({ description: "The brand's own spelling.", resolve: ({ name }) => name }),
    prerequisites: t.stringList({
      description: "What the person needs at the source.",
      resolve: (entry, _args, ctx) =>
        entry.prerequisites.map((code) => wordsOfPlatform(entry.platform, ctx.locale).say(`prerequisite.${code}`)),
    }),
    scopes: t.field({
      type: [InvitedScope],
      description: "What will be asked for, all of it read-only.",
      resolve: (entry) =>
        (connectorFor(entry.platform)?.catalog ?? entry).scopes.map(({ scope, purpose }) => ({
          entry,
          name: scope,
          purpose,
        })),
    }),
    policyUrl: t.exposeString("policyUrl", { nullable: true, description: "The provider's own page." }),
  }),
});

const ReauthorizeInvitation = builder.objectRef<Invitation>("ReauthorizeInvitation").implement({
  description: "What a link shows to whoever holds it: who asks, for which account, and what is needed. Nothing else.",
  ...rule("anybody"),
  fields: (t) => ({
    organisationName: t.exposeString("organisationName", { description: "For which brand." }),
    askedBy: t.exposeString("askedBy", { description: "Who asks." }),
    whoToAsk: t.exposeString("askedBy", { description: "Who can send another link." }),
    accountName: t.string({
      description: "Which account at the source.",
      resolve: ({ view }) => view.account?.name ?? view.row.name,
    }),
    platform: t.field({
      type: InvitedPlatform,
      description: "The source.",
      resolve: ({ view }) => knownPlatform(view.row.platform),
    }),
    state: t.field({
      type: InvitationState,
      description: "Whether it may be followed.",
      resolve: ({ state }) => STATES[state],
    }),
    problem: t.expose("problem", {
      type: Reason,
      nullable: true,
      description:
        "What was wrong with the last try: refused, another account, too little granted; null where nothing was.",
    }),
    expiresAt: t.field({
      type: "DateTime",
      description: "Until when it works.",
      resolve: ({ link }) => link.expiresAt,
    }),
  }),
});

builder.queryField("reauthorizeLink", (t) =>
  t.field({
    type: ReauthorizeInvitation,
    nullable: true,
    ...rule("anybody"),
    description: "What a link shows. Null for what is no link of ours. Needs no account.",
    args: { token: t.arg.string({ required: true, description: "The last part of its address." }) },
    resolve: (_root, { token }, ctx) => openInvitation(ctx, token),
  }),
);

const FollowReauthorizeLinkInput = builder.inputType("FollowReauthorizeLinkInput", {
  description: "A link to follow.",
  fields: (t) => ({ token: t.string({ required: true, description: "The last part of its address." }) }),
});
const FollowReauthorizeLinkSuccess = builder
  .objectRef<{ readonly authorizeUrl: string }>("FollowReauthorizeLinkSuccess")
  .implement({
    description: "Open authorizeUrl in this browser; it is of no use in another one.",
    ...rule("anybody"),
    fields: (t) => ({
      authorizeUrl: t.exposeString("authorizeUrl", {
        description: "Where the person consents, once, for ten minutes.",
      }),
    }),
  });
commandField({
  name: "followReauthorizeLink",
  type: "FollowReauthorizeLink",
  does: "Begins the trip to the consent screen for whoever holds a link. Needs no account.",
  permission: "anybody",
  input: FollowReauthorizeLinkInput,
  success: FollowReauthorizeLinkSuccess,
  problems: [LinkLapsed, PlatformUnavailable],
  work: (ctx, { token }: (typeof FollowReauthorizeLinkInput)["$inferInput"]) => followLink(ctx, token),
});
