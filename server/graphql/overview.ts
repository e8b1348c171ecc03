/** Brand Overview: tiles for a range of the brand's own days, each with its definition and how far it reaches. */
import { GraphQLError } from "graphql";
import { readOverview } from "../reading/overview.ts";
import type {
  Amount,
  CurrencySeries as CurrencySeriesView,
  LeftOutView,
  OverviewView,
  PartView,
  Point,
  TileView,
} from "../reading/overview.ts";
import { frozenAt } from "../reading/overview-sources.ts";
import type { SourceView } from "../reading/overview-sources.ts";
import { BETTER, isCount, METRICS } from "../reading/metrics.ts";
import { comparedSpan, lengthOf, LONGEST_DAYS, spanOf } from "../reading/range.ts";
import type { AskedRange, Span } from "../reading/range.ts";
import { platformEntry } from "../reading/catalog.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { organisationNow } from "./organisation.ts";

const PRESETS = ["YESTERDAY", "TODAY", "LAST_7_DAYS", "LAST_28_DAYS", "MONTH_TO_DATE", "CUSTOM"] as const;
const RangePreset = builder.enumType("RangePreset", {
  description: "Ranges of the brand's own days.",
  values: PRESETS,
});

const OverviewRange = builder.inputType("OverviewRange", {
  description: "CUSTOM needs both days; the others need none.",
  fields: (t) => ({
    preset: t.field({ type: RangePreset, required: true, description: "Which range." }),
    from: t.field({ type: "Date", description: "First day of a custom range." }),
    to: t.field({ type: "Date", description: "Last day of a custom range, counted." }),
  }),
});

const DaySpan = builder.objectRef<Span>("DaySpan").implement({
  description: "Days from one to the other, both counted.",
  ...rule("readNumbers"),
  fields: (t) => ({
    from: t.expose("from", { type: "Date", description: "First day." }),
    to: t.expose("to", { type: "Date", description: "Last day." }),
    days: t.int({ description: "How many.", resolve: lengthOf }),
  }),
});

const RangeMark = builder.enumType("RangeMark", {
  description: "How far a source reaches into the range.",
  values: ["COMPLETE", "PARTIAL", "STALE", "MISSING", "FETCHING"] as const,
});

/** Named only where it is another than the brand's. */
const otherZone = ({ view }: SourceView, brand: string): string | null => {
  const zone = view.account?.zone ?? null;
  return zone === brand ? null : zone;
};

export const MetricName = builder.enumType("MetricName", {
  description: "A number per day with a definition.",
  values: METRICS,
});

const OverviewSource = builder.objectRef<SourceView>("OverviewSource").implement({
  description: "A source of the tiles, and how far it reaches into the range.",
  ...rule("readNumbers"),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, description: "The source.", resolve: ({ view }) => view }),
    feeds: t.field({
      type: [MetricName],
      description: "The tiles that it has a part in.",
      resolve: ({ feeds }) => [...feeds],
    }),
    mark: t.expose("mark", { type: RangeMark, description: "How far it reaches." }),
    completeThrough: t.field({
      type: "DateTime",
      nullable: true,
      description: "Everything before this instant is in.",
      resolve: ({ coverage }) => coverage.completeThrough,
    }),
    frozenAt: t.field({
      type: "DateTime",
      nullable: true,
      description:
        "Of one that was disconnected with its numbers kept, how far they reach: nothing after this instant counts.",
      resolve: (source) => (source.standing === "frozen" ? frozenAt(source) : null),
    }),
    lost: t.field({
      type: [Datasource],
      description:
        "The one whose place it took, where the data of that is deleted, and so back, newest first: what each had of the days from its `countsFrom` to that of the next is gone.",
      resolve: ({ lost }) => [...lost],
    }),
    cutDay: t.field({
      type: "Date",
      nullable: true,
      description:
        "Another took its place in the midst of this day of the range, by its own clock, and up to then it was read: the day is whole as far as that.",
      resolve: ({ cutDay }) => cutDay,
    }),
    daysReady: t.exposeInt("daysReady", { description: "Days of the range that it has whole." }),
    otherZone: t.string({
      nullable: true,
      description: "The zone it cuts its days in, where that is not the brand's.",
      resolve: async (source, _args, ctx) => otherZone(source, (await organisationNow(ctx)).zone),
    }),
  }),
});

