/** Our number beside the source's own, per day, on a datasource. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { RecordOfGap } from "@headwater/db/schema/tables.ts";
import { knownPlatform } from "../reading/catalog.ts";
import { settlesAt } from "../reading/days.ts";
import { differenceOf, partsOf } from "../reading/gaps.ts";
import type { GapPartView } from "../reading/gaps.ts";
import { countsRecords, hasAggregate, pageOfSpotChecks, stateOfCheck } from "../reading/spot-checks.ts";
import type { SpotCheckRow } from "../reading/spot-checks.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, costing, rule } from "./builder.ts";
import { connectionOf, pageArgsOf, pageOf } from "./connection.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";

const SpotCheckState = builder.enumType("SpotCheckState", {
  description:
    "Equal to the cent, different by what is known in full, different, not settled at the source yet, or the source has no figure for the day.",
  values: ["EQUAL", "EXPLAINED", "DIFFERENT", "NOT_SETTLED", "NO_FIGURE"] as const,
});

const GapCause = builder.enumType("GapCause", {
  description:
    "Read at another time, counted by another rule, of another date or level, credited otherwise; or nobody knows.",
  values: ["TIMING", "DEFINITION", "SCOPE", "ATTRIBUTION", "UNEXPLAINED"] as const,
});

/** As many as there are reasons, and what is left. */
const MOST_PARTS = 8;

/** Whose gap a part is of. */
type OfGap = Pick<SpotCheckRow, "platform" | "datasourceId">;

/** As many of each as are kept: `workflows/load/gap.ts`. */
const MOST_NAMED = 20;

const GapRecord = builder.objectRef<RecordOfGap & { readonly of: OfGap }>("GapRecord").implement({
  description: "A record that a part of a gap consists of.",
  ...rule("readNumbers"),
  fields: (t) => ({
    name: t.exposeString("name", { description: "As the merchant knows it: an order's number." }),
    url: t.string({
      nullable: true,
      description: "Where the source shows it to whoever may sign in there; null where no such page is known.",
      resolve: async ({ id, of: { platform, datasourceId } }, _args, ctx) => {
        const account = (await ctx.load.datasource.load(datasourceId))?.account ?? null;
        const page = account === null ? null : (connectorFor(platform)?.orderPage?.(account, id) ?? null);
        return page === null ? null : ctx.services.outbound.browserAddress(new URL(page));
      },
    }),
  }),
});

const GapPart = builder.objectRef<GapPartView & OfGap>("GapPart").implement({
  description: "A part of a gap, with one cause.",
  ...rule("readNumbers"),
  fields: (t) => ({
    cause: t.expose("cause", { type: GapCause, description: "Why it is there." }),
    amount: t.expose("amount", {
      type: "Decimal",
      description: "Of ours less theirs: below zero where theirs is more.",
    }),
    records: t.exposeInt("records", { nullable: true, description: "How many records it is; null where it is none." }),
    firstRecords: t.field({
      type: [GapRecord],
      ...costing("readNumbers", MOST_NAMED),
      description: "The first of these records, where they are known.",
      resolve: ({ first, platform, datasourceId }) => first.map((one) => ({ ...one, of: { platform, datasourceId } })),
    }),
    sentence: t.string({
      description: "The cause in a sentence.",
      resolve: ({ because, records, platform }, _args, ctx) => {
        const count = records === null ? "" : ctx.words.count(records);
        return ctx.words.say(`gap.${because}`, { source: knownPlatform(platform).name, count });
      },
    }),
  }),
});

/** Where ours was counted otherwise than the tile, as it once was, it has a name of its own; else the tile's, or the rollup's. */
type Numbered = Pick<SpotCheckRow, "metric" | "platform" | "figure">;
export function titleOfNumber({ metric, platform, figure }: Numbered, ctx: Context): string {
  const words = wordsOfPlatform(platform, ctx.locale);
  const key = [`check.${metric}.${figure}`, `metric.${metric.toUpperCase()}.title`, `rollup.${metric}`].find((one) =>
    words.has(one),
  );
  return key === undefined ? words.say("rollup.other") : words.say(key);
}

