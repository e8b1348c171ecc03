/** What a stop or a disconnect would do, said before it is done: what depends on it, what goes stale and when. */
import { readDependents, readTiles } from "../reading/dependents.ts";
import type { DependentView } from "../reading/dependents.ts";
import { hasRhythm, platformEntry } from "../reading/catalog.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { builder, costing, rule } from "./builder.ts";
import { allowanceFor } from "./actions.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";

export interface RehearsalView {
  readonly view: DatasourceView;
  readonly action: "STOP" | "DISCONNECT";
}

const RehearsedAction = builder.enumType("RehearsedAction", {
  description: "What is rehearsed.",
  values: ["STOP", "DISCONNECT"] as const,
});
const RehearsalStrength = builder.enumType("RehearsalStrength", {
  description:
    "How strongly it must be said: money, parcels, messages and measurement lose what nobody can fetch later.",
  values: ["NORMAL", "STRONG"] as const,
});
const RehearsalAlternative = builder.enumType("RehearsalAlternative", {
  description: "What could be done instead.",
  values: ["STOP", "REPLACE", "REAUTHORIZE", "CHANGE_CADENCE"] as const,
});
const DependentKind = builder.enumType("DependentKind", {
  description: "What kind of thing depends on a datasource.",
  values: ["TILE", "API_CLIENT", "DATASOURCE"] as const,
});

const titleOf = ({ row }: DatasourceView): string => platformEntry(row.platform)?.name ?? row.platform;

/** Numbers are stale once two syncs are missed. */
const staleAt = ({ row }: DatasourceView, now: Date): Date =>
  new Date((row.lastSuccessAt ?? now).getTime() + 2 * row.cadenceMs);

/** Categories whose gaps hurt beyond a chart, each with a sentence of its own. */
const STRONG: Readonly<Record<string, string>> = {
  payments: "payments",
  operations: "logistics",
  messaging: "messaging",
  analytics: "analytics",
};
const strongOf = ({ row }: DatasourceView): string | null =>
  STRONG[platformEntry(row.platform)?.category ?? "other"] ?? null;

const nameOf = ({ metric, name }: DependentView, ctx: Context): string =>
  metric === null ? name : ctx.words.say(`metric.${metric}.title`);

const Dependent = builder.objectRef<DependentView>("Dependent").implement({
  description: "Something that takes what it shows or does from a datasource.",
  ...rule("readDatasources"),
  fields: (t) => ({
    kind: t.expose("kind", { type: DependentKind, description: "What kind of thing." }),
    name: t.string({ description: "Its name on screen.", resolve: (one, _args, ctx) => nameOf(one, ctx) }),
    staleAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When what it shows is stale; null: it cannot go on, or is never late.",
      resolve: ({ kind, view }, _args, ctx) =>
        kind === "DATASOURCE" || !hasRhythm(view.row.platform) ? null : staleAt(view, ctx.now),
    }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it last asked, where that is known.",
    }),
    datasource: t.expose("other", {
      type: Datasource,
      nullable: true,
      description: "The datasource that stands on this one.",
    }),
  }),
});

/** What becomes of the access there: files have none, a key is its holder's to end, and a login lives while others stand on it. */
async function accessAfter({ view: { row }, action }: RehearsalView, ctx: Context): Promise<string> {
  if (action === "STOP") return "rehearsal.atProvider.stop";
  const connector = connectorFor(row.platform);
  if (connector?.authorization.kind === "upload") return "rehearsal.atProvider.files";
  if ((await ctx.load.loginShared.load(row.id)) === true) return "rehearsal.atProvider.shared";
  return connector !== null && connector.revoke === undefined ? "rehearsal.atProvider.key" : "rehearsal.atProvider";
}

const ASKED_BY = {
  STOP: "PAUSE",
  REPLACE: "REPLACE",
  REAUTHORIZE: "REAUTHORIZE",
  CHANGE_CADENCE: "SET_CADENCE",
} as const;

