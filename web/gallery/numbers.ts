import type { ChartTile, MetricName, OverviewData, Tile } from "../screens/overview/overview.documents.ts";
import { addDays } from "../screens/overview/ranges.ts";
import { ofOrders } from "../screens/overview/tile-order.ts";
import { ago } from "./fixtures.ts";

const sales = [
  510, 540, 500, 560, 620, 600, 550, 580, 640, 690, 780, 840, 960, 1120, 1310, 1420, 1680, 920, 700, 640, 610, 680, 700,
  720, 750, 730, 790, 842,
].map((n) => n * 1000 + 610);
const counts = [
  780, 820, 760, 850, 940, 910, 840, 880, 970, 1050, 1180, 1270, 1460, 1700, 1990, 2150, 2540, 1400, 1070, 975, 930,
  1035, 1066, 1097, 1143, 1112, 1177, 1284,
];

const words: Record<MetricName, readonly [string, string, string, "UP" | "DOWN" | "NEITHER"]> = {
  NET_SALES: [
    "Net sales",
    "What was sold, after discounts and returns, before tax and shipping.",
    "Gross sales − discounts − returns",
    "UP",
  ],
  ORDERS: ["Orders", "Orders placed, without test orders.", "Count of orders", "UP"],
  AVERAGE_ORDER_VALUE: ["Average order value", "Net sales shared among the orders.", "Net sales ÷ orders", "UP"],
  TOTAL_SALES: [
    "Total sales",
    "Net sales with tax, shipping, duties and tips.",
    "Net sales + shipping + tax + duties + tips",
    "UP",
  ],
  GROSS_SALES: ["Gross sales", "Prices times quantities, before anything is taken off.", "Sum of lines", "UP"],
  DISCOUNTS: ["Discounts", "What codes and offers took off.", "Sum of discounts", "NEITHER"],
  RETURNS: ["Returns", "Goods sent back, on the day of the refund.", "Sum of returned lines", "DOWN"],
  AD_SPEND: ["Ad spend", "What the ad platforms say was spent.", "Sum of campaigns", "NEITHER"],
  EMAIL_REVENUE: ["E-mail revenue", "What is credited to e-mails.", "Sum of credited orders", "UP"],
  COSTS: [
    "Costs",
    "What your files of costs say of these days, with goods at their cost and the store’s own payment fees.",
    "Goods + shipping + handling + payment fees + marketing + fixed + other",
    "NEITHER",
  ],
};
const feeds: Readonly<Record<string, readonly MetricName[]>> = {
  Shopify: [...ofOrders, "COSTS"],
  "Meta Ads": ["AD_SPEND"],
  Klaviyo: ["EMAIL_REVENUE"],
  "Custom costs": ["COSTS"],
};

type Figures = readonly [amount: string, comparison: string, change: string];

function tileFixture(metric: MetricName, [amount, comparison, change]: Figures, more: Partial<Tile> = {}): Tile {
  const [title, sentence, formula, better] = words[metric];
  const isCount = metric === "ORDERS";
  const currency = isCount ? null : "INR";
  const base = isCount ? counts : sales;
  return {
    metric,
    state: "VALUE",
    unit: isCount ? "COUNT" : "MONEY",
    value: { amount, currency },
    apart: [],
    comparison: { amount: comparison, currency },
    change,
    series: base
      .slice(-8)
      .map((value, n) => ({ day: addDays("2026-11-12", n), value: String(value), comparison: null, isComplete: true })),
    definition: {
      title,
      sentence,
      formula,
      dateAnchor: "The day the order was placed",
      leavesOut: "Test orders and gift cards",
      better,
      sources: ["Shopify", "Amazon Seller"],
    },
    completeThrough: ago(6),
    calculatedAt: ago(3),
    daysHave: 1,
    daysNeeded: 1,
    note: null,
    remark: null,
    leftOut: [],
    parts: [],
    ...more,
  };
}

const inRupees = (title: string, amount: string): Tile["parts"][number] => ({
  title,
  value: { amount, currency: "INR" },
  apart: [],
});
const costsTile = (more: Partial<Tile> = {}): Tile =>
  tileFixture("COSTS", ["421380.25", "398200.00", "0.0582"], {
    remark: "42 of 2,310 units have no cost · Rows of files left out: 15",
    leftOut: [
      { reason: "Rates for one country: orders are read without their address", rows: 3, amounts: [] },
      {
        reason: "Costs of orders that are not here",
        rows: 12,
        amounts: [
          { amount: "1204.50", currency: "INR" },
          { amount: "18.00", currency: "USD" },
        ],
      },
    ],
    parts: [
      inRupees("Cost of goods", "287410.00"),
      inRupees("Shipping", "61240.50"),
      inRupees("Payment fees", "18729.75"),
      {
        title: "Marketing",
        value: { amount: "14000.00", currency: "INR" },
        apart: [{ amount: "450.00", currency: "USD" }],
      },
      inRupees("Fixed costs", "40000.00"),
    ],
    apart: [{ amount: "450.00", currency: "USD" }],
    ...more,
  });