const TileState = builder.enumType("TileState", {
  description: "Missing, zero and not yet are three looks.",
  values: ["VALUE", "ZERO", "PARTIAL", "STALE", "NO_DATA", "NOT_ENOUGH", "FETCHING"] as const,
});
const Better = builder.enumType("Better", {
  description: "Which direction is good.",
  values: ["UP", "DOWN", "NEITHER"] as const,
});
const MetricUnit = builder.enumType("MetricUnit", {
  description: "What a metric counts.",
  values: ["MONEY", "COUNT"] as const,
});

export const MetricValue = builder.objectRef<Amount>("MetricValue").implement({
  description: "An exact amount.",
  ...rule("readNumbers"),
  fields: (t) => ({
    amount: t.expose("amount", { type: "Decimal", description: "The number." }),
    currency: t.expose("currency", { type: "CurrencyCode", nullable: true, description: "Null for a count." }),
  }),
});

const SeriesPoint = builder.objectRef<Point>("SeriesPoint").implement({
  description: "One day of a series.",
  ...rule("readNumbers"),
  fields: (t) => ({
    day: t.expose("day", { type: "Date", description: "The day." }),
    value: t.expose("value", {
      type: "Decimal",
      nullable: true,
      description: "Null for a day without data: a gap, not a zero.",
    }),
    comparison: t.expose("comparison", {
      type: "Decimal",
      nullable: true,
      description: "The same place in the span before.",
    }),
    isComplete: t.exposeBoolean("isComplete", { description: "Every source has the day whole." }),
  }),
});

const CurrencySeries = builder.objectRef<CurrencySeriesView>("CurrencySeries").implement({
  description: "The days of a metric in one currency.",
  ...rule("readNumbers"),
  fields: (t) => ({
    currency: t.expose("currency", { type: "CurrencyCode", description: "Of every point." }),
    series: t.field({
      type: [SeriesPoint],
      ...costing("readNumbers", 28),
      description: "Its days, oldest first: the same as those of the tile.",
      resolve: ({ series }) => [...series],
    }),
  }),
});

type DefinitionView = Pick<TileView, "metric" | "sources">;
const part = (name: string, description: string) => ({
  description,
  resolve: ({ metric }: DefinitionView, _args: object, ctx: Context) => ctx.words.say(`metric.${metric}.${name}`),
});

const TilePart = builder.objectRef<PartView>("TilePart").implement({
  description: "A part of what a metric is made of.",
  ...rule("readNumbers"),
  fields: (t) => ({
    title: t.string({
      description: "Its name.",
      resolve: ({ part: name }, _args, ctx) => ctx.words.say(`metric.COSTS.part.${name}`),
    }),
    value: t.expose("value", {
      type: MetricValue,
      nullable: true,
      description: "In the currency of the whole; null where there is none of it.",
    }),
    apart: t.field({
      type: [MetricValue],
      description: "Amounts in other currencies without a rate.",
      resolve: ({ apart }) => [...apart],
    }),
  }),
});

const TileLeftOut = builder.objectRef<LeftOutView>("TileLeftOut").implement({
  description: "Rows of files that no day of a metric counts, for one reason.",
  ...rule("readNumbers"),
  fields: (t) => ({
    reason: t.string({
      description: "What they are, and why they cannot be counted.",
      resolve: ({ reason }, _args, ctx) => ctx.words.say(`tile.leftOut.${reason}`),
    }),
    rows: t.exposeInt("rows", { description: "How many." }),
    amounts: t.field({
      type: [MetricValue],
      description: "What they come to, by currency; empty for rates, which are no sum of money.",
      resolve: ({ amounts }) => [...amounts],
    }),
  }),
});

const namesOfSources = ({ sources }: DefinitionView): string[] => [
  ...new Set(sources.map(({ view }) => platformEntry(view.row.platform)?.name ?? view.row.platform)),
];

