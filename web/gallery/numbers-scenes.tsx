import type { DayCheck, Restatement } from "../screens/detail/spot-checks.documents.ts";
import type { LiveDatasource } from "../live/live.documents.ts";
import { runsFixture } from "./answers.ts";
import { OverviewPage } from "../screens/overview/overview-page.tsx";
import { Shell } from "../shell/shell.tsx";
import { ago, ahead, datasourceFixture, reason } from "./fixtures.ts";
import { overviewFixture } from "./numbers.ts";
import type { Scene } from "./scene.ts";
import { DetailScene, list } from "./scene-pages.tsx";

const checked = (more: Partial<DayCheck> & Pick<DayCheck, "day">): DayCheck => ({
  metric: "orders",
  title: "Orders",
  ours: "412",
  theirs: "412",
  difference: "0",
  currency: null,
  state: "EQUAL",
  checkedAt: ago(300),
  parts: [],
  settlesAt: ago(900),
  ...more,
});
const sales = { metric: "net_sales", title: "Net sales", currency: "INR" } as const;
const equalSales = { ...sales, ours: "184210.50", theirs: "184210.50" };

const ordersFixture = (count: number, from = 1_612) =>
  Array.from({ length: count }, (_, n) => ({
    name: `#${from + n * 7}`,
    url: `https://monsoon-and-moss.myshopify.com/admin/orders/${5_204_000 + from + n * 7}`,
  }));

const unexplained = { cause: "UNEXPLAINED" as const, records: null, firstRecords: [] };

const explained: DayCheck["parts"] = [
  {
    cause: "DEFINITION",
    amount: "-3",
    records: 3,
    firstRecords: ordersFixture(3),
    sentence: "Shopify counts test orders, we leave them out: 3 on this day.",
  },
  {
    cause: "SCOPE",
    amount: "1",
    records: 1,
    firstRecords: ordersFixture(1, 1_450),
    sentence:
      "Shopify counts an order on the day it was made, we on the order’s own date: 1 with this date were made on another day.",
  },
];

const checks: DayCheck[] = [
  checked({
    day: "2026-11-19",
    theirs: "414",
    difference: "-2",
    state: "NOT_SETTLED",
    settlesAt: ahead(420),
    parts: [
      {
        ...unexplained,
        amount: "-2",
        sentence: "Nothing on record explains this part yet: Shopify may still change the day.",
      },
    ],
  }),
  checked({
    day: "2026-11-18",
    ...sales,
    ours: "184210.50",
    theirs: "187230.50",
    difference: "-3020",
    state: "DIFFERENT",
    parts: [{ ...unexplained, amount: "-3020", sentence: "Nothing on record explains this part." }],
  }),
  checked({ day: "2026-11-18", theirs: "414", difference: "-2", state: "EXPLAINED", parts: explained }),
  checked({
    day: "2026-11-16",
    theirs: "417",
    difference: "-5",
    state: "DIFFERENT",
    parts: [...explained, { ...unexplained, amount: "-3", sentence: "Nothing on record explains this part." }],
  }),
  checked({ day: "2026-11-17", theirs: null, difference: null, state: "NO_FIGURE", checkedAt: ago(40) }),
  ...["2026-11-15", "2026-11-14", "2026-11-12", "2026-11-11", "2026-11-10"].flatMap((day) => [
    checked({ day, ...equalSales }),
    checked({ day }),
  ]),
];

/** A shop that had its orders of years brought over in one day. */
const many: DayCheck = checked({
  day: "2026-11-18",
  theirs: "3555",
  difference: "-3143",
  state: "EXPLAINED",
  parts: [
    {
      cause: "DEFINITION",
      amount: "-12",
      records: 12,
      firstRecords: ordersFixture(12),
      sentence: "Shopify counts test orders, we leave them out: 12 on this day.",
    },
    {
      cause: "SCOPE",
      amount: "-3131",
      records: 3_131,
      firstRecords: ordersFixture(20, 210),
      sentence:
        "Shopify counts an order on the day it was made, we on the order’s own date: 3,131 made on this day have another date.",
    },
  ],
});

/** Meta has gone on with its day since we read it. */
const credited: DayCheck[] = [
  checked({
    day: "2026-11-18",
    metric: "ad_purchases",
    title: "Purchases claimed by ads",
    ours: "61",
    theirs: "65",
    difference: "-4",
    state: "EXPLAINED",
    parts: [
      {
        cause: "ATTRIBUTION",
        amount: "-4",
        records: 3,
        firstRecords: [],
        sentence:
          "Meta Ads has credited purchases to this day anew since we last read it; the next reading brings that here. Campaigns concerned: 3.",
      },
    ],
  }),
  checked({
    day: "2026-11-18",
    metric: "ad_spend",
    title: "Ad spend",
    currency: "INR",
    ours: "84120.40",
    theirs: "84310.65",
    difference: "-190.25",
    state: "EXPLAINED",
    parts: [
      {
        cause: "TIMING",
        amount: "-190.25",
        records: 2,
        firstRecords: [],
        sentence:
          "Meta Ads has changed this day since we last read it; the next reading brings that here. Campaigns concerned: 2.",
      },
    ],
  }),
];

