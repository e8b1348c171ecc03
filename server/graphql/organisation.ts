/** The organisation of a request, whoever asks, and the API tokens that act for it. */
import { GraphQLError } from "graphql";
import { regionOf } from "@headwater/db/region.ts";
import { apiTokenId, isUuid, organisationId } from "@headwater/db/schema/ids.ts";
import { may } from "../access/permissions.ts";
import { organisationOf } from "../access/caller.ts";
import { prefixOf } from "../access/token-text.ts";
import { dayIn } from "../reading/days.ts";
import { pageOfTokens, readMemberships, readSessions } from "../reading/organisation.ts";
import type { ApiTokenRow, MembershipRow, OrganisationRow, PlanRow, SessionRow } from "../reading/organisation.ts";
import { readMembers } from "../reading/people.ts";
import type { Member as MemberView } from "../reading/people.ts";
import { builder, rule } from "./builder.ts";
import { connectionOf, pageArgsOf, pageOf, readTimeAndId } from "./connection.ts";
import type { Context } from "./context.ts";
import { globalId, Node, nodeSource } from "./node.ts";
import { nameOf } from "./reason.ts";

const Role = builder.enumType("Role", {
  description: "What a member may do: everything, connect and repair, use and sync, or read.",
  values: {
    OWNER: { value: "owner" },
    ADMIN: { value: "admin" },
    ANALYST: { value: "analyst" },
    VIEWER: { value: "viewer" },
  } as const,
});

/** The row of the organisation that this request is in. Fields that stand in one ask for it; without one they do not run. */
export async function organisationNow(ctx: Context): Promise<OrganisationRow> {
  const id = organisationOf(ctx.caller);
  const row = id === null ? undefined : await ctx.load.organisation.load(id);
  if (row === undefined)
    throw new GraphQLError("This request stands in no organisation.", { extensions: { code: "FORBIDDEN" } });
  return row;
}

export const OrganisationName = builder.objectRef<OrganisationRow>("OrganisationName").implement({
  description: "An organisation as listed in the switcher, whichever is open.",
  ...rule("ownAccount"),
  fields: (t) => ({
    id: t.id({ description: "The organisation's id.", resolve: (row) => globalId("Organisation", row.id) }),
    slug: t.exposeString("slug", { description: "Its name in addresses and in `x-organisation`." }),
    name: t.exposeString("name", { description: "Its name." }),
    isSample: t.boolean({
      description: "A brand of made-up data, to look around in.",
      resolve: (row) => row.sampleUntil !== null,
    }),
  }),
});

const Membership = builder.objectRef<MembershipRow>("Membership").implement({
  description: "An organisation that a person belongs to.",
  ...rule("ownAccount"),
  fields: (t) => ({
    role: t.expose("role", { type: Role, description: "What they may do there." }),
    organisation: t.expose("organisation", { type: OrganisationName, description: "Which." }),
  }),
});

const Session = builder.objectRef<SessionRow>("Session").implement({
  description: "A browser that is signed in.",
  interfaces: [Node],
  ...rule("ownAccount"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("Session", row.id) }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it signed in." }),
    seenAt: t.expose("updatedAt", { type: "DateTime", description: "When it was last seen, to a few minutes." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "When it ends unless seen before." }),
    address: t.exposeString("ipAddress", { nullable: true, description: "Where it signed in from." }),
    userAgent: t.exposeString("userAgent", { nullable: true, description: "What browser it said it was." }),
    isCurrent: t.boolean({
      description: "This very one.",
      resolve: (row, _args, ctx) => ctx.caller.kind === "person" && ctx.caller.sessionId === row.id,
    }),
  }),
});

export interface MeView {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}

const own = <Value>(
  ctx: Context,
  read: (userId: Extract<Context["caller"], { kind: "person" }>["userId"]) => Promise<Value[]>,
): Promise<Value[]> => (ctx.caller.kind === "person" ? read(ctx.caller.userId) : Promise.resolve([]));