const MetricDefinition = builder.objectRef<DefinitionView>("MetricDefinition").implement({
  description: "What a metric means.",
  ...rule("readNumbers"),
  fields: (t) => ({
    title: t.string(part("title", "Its name.")),
    sentence: t.string(part("sentence", "What it is, in a sentence.")),
    formula: t.string(part("formula", "How it is reckoned, in words.")),
    dateAnchor: t.string(part("anchor", "Which date puts a record into a day.")),
    leavesOut: t.string(part("leavesOut", "What is left out.")),
    better: t.field({ type: Better, description: "Which direction is good.", resolve: ({ metric }) => BETTER[metric] }),
    sources: t.stringList({ description: "Where it comes from.", resolve: namesOfSources }),
  }),
});

const partInWords = ({ daysNeeded, daysHave }: TileView, { words }: Context): string =>
  daysNeeded === 1
    ? words.say("tile.partialDay")
    : words.say("tile.daysOf", { have: words.count(daysHave), need: words.count(daysNeeded) });

/** Units without a cost and rows left out make costs look smaller than they are: said beside the number, whatever its state. */
function remarkOf({ units, leftOut, value }: TileView, { words }: Context): string | null {
  if (value === null) return null;
  const rows = leftOut.reduce((sum, each) => sum + each.rows, 0);
  const said = [
    ...(units === null || units.without === 0
      ? []
      : [words.say("tile.withoutCost", { without: words.count(units.without), units: words.count(units.sold) })]),
    ...(rows === 0 ? [] : [words.say("tile.leftOut", { rows: words.count(rows) })]),
  ];
  return said.length === 0 ? null : said.join(" · ");
}

const emptyInWords = ({ metric, sources }: TileView): string =>
  metric === "COSTS"
    ? sources.length === 0
      ? "tile.unitCostsAlone"
      : "tile.noCosts"
    : sources.length === 0
      ? "tile.noSource"
      : "tile.nothingCame";

function noteOf(tile: TileView, ctx: Context): string | null {
  const { words } = ctx;
  switch (tile.state) {
    case "PARTIAL":
      if (tile.daysStale > 0) return words.say("tile.recounting");
      // Short at its new end, a range is better told by the instant it reaches.
      if (!tile.isHistoryShort && tile.completeThrough !== null) return null;
      return partInWords(tile, ctx);
    case "STALE":
      return partInWords(tile, ctx);
    case "NO_DATA":
      return words.say(emptyInWords(tile));
    case "FETCHING":
      return words.say("tile.fetching");
    case "NOT_ENOUGH":
      return words.say("tile.daysOf", { have: words.count(tile.daysHave), need: words.count(tile.daysNeeded) });
    case "VALUE":
    case "ZERO":
      return null;
    default:
      return tile.state satisfies never;
  }
}

const unitOfTile = ({ metric }: TileView) => (isCount(metric) ? "COUNT" : "MONEY");