function alternativesOf({ action, view }: RehearsalView, _args: object, ctx: Context) {
  const gentlest =
    action === "STOP"
      ? (["CHANGE_CADENCE"] as const)
      : view.status.connection === "REAUTHORIZE"
        ? (["REAUTHORIZE", "REPLACE"] as const)
        : (["STOP", "REPLACE"] as const);
  return gentlest.filter((one) => {
    const allowance = allowanceFor(ASKED_BY[one], view, ctx);
    return allowance.allowed || allowance.because === "role";
  });
}

const Rehearsal = builder.objectRef<RehearsalView>("Rehearsal").implement({
  description: "What a stop or a disconnect would do.",
  ...rule("readDatasources"),
  fields: (t) => ({
    stops: t.stringList({
      description: "Tiles and reports that go stale, by name: those that are shown, no others.",
      resolve: async ({ view }, _args, ctx) =>
        (await readTiles(ctx.db, view, ctx.now)).map((metric) => ctx.words.say(`metric.${metric}.title`)),
    }),
    staleAt: t.field({
      type: "DateTime",
      description: "When the numbers begin to be stale.",
      resolve: ({ view }, _args, ctx) => staleAt(view, ctx.now),
    }),
    slotFreed: t.boolean({
      description: "Whether a slot is freed, at once.",
      resolve: ({ view, action }) => action === "DISCONNECT" && (platformEntry(view.row.platform)?.takesSlot ?? true),
    }),
    dataKept: t.string({
      description: "What becomes of the data when it is kept.",
      resolve: ({ view }, _args, ctx) => ctx.words.say("rehearsal.kept", { source: titleOf(view) }),
    }),
    atProvider: t.string({
      description: "What becomes of access and of data already given at the provider.",
      resolve: async (one, _args, ctx) => ctx.words.say(await accessAfter(one, ctx), { source: titleOf(one.view) }),
    }),
    policyUrl: t.string({
      nullable: true,
      description: "The provider's own page about it.",
      resolve: ({ view }) => platformEntry(view.row.platform)?.policyUrl ?? null,
    }),
  }),
});

builder.objectFields(Rehearsal, (t) => ({
  action: t.expose("action", { type: RehearsedAction, description: "What is rehearsed." }),
  dependents: t.field({
    type: [Dependent],
    ...costing("readDatasources", 10),
    description: "What depends on it: tiles, tools with an API token, other datasources.",
    resolve: ({ view }, _args, ctx) => readDependents(ctx.db, view, ctx.now),
  }),
  strength: t.field({
    type: RehearsalStrength,
    description: "How strongly it must be said.",
    resolve: ({ view }) => (strongOf(view) === null ? "NORMAL" : "STRONG"),
  }),
  consequence: t.string({
    nullable: true,
    description: "What is lost for good, or comes too late, where that is more than a chart; null elsewhere.",
    resolve: ({ view, action }, _args, ctx) => {
      const kind = strongOf(view);
      return kind === null
        ? null
        : ctx.words.say(`rehearsal.${kind}.${action.toLowerCase()}`, { source: titleOf(view) });
    },
  }),
  alternatives: t.field({
    type: [RehearsalAlternative],
    description: "What could be done instead, the gentlest first.",
    resolve: alternativesOf,
  }),
}));

builder.objectFields(Datasource, (t) => ({
  rehearsal: t.field({
    type: Rehearsal,
    description: "What a stop or a disconnect would do.",
    args: {
      action: t.arg({ type: RehearsedAction, defaultValue: "DISCONNECT", description: "Which of the two." }),
    },
    resolve: (view, { action }) => ({ view, action: action ?? "DISCONNECT" }),
  }),
  dependents: t.field({
    type: [Dependent],
    ...costing("readDatasources", 10),
    description: "What depends on it: tiles, tools with an API token, other datasources.",
    resolve: (view, _args, ctx) => readDependents(ctx.db, view, ctx.now),
  }),
}));