export const Me = builder.objectRef<MeView>("Me").implement({
  description: "The person who is signed in.",
  interfaces: [Node],
  ...rule("ownAccount"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: ({ userId }) => globalId("Me", userId) }),
    name: t.exposeString("name", { description: "Their name." }),
    email: t.exposeString("email", { description: "Their e-mail address." }),
    memberships: t.field({
      type: [Membership],
      description: "Organisations they belong to.",
      resolve: (_me, _args, ctx) => own(ctx, (user) => readMemberships(ctx.db, user)),
    }),
    sessions: t.field({
      type: [Session],
      description: "Browsers that are signed in, last seen first.",
      resolve: (_me, _args, ctx) => own(ctx, (user) => readSessions(ctx.db, user)),
    }),
  }),
});

builder.queryField("me", (t) =>
  t.field({
    type: Me,
    nullable: true,
    description: "Who is asking. Null for an API token or nobody.",
    ...rule("anybody"),
    resolve: (_root, _args, { caller }) =>
      caller.kind === "person" ? { userId: caller.userId, name: caller.name, email: caller.email } : null,
  }),
);
nodeSource({
  typename: "Me",
  permission: "ownAccount",
  isId: isUuid,
  load: (id, { caller }) =>
    Promise.resolve(
      caller.kind === "person" && caller.userId === id
        ? { userId: caller.userId, name: caller.name, email: caller.email }
        : null,
    ),
});
nodeSource({
  typename: "Session",
  permission: "ownAccount",
  isId: isUuid,
  load: async (id, ctx) =>
    (await own(ctx, (user) => readSessions(ctx.db, user))).find((session) => session.id === id) ?? null,
});

const Plan = builder.objectRef<PlanRow>("Plan").implement({
  description: "How many connected apps an organisation may hold.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    name: t.string({ description: "Its name for programs.", resolve: (plan) => plan.id }),
    title: t.string({
      description: "Its name on screen.",
      resolve: (plan, _args, ctx) => ctx.words.say(`plan.${plan.id}`),
    }),
    allowance: t.exposeInt("allowance", { nullable: true, description: "Null: as many as you like." }),
  }),
});

export interface SlotsView {
  readonly used: number;
  readonly allowance: number | null;
}

export const Slots = builder.objectRef<SlotsView>("Slots").implement({
  description: 'The meter: "7 of 10 connected apps".',
  ...rule("readOrganisation"),
  fields: (t) => ({
    used: t.exposeInt("used", { description: "Slots held." }),
    allowance: t.exposeInt("allowance", { nullable: true, description: "Null: as many as you like." }),
    free: t.int({
      nullable: true,
      description: "Null: as many as you like.",
      resolve: ({ used, allowance }) => (allowance === null ? null : Math.max(0, allowance - used)),
    }),
  }),
});

const plansNow = async (ctx: Context): Promise<PlanRow[]> => (await ctx.load.plans.load("all")) ?? [];
async function planOf(row: OrganisationRow, ctx: Context): Promise<PlanRow> {
  return (await plansNow(ctx)).find((plan) => plan.id === row.plan) ?? { id: row.plan, allowance: 0, rank: 0 };
}

export const slotsOf = async (row: OrganisationRow, ctx: Context): Promise<SlotsView> => ({
  used: (await ctx.load.slotsUsed.load(row.id)) ?? 0,
  allowance: (await planOf(row, ctx)).allowance,
});

