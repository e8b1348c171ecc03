/** The catalog: all platforms, what each asks for and gives, and whether it can be connected by who asks. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { Category, CatalogEntry, ScopeUse } from "@headwater/connectors/catalog-entry.ts";
import type { Ask } from "@headwater/connectors/authorization.ts";
import { DEFAULT_MONTHS } from "@headwater/workflows/lifecycle/windows.ts";
import { may } from "../access/permissions.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readDatasources } from "../reading/datasources.ts";
import { reason } from "../words/reasons.ts";
import type { ReasonView, RemedyKind } from "../words/reasons.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { globalId, Node, nodeSource } from "./node.ts";
import { Reason } from "./reason.ts";

const CATEGORY: Readonly<Record<Category, string>> = {
  ecommerce: "ECOMMERCE",
  ads: "ADS",
  analytics: "ANALYTICS",
  emailAndSms: "EMAIL_SMS",
  messaging: "MESSAGING",
  subscriptions: "SUBSCRIPTIONS",
  attribution: "ATTRIBUTION",
  operations: "OPERATIONS",
  support: "SUPPORT",
  payments: "PAYMENTS",
  other: "OTHER",
};
const PlatformCategory = builder.enumType("PlatformCategory", {
  description: "What kind of source it is.",
  values: Object.fromEntries(Object.entries(CATEGORY).map(([value, name]) => [name, { value }])),
});

const METHOD = { oauth: "OAUTH", key: "API_KEY", upload: "FILE_UPLOAD", none: "NONE" } as const;
const AuthorizationMethod = builder.enumType("AuthorizationMethod", {
  description:
    "How it is connected: the source's own consent screen, a pasted key, a file, or not at all: sample data.",
  values: ["OAUTH", "API_KEY", "FILE_UPLOAD", "NONE"] as const,
});

const AVAILABILITY = { ready: "AVAILABLE", inPreparation: "IN_PREPARATION", comingSoon: "COMING_SOON" } as const;
const Availability = builder.enumType("Availability", {
  description: "Whether it can be connected at all today.",
  values: ["AVAILABLE", "IN_PREPARATION", "COMING_SOON"] as const,
});

const say = (entry: CatalogEntry, key: string, ctx: Context) => wordsOfPlatform(entry.platform, ctx.locale).say(key);
const sayIfThere = (entry: CatalogEntry, key: string, ctx: Context): string | null => {
  const words = wordsOfPlatform(entry.platform, ctx.locale);
  return words.has(key) ? words.say(key) : null;
};

interface ScopeOf {
  readonly entry: CatalogEntry;
  readonly use: ScopeUse;
}
const scopesOf = (entry: CatalogEntry): ScopeOf[] => entry.scopes.map((use) => ({ entry, use }));

export const streamsFedBy = (platform: string, scope: string): string[] =>
  connectorFor(platform)
    ?.streams.filter((stream) => stream.needs.includes(scope))
    .map((stream) => stream.name) ?? [];

const Scope = builder.objectRef<ScopeOf>("Scope").implement({
  description: "A permission that is asked for, by the source's own name. Read-only, always.",
  ...rule("readCatalog"),
  fields: (t) => ({
    name: t.string({ description: "The source's name for it.", resolve: ({ use }) => use.scope }),
    purpose: t.string({
      description: "What it is for, in plain words.",
      resolve: ({ entry, use }, _args, ctx) => say(entry, `scope.${use.purpose}`, ctx),
    }),
    isRequired: t.boolean({ description: "Without it nothing can run.", resolve: ({ use }) => use.required }),
    feeds: t.stringList({
      description: "Streams that need it, by their titles.",
      resolve: ({ entry, use }, _args, ctx) =>
        streamsFedBy(entry.platform, use.scope).map((stream) => say(entry, `stream.${stream}`, ctx)),
    }),
  }),
});

interface StreamOf {
  readonly entry: CatalogEntry;
  readonly name: string;
  readonly optional: boolean;
}

const PlatformStream = builder.objectRef<StreamOf>("PlatformStream").implement({
  description: "One kind of record that a platform gives.",
  ...rule("readCatalog"),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Its name in addresses and filters." }),
    title: t.string({
      description: "Its name on screen.",
      resolve: ({ entry, name }, _args, ctx) => say(entry, `stream.${name}`, ctx),
    }),
    about: t.string({
      description: "What it is.",
      resolve: ({ entry, name }, _args, ctx) => sayIfThere(entry, `stream.${name}.about`, ctx) ?? "",
    }),
    isOptional: t.exposeBoolean("optional", {
      description: "Runs only where its scopes were granted; the rest runs without it.",
    }),
  }),
});

interface AskOf {
  readonly entry: CatalogEntry;
  readonly ask: Ask;
}

interface MistakenOf {
  readonly entry: CatalogEntry;
  readonly mistaken: NonNullable<Ask["mistakenFor"]>[number];
}

const MistakenFor = builder.objectRef<MistakenOf>("MistakenFor").implement({
  description: "What is easily typed or pasted in place of what a field asks for.",
  ...rule("readCatalog"),
  fields: (t) => ({
    shape: t.string({
      description: "A regular expression that matches it whole.",
      resolve: ({ mistaken }) => mistaken.shape,
    }),
    message: t.string({
      description: "What it is, and what is asked for.",
      resolve: ({ entry, mistaken }, _args, ctx) => say(entry, `notice.${mistaken.code}`, ctx),
    }),
  }),
});

const ConnectField = builder.objectRef<AskOf>("ConnectField").implement({
  description: "What a person types before the consent screen, or pastes.",
  ...rule("readCatalog"),
  fields: (t) => ({
    name: t.string({ description: "Its name in the input's fields.", resolve: ({ ask }) => ask.name }),
    label: t.string({
      description: "Its label.",
      resolve: ({ entry, ask }, _args, ctx) => say(entry, `ask.${ask.name}`, ctx),
    }),
    hint: t.string({
      description: "Where to find it.",
      resolve: ({ entry, ask }, _args, ctx) => sayIfThere(entry, `ask.${ask.name}.hint`, ctx) ?? "",
    }),
    example: t.string({ description: "What one looks like.", resolve: ({ ask }) => ask.example ?? "" }),
    suffix: t.string({
      nullable: true,
      description: "What is the same in every one, shown behind the field.",
      resolve: ({ entry, ask }, _args, ctx) => sayIfThere(entry, `ask.${ask.name}.suffix`, ctx),
    }),
    isSecret: t.boolean({ description: "Never shown again once given.", resolve: ({ ask }) => ask.secret }),
    mistakenFor: t.field({
      type: [MistakenFor],
      description: "What is known at once as something else, before anything is tried.",
      resolve: ({ entry, ask }) => (ask.mistakenFor ?? []).map((mistaken) => ({ entry, mistaken })),
    }),
  }),
});

export const CONNECT_REMEDY = {
  comingSoon: "WAIT",
  inPreparation: "WAIT",
  role: "ASK_ADMIN",
  sampleOnly: null,
  notConfigured: "CONTACT_SUPPORT",
  prerequisiteMissing: "CONNECT_FIRST",
  excluded: "DISCONNECT_ONE",
} as const satisfies Readonly<Record<string, RemedyKind | null>>;

type No = (code: keyof typeof CONNECT_REMEDY, values?: Record<string, string>) => ReasonView;

/** Why it cannot be connected now, by this caller, in this organisation. The same answer that the mutation gives. */
export async function whyNotConnectable(entry: CatalogEntry, ctx: Context): Promise<ReasonView | null> {
  const no: No = (code, values = {}) =>
    reason(ctx.words, "connect", code, { values: { source: entry.name, ...values }, remedy: CONNECT_REMEDY[code] });
  if (entry.state === "comingSoon") return no("comingSoon");
  const connector = connectorFor(entry.platform);
  if (entry.state !== "ready" || connector === null) return no("inPreparation");
  if (!may(ctx.caller, "consent")) return no("role");
  const { kind } = connector.authorization;
  if (kind === "none") return no("sampleOnly");
  if (kind === "oauth" && ctx.services.appOf(entry.platform) === null) return no("notConfigured");
  return clashing(entry, ctx, no);
}