const titleOf = (row: SpotCheckRow, _args: object, ctx: Context): string =>
  titleOfNumber({ ...row, figure: row.parts === null ? row.figure : null }, ctx);

export const SpotCheck = builder.objectRef<SpotCheckRow>("SpotCheck").implement({
  description: "Our number beside the source's own aggregate for the same day.",
  ...rule("readNumbers"),
  fields: (t) => ({
    metric: t.exposeString("metric", { description: "Stable name of the number." }),
    title: t.string({ description: "Its name on screen.", resolve: titleOf }),
    day: t.expose("day", { type: "Date", description: "The day, cut in the account's zone." }),
    ours: t.expose("ours", { type: "Decimal", nullable: true, description: "What we hold." }),
    theirs: t.expose("theirs", { type: "Decimal", nullable: true, description: "What the source itself says." }),
    difference: t.field({ type: "Decimal", nullable: true, description: "Ours less theirs.", resolve: differenceOf }),
    parts: t.field({
      type: [GapPart],
      ...costing("readNumbers", MOST_PARTS),
      description:
        "The difference in its parts, which add up to it exactly; none where the two are equal and no part is known.",
      resolve: (row) =>
        partsOf(row).map((part) => ({ ...part, platform: row.platform, datasourceId: row.datasourceId })),
    }),
    currency: t.field({
      type: "CurrencyCode",
      nullable: true,
      description: "Null for a count.",
      resolve: ({ metric, currency }) => (countsRecords(metric) ? null : currency),
    }),
    figure: t.exposeString("figure", {
      nullable: true,
      description: "Which of the source's figures stands beside ours: ordersCount, shopifyql, ...",
    }),
    state: t.field({ type: SpotCheckState, description: "What came of it.", resolve: stateOfCheck }),
    settlesAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "From when on the source no longer changes the day by itself; null where that is not known.",
      resolve: async ({ datasourceId, platform, day }, _args, ctx) => {
        const zone = (await ctx.load.datasource.load(datasourceId))?.account?.zone ?? null;
        const hours = connectorFor(platform)?.reconcile?.settledAfterHours;
        return zone === null || hours === undefined ? null : settlesAt(day, zone, hours);
      },
    }),
    datasource: t.field({
      type: Datasource,
      nullable: true,
      description: "Whose number it is.",
      resolve: async (row, _args, ctx) => (await ctx.load.datasource.load(row.datasourceId)) ?? null,
    }),
    checkedAt: t.expose("at", { type: "DateTime", description: "When the source was asked." }),
  }),
});
const SpotCheckConnection = connectionOf(SpotCheck, { name: "SpotCheck", permission: "readNumbers" });

builder.objectField(Datasource, "isSpotChecked", (t) =>
  t.boolean({
    ...rule("readNumbers"),
    description: "Whether its source has an aggregate of its own that our numbers are held against.",
    resolve: ({ row }) => hasAggregate(row.platform),
  }),
);

const DAY = /^\d{4}-\d\d-\d\d$/;

builder.objectField(Datasource, "spotChecks", (t) =>
  t.field({
    type: SpotCheckConnection,
    ...rule("readNumbers"),
    description: "Our numbers beside the source's own, newest day first.",
    args: pageArgsOf(t),
    resolve: ({ row }, args, ctx) =>
      pageOf(
        args,
        {
          write: (check: SpotCheckRow) => [check.day, check.metric, check.currency],
          read: ([day = "", metric = "", currency = ""]) =>
            DAY.test(day) && /^\w{1,60}$/.test(metric) && /^\w{3}$/.test(currency) ? { day, metric, currency } : null,
        },
        (limit, after) => pageOfSpotChecks(ctx.db, row, { limit, after }),
      ),
  }),
);