const ORGANISATION_ACTIONS = {
  CONNECT_DATASOURCE: "consent",
  MANAGE_DATASOURCES: "manageDatasources",
  SYNC_NOW: "syncNow",
  MANAGE_TOKENS: "manageTokens",
  MANAGE_OWN_TOKENS: "manageOwnTokens",
  SET_PLAN: "setPlan",
  SEE_MEMBERS: "readMembers",
} as const;
type OrganisationActionName = keyof typeof ORGANISATION_ACTIONS;
const ACTION_NAMES = [
  "CONNECT_DATASOURCE",
  "MANAGE_DATASOURCES",
  "SYNC_NOW",
  "MANAGE_TOKENS",
  "MANAGE_OWN_TOKENS",
  "SET_PLAN",
  "SEE_MEMBERS",
] as const satisfies readonly OrganisationActionName[];
const OrganisationAction = builder.enumType("OrganisationAction", {
  description: "What a caller may do in an organisation at all.",
  values: ACTION_NAMES,
});

export const Member = builder.objectRef<MemberView>("Member").implement({
  description: "A person in the organisation.",
  ...rule("readMembers"),
  fields: (t) => ({
    role: t.expose("role", { type: Role, description: "What they may do." }),
    name: t.exposeString("name", { description: "Their name." }),
    email: t.exposeString("email", { description: "Their e-mail address." }),
    since: t.expose("since", { type: "DateTime", description: "Since when." }),
  }),
});

const TokenScope = builder.enumType("TokenScope", {
  description: "What an API token may do: read, or read and command.",
  values: { READ: { value: "read" }, MANAGE: { value: "manage" }, COSTS_UPLOAD: { value: "costs:upload" } } as const,
});
export { TokenScope };

export const ApiToken = builder.objectRef<ApiTokenRow>("ApiToken").implement({
  description: "A token that acts for the organisation. Its secret is told once, when it is made.",
  interfaces: [Node],
  ...rule("readTokens"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("ApiToken", row.id) }),
    name: t.exposeString("name", { description: "What it is for." }),
    prefix: t.string({ description: "How its text begins.", resolve: (row) => prefixOf(row.organisationId, row.id) }),
    lastFour: t.exposeString("lastFour", { description: "How its secret ends." }),
    scopes: t.field({ type: [TokenScope], description: "What it may do.", resolve: (row) => row.scopes }),
    createdBy: t.string({
      description: "Who made it.",
      resolve: (row, _args, ctx) => nameOf({ kind: "person", userId: row.createdBy }, ctx),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    expiresAt: t.expose("expiresAt", { type: "DateTime", description: "When it ends." }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last used, to a minute.",
    }),
    lastUsedFrom: t.exposeString("lastUsedFrom", { nullable: true, description: "Where from." }),
    revokedAt: t.expose("revokedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was revoked; null while it lives.",
    }),
  }),
});
const ApiTokenConnection = connectionOf(ApiToken, { name: "ApiToken", permission: "readTokens" });

/** Those who may manage every token see all of them; the others see their own. */
export const mayTouchToken = (row: ApiTokenRow, { caller }: Pick<Context, "caller">): boolean =>
  may(caller, "manageTokens") || (caller.kind === "person" && row.createdBy === caller.userId);

nodeSource({
  typename: "ApiToken",
  permission: "readTokens",
  isId: isUuid,
  load: async (id, ctx) => {
    const row = await ctx.load.apiToken.load(apiTokenId(id));
    return row !== undefined && mayTouchToken(row, ctx) ? row : null;
  },
});