async function clashing(entry: CatalogEntry, ctx: Context, no: No): Promise<ReasonView | null> {
  if (entry.requiresOneOf.length === 0 && entry.excludes.length === 0) return null;
  const here = new Set((await connected(ctx)).map((view) => view.row.platform));
  const titles = (ids: readonly string[]) => ids.map((id) => platformEntry(id)?.name ?? id);
  if (entry.requiresOneOf.length > 0 && !entry.requiresOneOf.some((id) => here.has(id)))
    return no("prerequisiteMissing", { needs: ctx.words.oneOf(titles(entry.requiresOneOf)) });
  const clash = entry.excludes.filter((id) => here.has(id));
  return clash.length === 0 ? null : no("excluded", { other: ctx.words.list(titles(clash)) });
}

async function connected(ctx: Context) {
  const views = await readDatasources(ctx.db, ctx.now);
  return views.filter((view) => view.status.standing === "datasource");
}

export const Platform = builder.objectRef<CatalogEntry>("Platform");
const platforms = (ids: readonly string[]) => ids.flatMap((id) => platformEntry(id) ?? []);

builder.objectType(Platform, {
  description: "An entry of the catalog.",
  interfaces: [Node],
  ...rule("readCatalog"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (entry) => globalId("Platform", entry.platform) }),
    name: t.string({
      description: 'Lower-case name used in addresses: "shopify", "google-ads".',
      resolve: (entry) => entry.platform,
    }),
    title: t.string({ description: "The brand's own spelling.", resolve: (entry) => entry.name }),
    category: t.field({
      type: PlatformCategory,
      description: "What kind of source it is.",
      resolve: (entry) => entry.category,
    }),
    method: t.field({
      type: AuthorizationMethod,
      description: "How it is connected.",
      resolve: (entry) => METHOD[entry.methods[0]],
    }),
    availability: t.field({
      type: Availability,
      description: "Whether it can be connected at all today.",
      resolve: (entry) => AVAILABILITY[entry.state],
    }),
    isConnectable: t.boolean({
      description: "True where connecting it may be tried now, by who asks, in this organisation.",
      resolve: async (entry, _args, ctx) => (await whyNotConnectable(entry, ctx)) === null,
    }),
    notConnectableReason: t.field({
      type: Reason,
      nullable: true,
      description: "Why it cannot be connected now; null where it can.",
      resolve: (entry, _args, ctx) => whyNotConnectable(entry, ctx),
    }),
    takesSlot: t.exposeBoolean("takesSlot", { description: "Counts toward the plan." }),
    reachesManyAccounts: t.boolean({
      description: "Whether one login may reach several accounts, of which a person chooses.",
      resolve: ({ platform }) => connectorFor(platform)?.account.reaches === "many",
    }),
    summary: t.string({
      description: "What it is, in one sentence.",
      resolve: (entry, _args, ctx) =>
        sayIfThere(entry, `summary.${entry.platform}`, ctx) ?? sayIfThere(entry, "summary", ctx) ?? "",
    }),
    searchTerms: t.stringList({
      description: "Extra words that a search should find it by, common misspellings included.",
      resolve: (entry, _args, ctx) =>
        (sayIfThere(entry, `search.${entry.platform}`, ctx) ?? "")
          .split(",")
          .map((word) => word.trim())
          .filter(Boolean),
    }),
    prerequisites: t.stringList({
      description: "What must be true at the source: the role needed and where to click.",
      resolve: (entry, _args, ctx) => entry.prerequisites.map((code) => say(entry, `prerequisite.${code}`, ctx)),
    }),
  }),
});

