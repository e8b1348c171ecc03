/** What was consented to, by whom, and what may be known of the credential: never the credential. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { GrantRow } from "../reading/datasources.ts";
import type { CallCount } from "../reading/calls.ts";
import type { CredentialFacts as CredentialView } from "../reading/commands.ts";
import { platformEntry } from "../reading/catalog.ts";
import { renewsItself } from "../reading/grant-endings.ts";
import { LOOKED_BACK_DAYS, scopesInUse, UNUSED_DAYS } from "../reading/scope-use.ts";
import type { ScopeStanding } from "../reading/scope-use.ts";
import { callInWords, wordsOfPlatform } from "../words/platform-words.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { streamsFedBy } from "./platform.ts";
import { Actor } from "./reason.ts";

interface GrantedScopeView extends ScopeStanding {
  readonly platform: string;
}

/** Asked and granted side by side: what was granted and never asked for stands out. */
export async function scopesGranted(grant: GrantRow, ctx: Context): Promise<GrantedScopeView[]> {
  const { platform } = grant;
  const connector = connectorFor(platform);
  const asked = (connector?.catalog ?? platformEntry(platform))?.scopes ?? [];
  const [hours = new Map<string, Date>(), given] = await Promise.all([
    ctx.load.callHours.load(grant.id),
    ctx.load.given.load(grant.id),
  ]);
  const consent = { scopes: grant.scopes, createdAt: given?.at ?? grant.createdAt };
  return scopesInUse(asked, connector?.uses, consent, hours).map((standing) => ({ ...standing, platform }));
}

const purposeOf = ({ platform, purpose }: GrantedScopeView, ctx: Context): string =>
  purpose === null ? ctx.words.say("scope.notAsked") : wordsOfPlatform(platform, ctx.locale).say(`scope.${purpose}`);

/** What a consent asks for it asks for again; a key is made as its owner likes. */
export const canBeRemoved = ({ platform, purpose, isUnused }: GrantedScopeView): boolean =>
  isUnused && (purpose === null || connectorFor(platform)?.authorization.kind === "key");

const GrantedScope = builder.objectRef<GrantedScopeView>("GrantedScope").implement({
  description: "A scope as asked and as granted.",
  ...rule("readDatasources"),
  fields: (t) => ({
    name: t.exposeString("name", { description: "The source's name for it." }),
    purpose: t.string({
      description: "What it is for, in plain words.",
      resolve: (scope, _args, ctx) => purposeOf(scope, ctx),
    }),
    isAsked: t.boolean({ description: "We asked for it.", resolve: ({ purpose }) => purpose !== null }),
    isGranted: t.exposeBoolean("isGranted", { description: "It was granted." }),
    isRequired: t.exposeBoolean("isRequired", { description: "Without it nothing can run." }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: `The hour in which a call last used it; null where none did in ${LOOKED_BACK_DAYS} days.`,
    }),
    isUnused: t.exposeBoolean("isUnused", {
      description: `It could be taken away: nothing here reads with it, or calls were made for ${UNUSED_DAYS} days without it.`,
    }),
    howToRemove: t.string({
      nullable: true,
      description: "How it is taken away, where it is unused and would not be asked for again.",
      resolve: (scope, _args, ctx) =>
        canBeRemoved(scope) ? wordsOfPlatform(scope.platform, ctx.locale).say("scope.remove") : null,
    }),
    feeds: t.stringList({
      description: "Streams that need it, by their titles.",
      resolve: ({ platform, name }, _args, ctx) =>
        streamsFedBy(platform, name).map((stream) => wordsOfPlatform(platform, ctx.locale).say(`stream.${stream}`)),
    }),
  }),
});

const CredentialFacts = builder.objectRef<CredentialView>("CredentialFacts").implement({
  description: "What may be known of a credential; never the credential.",
  ...rule("readDatasources"),
  fields: (t) => ({
    version: t.exposeInt("version", { description: "Counts its renewals." }),
    lastFour: t.exposeString("lastFour", {
      nullable: true,
      description: "Its last four characters, where it is long enough to show them.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When this version came." }),
    lastUsedAt: t.expose("lastUsedAt", { type: "DateTime", nullable: true, description: "When it was last used." }),
  }),
});

export const holderOf = (grant: GrantRow): string => {
  const name = grant.holder?.["name"] ?? grant.holder?.["email"];
  return typeof name === "string" ? name : grant.loginKey;
};

export const Grant = builder.objectRef<GrantRow>("Grant").implement({
  description: "One consent at a platform, or one pasted key.",
  ...rule("readDatasources"),
  fields: (t) => ({
    holder: t.string({ description: "Whom it stands for at the source.", resolve: holderOf }),
    scopes: t.field({
      type: [GrantedScope],
      description: "Asked and granted, side by side.",
      resolve: (grant, _args, ctx) => scopesGranted(grant, ctx),
    }),
    endsAt: t.expose("endsAt", {
      type: "DateTime",
      nullable: true,
      description: "When it ends with no way to renew it; null where it does not.",
    }),
    renewsItself: t.boolean({
      description: "Every use pushes its end away: it ends only where nobody uses it.",
      resolve: ({ platform }) => renewsItself(platform),
    }),
    verifiedAt: t.expose("verifiedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last seen to work.",
    }),
    createdAt: t.field({
      type: "DateTime",
      description: "When it was given.",
      resolve: async ({ id, createdAt }, _args, ctx) => (await ctx.load.given.load(id))?.at ?? createdAt,
    }),
    givenBy: t.field({
      type: Actor,
      nullable: true,
      description: "Whose sign-in or key it is that stands now.",
      resolve: async ({ id }, _args, ctx) => (await ctx.load.given.load(id))?.by ?? null,
    }),
    credential: t.field({
      type: CredentialFacts,
      nullable: true,
      description: "Its newest credential; null once erased.",
      resolve: async (grant, _args, ctx) => (await ctx.load.credential.load(grant.id)) ?? null,
    }),
  }),
});

export const CallCountRef = builder.objectRef<CallCount>("CallCount").implement({
  description: "Calls made with the credential: the proof that Headwater only reads.",
  ...rule("readDatasources"),
  fields: (t) => ({
    method: t.exposeString("method", { description: "HTTP method." }),
    path: t.exposeString("path", { description: "Path, or the name of the query." }),
    purpose: t.string({
      description: "What it is for, in plain words.",
      resolve: async ({ datasourceId, path }, _args, ctx) => {
        const view = await ctx.load.datasource.load(datasourceId);
        return callInWords(wordsOfPlatform(view?.row.platform ?? "", ctx.locale), path);
      },
    }),
    calls: t.expose("calls", { type: "BigInt", description: "How many." }),
    failures: t.expose("failures", { type: "BigInt", description: "How many of them failed." }),
    throttled: t.expose("throttled", { type: "BigInt", description: "How many of them were told to wait." }),
    bytes: t.expose("bytes", { type: "BigInt", description: "Bytes read." }),
  }),
});

builder.objectField(Datasource, "callsUrl", (t) =>
  t.string({
    description: "Where the whole ledger of them is taken away as CSV, by hour.",
    resolve: ({ row }) => `/v1/datasources/${row.id}/calls.csv`,
  }),
);