export const Organisation = builder.objectRef<OrganisationRow>("Organisation").implement({
  description: "A merchant with its people, its plan and its datasources.",
  interfaces: [Node],
  ...rule("readOrganisation"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("Organisation", row.id) }),
    slug: t.exposeString("slug", { description: "Its name in addresses and in `x-organisation`." }),
    name: t.exposeString("name", { description: "Its name." }),
    zone: t.exposeString("zone", { description: "IANA zone of the brand's days." }),
    region: t.string({
      description: "Where it is, as ISO 3166 has it, or 001 where nobody knows: how its numbers and times are written.",
      resolve: (row) => regionOf(row),
    }),
    currency: t.expose("currency", { type: "CurrencyCode", description: "The brand's currency." }),
    today: t.field({
      type: "Date",
      description: "The brand's current day.",
      resolve: (row, _args, ctx) => dayIn(ctx.now, row.zone),
    }),
    isSample: t.boolean({
      description: "A brand of made-up data, to look around in: no number of it is anybody's.",
      resolve: (row) => row.sampleUntil !== null,
    }),
    sampleUntil: t.expose("sampleUntil", {
      type: "DateTime",
      nullable: true,
      description: "When sample data is removed by itself; null for a brand of one's own.",
    }),
    plan: t.field({ type: Plan, description: "Its plan.", resolve: (row, _args, ctx) => planOf(row, ctx) }),
    plans: t.field({
      type: [Plan],
      description: "Every plan that could be chosen, smallest first.",
      resolve: (_row, _args, ctx) => plansNow(ctx),
    }),
    slots: t.field({
      type: Slots,
      description: "Its meter of connected apps.",
      resolve: (row, _args, ctx) => slotsOf(row, ctx),
    }),
  }),
});

builder.objectFields(Organisation, (t) => ({
  viewerRole: t.field({
    type: Role,
    nullable: true,
    description: "The role of who asks; null for an API token.",
    resolve: (_row, _args, { caller }) => (caller.kind === "person" ? caller.role : null),
  }),
  viewerCan: t.field({
    type: [OrganisationAction],
    description: "What who asks may do in this organisation at all.",
    resolve: (_row, _args, { caller }) => ACTION_NAMES.filter((action) => may(caller, ORGANISATION_ACTIONS[action])),
  }),
  admins: t.stringList({
    description: "People who may connect and repair, to be asked by those who may not.",
    resolve: async (row, _args, ctx) =>
      (await readMembers(ctx.db, row.id))
        .filter(({ role }) => role === "owner" || role === "admin")
        .map(({ name }) => name),
  }),
  owners: t.stringList({
    description: "People who may set the plan, to be asked by those who may not.",
    resolve: async (row, _args, ctx) =>
      (await readMembers(ctx.db, row.id)).filter(({ role }) => role === "owner").map(({ name }) => name),
  }),
  members: t.field({
    type: [Member],
    ...rule("readMembers"),
    description: "Its people.",
    resolve: (row, _args, ctx) => readMembers(ctx.db, row.id),
  }),
  apiTokens: t.field({
    type: ApiTokenConnection,
    extensions: { rule: "readTokens", isPersonal: true },
    description: "Its API tokens, newest first; one's own where one may not manage them all.",
    args: pageArgsOf(t),
    resolve: (row, args, ctx) =>
      pageOf(
        args,
        {
          write: (token: ApiTokenRow) => [token.createdAt.getTime(), token.id],
          read: (parts) => readTimeAndId(parts, isUuid),
        },
        (limit, after) =>
          pageOfTokens(
            ctx.db,
            row.id,
            { limit, after },
            may(ctx.caller, "manageTokens") || ctx.caller.kind !== "person" ? null : ctx.caller.userId,
          ),
      ),
  }),
  supportUrl: t.string({
    nullable: true,
    description: "Where *contact support* leads.",
    resolve: (_row, _args, ctx) => ctx.services.supportUrl,
  }),
}));

nodeSource({
  typename: "Organisation",
  permission: "readOrganisation",
  isId: isUuid,
  load: (id, ctx) =>
    organisationOf(ctx.caller) === id ? ctx.load.organisation.load(organisationId(id)) : Promise.resolve(null),
});

builder.queryField("organisation", (t) =>
  t.field({
    type: Organisation,
    nullable: true,
    description:
      "The organisation of this request (`x-organisation`, else the one last used; a token names its own). Null before sign-in.",
    ...rule("anybody"),
    resolve: (_root, _args, ctx) => (organisationOf(ctx.caller) === null ? null : organisationNow(ctx)),
  }),
);