builder.objectFields(Platform, (t) => ({
  needs: t.field({
    type: [Platform],
    description: "Platforms that must be connected first; any one of them is enough.",
    resolve: (entry) => platforms(entry.requiresOneOf),
  }),
  excludes: t.field({
    type: [Platform],
    description: "Platforms that it cannot stand beside.",
    resolve: (entry) => platforms(entry.excludes),
  }),
  scopes: t.field({ type: [Scope], description: "What is asked for, and what for.", resolve: scopesOf }),
  powers: t.stringList({
    description: "Tiles and reports that it feeds, by name.",
    resolve: (entry, _args, ctx) => entry.powers.map((code) => say(entry, `power.${code}`, ctx)),
  }),
  streams: t.field({
    type: [PlatformStream],
    description: "What is read.",
    resolve: (entry) =>
      (connectorFor(entry.platform)?.streams ?? []).map(({ name, optional }) => ({ entry, name, optional })),
  }),
}));

/** What is read at first, in days of the longest months. */
const FIRST_HISTORY_DAYS = DEFAULT_MONTHS * 31;

builder.objectFields(Platform, (t) => ({
  cadenceSeconds: t.int({
    description: "Normal distance between two syncs.",
    resolve: (entry) => (entry.cadenceMinutes ?? 1440) * 60,
  }),
  historyNote: t.string({
    description: "How far back history may go, and why, in words.",
    resolve: ({ platform, name: source, methods, historyDays: days }, _args, ctx) => {
      const own = wordsOfPlatform(platform, ctx.locale);
      if (own.has("history.own")) return own.say("history.own");
      if (days !== null)
        return ctx.words.say(days > FIRST_HISTORY_DAYS ? "history.daysOfMore" : "history.days", {
          source,
          days: ctx.words.count(days),
        });
      return methods.every((method) => method === "upload")
        ? ctx.words.say("history.files")
        : ctx.words.say("history.whole", { source });
    },
  }),
  historyMonths: t.int({
    nullable: true,
    description: "Months of history that the source gives; null for the whole life of the account.",
    resolve: (entry) => (entry.historyDays === null ? null : Math.floor(entry.historyDays / 30)),
  }),
  deletesVisible: t.boolean({
    description: "Whether deletes at the source can be seen.",
    resolve: (entry) => entry.deletesVisible !== "never",
  }),
  policyUrl: t.exposeString("policyUrl", {
    nullable: true,
    description: "The provider's own page on data already given to it.",
  }),
  connectFields: t.field({
    type: [ConnectField],
    description: "What the person must type before the consent screen (Shopify: the shop's address).",
    resolve: (entry) => (connectorFor(entry.platform)?.authorization.asks ?? []).map((ask) => ({ entry, ask })),
  }),
  keyFields: t.field({
    type: [ConnectField],
    description:
      "What is pasted instead, where a key is another way in than the consent screen; empty where it is none.",
    resolve: (entry) => (connectorFor(entry.platform)?.key?.asks ?? []).map((ask) => ({ entry, ask })),
  }),
  datasources: t.field({
    type: [Datasource],
    ...costing("readDatasources", 3),
    description: "Datasources of this organisation on this platform.",
    resolve: async (entry, _args, ctx) => (await connected(ctx)).filter((view) => view.row.platform === entry.platform),
  }),
}));

nodeSource({
  typename: "Platform",
  permission: "readCatalog",
  isId: (id) => platformEntry(id) !== null,
  load: (id) => Promise.resolve(platformEntry(id)),
});