export const source = (
  name: string,
  mark: OverviewData["sources"][number]["mark"],
  completeThrough: string | null,
  daysReady = 1,
): OverviewData["sources"][number] => ({
  datasource: {
    id: name,
    name,
    platform: { id: name, title: name },
    account: null,
    countsFrom: null,
    countsUntil: null,
  },
  feeds: [...(feeds[name] ?? ofOrders)],
  mark,
  completeThrough,
  daysReady,
  otherZone: null,
  frozenAt: null,
  cutDay: null,
  lost: [],
});

const tiles: Tile[] = [
  tileFixture("NET_SALES", ["842610.40", "749655.10", "0.1240"]),
  tileFixture("ORDERS", ["1284", "1177", "0.0909"]),
  tileFixture("AVERAGE_ORDER_VALUE", ["656.24", "636.92", "0.0303"]),
  tileFixture("TOTAL_SALES", ["1011132.48", "899586.12", "0.1240"]),
  tileFixture("GROSS_SALES", ["931204.00", "820110.00", "0.1355"]),
  tileFixture("DISCOUNTS", ["61940.00", "52405.00", "0.1820"]),
  tileFixture("RETURNS", ["26653.60", "18049.90", "0.4767"]),
  costsTile(),
  tileFixture("AD_SPEND", ["118240.00", "120512.00", "-0.0189"]),
  tileFixture("EMAIL_REVENUE", ["96310.00", "81877.50", "0.1763"]),
];

export function overviewFixture(more: Partial<OverviewData> = {}): OverviewData {
  return {
    range: { from: "2026-11-19", to: "2026-11-19", days: 1 },
    comparedWith: { from: "2026-11-12", to: "2026-11-12", days: 1 },
    zone: "Asia/Kolkata",
    currency: "INR",
    sources: [
      source("Shopify", "COMPLETE", ago(6)),
      source("Amazon Seller", "PARTIAL", "2026-11-19T13:10:00Z"),
      source("Meta Ads", "COMPLETE", ago(9)),
      source("Klaviyo", "COMPLETE", ago(21)),
      source("Custom costs", "COMPLETE", ago(130)),
    ],
    tiles,
    calculatedAt: ago(3),
    isCounting: false,
    ...more,
  };
}

/** Every look a tile can have, side by side. */
export function tileStates(): OverviewData {
  return overviewFixture({
    sources: [
      source("Shopify", "FETCHING", ago(6), 18),
      source("Amazon Seller", "STALE", ago(190)),
      source("WooCommerce", "MISSING", null),
    ],
    tiles: [
      tileFixture("NET_SALES", ["842610.40", "749655.10", "0.1240"], {
        state: "PARTIAL",
        change: null,
        completeThrough: "2026-11-19T13:10:00Z",
      }),
      tileFixture("ORDERS", ["0", "1177", "-1.0000"], {
        state: "ZERO",
        series: tiles[1]?.series.map((point) => ({ ...point, value: "0" })) ?? [],
      }),
      tileFixture("AVERAGE_ORDER_VALUE", ["656.24", "636.92", "0.0303"], {
        state: "STALE",
        change: null,
        note: "3 h old, normally 1 h",
      }),
      tileFixture("TOTAL_SALES", ["0", "0", "0"], {
        state: "NO_DATA",
        value: null,
        comparison: null,
        change: null,
        note: "No orders source",
        series: [],
      }),
      tileFixture("GROSS_SALES", ["931204.00", "0", "0"], {
        state: "FETCHING",
        change: null,
        daysHave: 18,
        daysNeeded: 28,
      }),
      tileFixture("DISCOUNTS", ["0", "0", "0"], {
        state: "NOT_ENOUGH",
        value: null,
        comparison: null,
        change: null,
        note: "Needs 28 days, has 12",
        series: [],
      }),
      costsTile({ state: "PARTIAL", change: null, apart: [], completeThrough: "2026-11-17T18:30:00Z" }),
      tileFixture("RETURNS", ["26653.60", "1804.99", "13.7700"], { apart: [{ amount: "11940.00", currency: "AED" }] }),
    ],
  });
}

export function nothingYet(): OverviewData {
  return overviewFixture({
    sources: [],
    tiles: tiles.map((tile) => ({
      ...tile,
      state: "NO_DATA",
      value: null,
      comparison: null,
      change: null,
      note: "No orders source",
      series: [],
      completeThrough: null,
      calculatedAt: null,
    })),
  });
}

export function chartFixture(): ChartTile[] {
  const series = (values: readonly number[]): ChartTile["series"] =>
    values.map((value, n) => ({
      day: addDays("2026-10-23", n),
      value: n === 9 ? null : String(value),
      isComplete: n !== values.length - 1,
    }));
  return [
    {
      metric: "NET_SALES",
      unit: "MONEY",
      currency: "INR",
      seriesApart: [],
      definition: { title: "Net sales" },
      series: series(sales).map((point, n) => (n === 9 ? { ...point, value: String(sales[9]) } : point)),
    },
    {
      metric: "ORDERS",
      unit: "COUNT",
      currency: null,
      seriesApart: [],
      definition: { title: "Orders" },
      series: series(counts),
    },
  ];
}