const restated = (more: Partial<Restatement> & Pick<Restatement, "id">): Restatement => ({
  day: "2026-11-09",
  title: "Net sales",
  before: "201480.00",
  after: "198460.00",
  change: "-3020",
  currency: "INR",
  cause: "EDIT",
  at: ago(190),
  settlesAt: "2026-11-10T00:30:00Z",
  run: { id: "run-2" },
  ...more,
});

const changes: Restatement[] = [
  restated({ id: "c1" }),
  restated({ id: "c2", title: "Orders", before: "431", after: "430", change: "-1", currency: null, cause: "DELETE" }),
  restated({
    id: "c3",
    day: "2026-10-02",
    before: null,
    after: "1204.5",
    change: "1204.5",
    cause: "RESYNC",
    at: ago(4000),
    settlesAt: "2026-10-03T00:30:00Z",
  }),
  restated({ id: "c4", day: "2026-11-07", cause: "REREAD", at: ago(5000), settlesAt: null, run: null }),
];

const checksOf = (nodes: readonly DayCheck[], isSpotChecked = true) => ({
  datasource: { id: "x", isSpotChecked, spotChecks: { nodes } },
});
const changesOf = (nodes: readonly Restatement[], hasNextPage = false) => ({
  datasource: {
    id: "x",
    restatementsUrl: "/v1/datasources/x/restatements.csv",
    restatements: { nodes, pageInfo: { endCursor: "4", hasNextPage } },
  },
});

const numbersAnswers = { DatasourceNumbers: checksOf(checks), Restatements: changesOf(changes, true) };

const command = (more: Partial<LiveDatasource["commands"][number]>): LiveDatasource["commands"][number] => ({
  id: "check",
  kind: "checkNow",
  state: "ACCEPTED",
  createdAt: ago(0.1),
  settledAt: null,
  outcome: null,
  ...more,
});

/** Somebody has had the source asked again. */
const askedScene = (name: string, more: Partial<LiveDatasource["commands"][number]>): Scene => ({
  ...scene(name),
  setting: {
    path: `${list}/shopify/numbers`,
    answers: numbersAnswers,
    datasources: [datasourceFixture({ commands: [command(more)] })],
  },
});

const scene = (name: string, answers: Scene["setting"]["answers"] = {}, search = ""): Scene => ({
  name,
  setting: { path: `${list}/shopify/numbers`, search, answers },
  show: () => <DetailScene id="shopify" tab="numbers" />,
});

/** A link led to a run that is none of the newest. */
const runScene = (name: string, answer: NonNullable<Scene["setting"]["answers"]>[string]): Scene => ({
  name,
  setting: { path: `${list}/shopify/runs`, search: "run=r-older", answers: { OneRun: answer } },
  show: () => <DetailScene id="shopify" tab="runs" />,
});

/** The day before the first that the checks show. */
const longAgo = { from: "2026-11-05", to: "2026-11-05" };

export const numbersScenes: Scene[] = [
  scene("detail-numbers", numbersAnswers),
  scene("detail-numbers-day", numbersAnswers, "day=2026-11-19"),
  scene("detail-numbers-many-orders", { DatasourceNumbers: checksOf([many]) }, "day=2026-11-18"),
  {
    name: "detail-numbers-credited",
    setting: {
      path: `${list}/meta-ads/numbers`,
      search: "day=2026-11-18",
      answers: { DatasourceNumbers: checksOf(credited), Restatements: changesOf([]) },
    },
    show: () => <DetailScene id="meta-ads" tab="numbers" />,
  },
  askedScene("detail-numbers-asked", {}),
  askedScene("detail-numbers-not-checked", {
    state: "FAILED",
    settledAt: ago(0),
    outcome: reason("Not checked. The source says: Reports are closed for maintenance until noon", {
      code: "notChecked",
    }),
  }),
  {
    name: "overview-long-ago",
    setting: {
      path: "/monsoon-and-moss/overview",
      search: `range=custom&from=${longAgo.from}&to=${longAgo.to}`,
      answers: { Overview: { overview: overviewFixture({ range: { ...longAgo, days: 1 } }) } },
    },
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <OverviewPage />
      </Shell>
    ),
  },
  scene("detail-numbers-loading", { DatasourceNumbers: null, Restatements: null }),
  scene("detail-numbers-first", { DatasourceNumbers: checksOf([]), Restatements: changesOf([]) }),
  scene("detail-numbers-no-aggregate", { DatasourceNumbers: checksOf([], false), Restatements: changesOf(changes) }),
  runScene("detail-runs-older", {
    node: { ...runsFixture.at(-1), __typename: "Run", id: "r-older", startedAt: ago(43_200) },
  }),
  runScene("detail-runs-not-kept", { node: null }),
  runScene("detail-runs-older-failed", new Error("down")),
  scene("detail-numbers-failed", { DatasourceNumbers: new Error("down"), Restatements: new Error("down") }),
];