const Tile = builder.objectRef<TileView>("Tile").implement({
  description: "One metric over the range.",
  ...rule("readNumbers"),
  fields: (t) => ({
    metric: t.expose("metric", { type: MetricName, description: "Which." }),
    state: t.expose("state", { type: TileState, description: "How much of it can be believed." }),
    unit: t.field({ type: MetricUnit, description: "Money or a count.", resolve: unitOfTile }),
    value: t.expose("value", { type: MetricValue, nullable: true, description: "Null where there is no data yet." }),
    apart: t.field({
      type: [MetricValue],
      description: "Amounts in other currencies without a rate: they stand apart, never summed.",
      resolve: ({ apart }) => [...apart],
    }),
    comparison: t.expose("comparison", {
      type: MetricValue,
      nullable: true,
      description: "The span before; null where either is not whole.",
    }),
    change: t.expose("change", {
      type: "Decimal",
      nullable: true,
      description: "(value - comparison) / comparison, to four places; null where it means nothing.",
    }),
    series: t.field({
      type: [SeriesPoint],
      ...costing("readNumbers", 28),
      description: "Its days, oldest first; at least eight.",
      resolve: ({ series }) => [...series],
    }),
    currency: t.expose("currency", {
      type: "CurrencyCode",
      nullable: true,
      description: "Of the value and of every point of the series. Null for a count, and where no currency leads.",
    }),
    definition: t.field({ type: MetricDefinition, description: "What it means.", resolve: (tile) => tile }),
    completeThrough: t.expose("completeThrough", {
      type: "DateTime",
      nullable: true,
      description: "Every source has everything before this instant.",
    }),
    calculatedAt: t.expose("calculatedAt", {
      type: "DateTime",
      nullable: true,
      description: "When its days last changed.",
    }),
    daysHave: t.exposeInt("daysHave", { description: "Days of the range that are whole." }),
    daysNeeded: t.exposeInt("daysNeeded", { description: "Days of the range." }),
    note: t.string({
      nullable: true,
      description: "The state in words, where it needs any.",
      resolve: (tile, _args, ctx) => noteOf(tile, ctx),
    }),
    parts: t.field({
      type: [TilePart],
      ...costing("readNumbers", 1),
      description: "What it is made of, where it has parts: those that there is anything of.",
      resolve: ({ parts }) => [...parts],
    }),
    leftOut: t.field({
      type: [TileLeftOut],
      ...costing("readNumbers", 1),
      description: "Of costs: rows of files that would count in the range, and cannot.",
      resolve: ({ leftOut }) => [...leftOut],
    }),
    remark: t.string({
      nullable: true,
      description: "What makes the number smaller than it is, in words: units without a cost, rows of files left out.",
      resolve: (tile, _args, ctx) => remarkOf(tile, ctx),
    }),
  }),
});

builder.objectField(Tile, "seriesApart", (t) =>
  t.field({
    type: [CurrencySeries],
    ...costing("readNumbers", 1),
    description: "The same days in each other currency that has a number on one of them: never added.",
    resolve: ({ seriesApart }) => [...seriesApart()],
  }),
);

const Overview = builder.objectRef<OverviewView>("Overview").implement({
  description: "How the brand is doing over a range of its own days.",
  ...rule("readNumbers"),
  fields: (t) => ({
    range: t.expose("range", { type: DaySpan, description: "The range." }),
    comparedWith: t.expose("comparedWith", { type: DaySpan, description: "The span it is compared with." }),
    zone: t.exposeString("zone", { description: "The brand's zone: it says which date is yesterday." }),
    currency: t.expose("currency", { type: "CurrencyCode", description: "The brand's currency." }),
    sources: t.field({
      type: [OverviewSource],
      ...costing("readNumbers", 5),
      description: "The complete strip: each source of the tiles, for this range.",
      resolve: ({ sources }) => [...sources],
    }),
    tiles: t.field({
      type: [Tile],
      ...costing("readNumbers", METRICS.length),
      description:
        "Orders, gross sales, discounts, returns, net sales, total sales, average order value; ad spend, e-mail revenue and costs where a source of theirs is connected.",
      resolve: ({ tiles }) => tiles(),
    }),
    calculatedAt: t.expose("calculatedAt", {
      type: "DateTime",
      nullable: true,
      description: "When any of its numbers last changed.",
    }),
    isCounting: t.exposeBoolean("isCounting", {
      description: "Days of the range are being counted again: ask once more in a moment.",
    }),
  }),
});

builder.queryField("overview", (t) =>
  t.field({
    type: Overview,
    description: "Brand Overview for a range of the brand's own days.",
    ...rule("readNumbers"),
    args: { range: t.arg({ type: OverviewRange, required: true, description: "The range." }) },
    resolve: (_root, { range }, ctx) => overviewOf(range, ctx),
  }),
);

async function overviewOf(asked: AskedRange, ctx: Context): Promise<OverviewView> {
  const { zone, currency } = await organisationNow(ctx);
  const range = spanOf(asked, zone, ctx.now);
  if (range === null)
    throw new GraphQLError(`A custom range names both days, in order, at most ${LONGEST_DAYS} of them.`, {
      extensions: { code: "INVALID_INPUT" },
    });
  return readOverview(ctx.db, { range, comparedWith: comparedSpan(asked, range), zone, currency, now: ctx.now });
}