/** Other currencies beside, and newest days that are not whole yet. */
export function apartFixture(): { overview: OverviewData; charts: ChartTile[] } {
  const apart = [
    { amount: "9304.00", currency: "USD" },
    { amount: "517.20", currency: "AUD" },
  ];
  return {
    overview: overviewFixture({
      sources: [
        source("Shopify", "COMPLETE", ago(6)),
        { ...source("Ten Thousand", "PARTIAL", "2026-11-19T13:10:00Z"), otherZone: "America/New_York" },
      ],
      tiles: tiles.map((tile) => (tile.unit === "MONEY" ? { ...tile, apart, comparison: null, change: null } : tile)),
    }),
    charts: chartFixture().map((tile) => {
      const series = tile.series.map((point, n) =>
        n < 6 ? { ...point, value: null } : { ...point, isComplete: n > 8 && n < 24 },
      );
      const smaller = (by: number): ChartTile["series"] =>
        series.map((point) => ({ ...point, value: point.value && String(Math.round(Number(point.value) / by)) }));
      const inOthers = apart.map(({ currency }, n) => ({ currency, series: smaller(90 * (n + 1)) }));
      return { ...tile, series, seriesApart: tile.unit === "MONEY" ? inOthers : [] };
    }),
  };
}

/** A store in rupees whose place one in dollars took on 19 Nov, with the newest seven days on screen. */
export function replacedFixture(): { overview: OverviewData; charts: ChartTile[] } {
  const [day, ended] = ["2026-11-19", "2026-11-18T22:46:00Z"];
  const old = source("Old store", "COMPLETE", ended, 6);
  const next = source("New store", "PARTIAL", "2026-11-20T16:00:00Z", 0);
  const apart = [{ amount: "3213.00", currency: "USD" }];
  return {
    overview: overviewFixture({
      range: { from: "2026-11-13", to: day, days: 7 },
      comparedWith: { from: "2026-11-06", to: "2026-11-12", days: 7 },
      sources: [
        { ...old, frozenAt: ended, datasource: { ...old.datasource, countsUntil: day } },
        { ...next, otherZone: "US/Eastern", datasource: { ...next.datasource, countsFrom: day } },
      ],
      tiles: tiles
        .filter(({ metric }) => ofOrders.includes(metric))
        .map((tile) =>
          tile.unit === "MONEY"
            ? { ...tile, apart, comparison: null, change: null, series: tile.series.slice(0, -1) }
            : tile,
        ),
    }),
    charts: chartFixture().map((tile) =>
      tile.unit === "MONEY"
        ? {
            ...tile,
            currency: "INR",
            series: tile.series.map((point, n) => (n < 27 ? point : { ...point, value: null })),
            seriesApart: [
              {
                currency: "USD",
                series: tile.series.map((point, n) => ({ ...point, value: n < 27 ? null : "8426.10" })),
              },
            ],
          }
        : tile,
    ),
  };
}

/** The last day of a store whose place another took before that day had ended by its own clock, read up to then or not. */
export function cutShortFixture(cutDay: string | null = null): OverviewData {
  const ended = "2026-11-19T18:40:00Z";
  const through = cutDay === null ? "2026-11-19T17:01:00Z" : ended;
  const old = source("Old store", cutDay === null ? "PARTIAL" : "COMPLETE", through, 0);
  const fed = tiles.filter(({ metric }) => ofOrders.includes(metric));
  return overviewFixture({
    sources: [
      {
        ...old,
        cutDay,
        frozenAt: ended,
        otherZone: "US/Eastern",
        datasource: { ...old.datasource, countsUntil: "2026-11-20" },
      },
    ],
    tiles: fed.map((tile) =>
      cutDay === null ? { ...tile, state: "PARTIAL", change: null, comparison: null, completeThrough: through } : tile,
    ),
  });
}

/** A day that counted from a store whose place another took, once its data is deleted. */
export function lostFixture(): OverviewData {
  const next = source("New store", "MISSING", "2026-11-20T16:00:00Z", 0);
  const lost = {
    id: "old",
    name: "Old store",
    countsFrom: null,
    dataDeletedAt: "2026-11-20T15:00:00Z",
    deletesDataAt: "2026-11-20T15:00:00Z",
    deletesDataBy: { name: "Ananya Das" },
  };
  const nothing = { state: "NO_DATA", value: null, comparison: null, change: null } as const;
  return overviewFixture({
    sources: [{ ...next, lost: [lost], datasource: { ...next.datasource, countsFrom: "2026-11-20" } }],
    tiles: tiles
      .filter(({ metric }) => ofOrders.includes(metric))
      .map((tile) => ({ ...tile, ...nothing, note: "Nothing has come in for these days." })),
  });
}
