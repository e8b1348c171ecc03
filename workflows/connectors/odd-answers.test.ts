// A source may say anything anywhere: whatever stands in a field, in a header or in a status, nothing but a `SourceFailure`
// leaves a connector. What is thrown otherwise is counted as a fault of ours, and stops what it need not stop.
import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { AccountFacts, Connector, Cursor, SliceSpec } from "./contract.ts";
import { isSourceFailure } from "./failure.ts";
import type { Json } from "./json.ts";
import { connector as klaviyo } from "./klaviyo/index.ts";
import { connector as metaAds } from "./meta-ads/index.ts";
import type { SourceRequest, SourceSession } from "./session.ts";
import { connector as shopify } from "./shopify/index.ts";
import { makeScriptedSession, type Scripted } from "./testing/scripted.ts";

type Says = (request: SourceRequest, url: URL) => Json;

const sample = (name: string): Json => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const at = "2026-11-19T08:00:00Z";

const order = { __typename: "Order", id: "gid://shopify/Order/1", createdAt: at, updatedAt: at, processedAt: at };
const shop: Says = ({ purpose, body = "" }) => {
  if (purpose === "orders") return sample("shopify/samples/orders-page.json");
  const operation = {
    id: "gid://shopify/BulkOperation/1",
    status: "COMPLETED",
    errorCode: null,
    createdAt: at,
    objectCount: "1",
    rootObjectCount: "1",
    url: "https://storage.googleapis.com/bulk/1",
    query: "{ }",
  };
  const data = {
    shop: { id: "gid://shopify/Shop/1", name: "Tea", myshopifyDomain: "tea.myshopify.com", currencyCode: "EUR" },
    currentAppInstallation: { accessScopes: [{ handle: "read_orders" }] },
    ordersCount: { count: body.includes("Walk") ? 1 : 900, precision: "EXACT" },
    productsCount: { count: 1, precision: "EXACT" },
    bulkOperation: operation,
    bulkOperations: { nodes: [operation] },
    bulkOperationRunQuery: { bulkOperation: operation, userErrors: [{ code: "X", field: null, message: "m" }] },
    products: { nodes: [{ ...order, id: "gid://shopify/Product/1" }], pageInfo: { hasNextPage: true, endCursor: "a" } },
    customers: { nodes: [order], pageInfo: { hasNextPage: false, endCursor: null } },
    nodes: [order],
    node: order,
    shopifyqlQuery: { tableData: { columns: [{ name: "day" }], rows: [{ day: "2026-11-19" }] }, parseErrors: [] },
  };
  const status = { currentlyAvailable: 10, maximumAvailable: 2000, restoreRate: 100 };
  const error = { message: "Throttled", extensions: { code: "THROTTLED" }, path: ["shop"] };
  return { data, errors: [error], extensions: { cost: { requestedQueryCost: 12, throttleStatus: status } } };
};

const mail: Says = (_request, { pathname }) => {
  if (pathname.endsWith("accounts")) return sample("klaviyo/samples/accounts.json");
  if (pathname.endsWith("metric-aggregates")) return sample("klaviyo/samples/metric-aggregates.json");
  if (pathname.endsWith("metrics")) return sample("klaviyo/samples/metrics.json");
  const attributes = { name: "n", status: "Sent", updated_at: at, updated: at, created: at, scheduled_at: at };
  return { data: [{ type: "campaign", id: "1", attributes }], links: { next: "https://a.klaviyo.com/api/flows?p=2" } };
};

const ads: Says = ({ method }, { pathname }) => {
  const account = { id: "act_1", account_id: "1", name: "A", currency: "USD", timezone_name: "America/New_York" };
  if (pathname.endsWith("adaccounts"))
    return { data: [{ ...account, account_status: 1, business: { id: "2", name: "B" }, user_tasks: ["ANALYZE"] }] };
  if (pathname.endsWith("permissions")) return { data: [{ permission: "ads_read", status: "granted" }] };
  if (pathname.endsWith("act_1")) return { ...account, account_status: 1 };
  if (method === "POST") return { report_run_id: "77" };
  if (pathname.endsWith("/77"))
    return { async_status: "Job Failed", async_percent_completion: 40, error_code: 1, error_message: "m" };
  const day = { account_id: "1", campaign_id: "2", date_start: "2026-11-18", date_stop: "2026-11-18", spend: "1.50" };
  const actions = [{ action_type: "omni_purchase", value: "2" }];
  const told = { impressions: "3", actions, action_values: actions, id: "9", name: "c", updated_time: at };
  const next = "https://graph.facebook.com/v26.0/x?after=b";
  return { data: [{ ...day, ...told }], paging: { cursors: { after: "b" }, next } };
};

const account: AccountFacts = {
  externalId: "1",
  name: "A",
  domain: null,
  currency: "USD",
  zone: "America/New_York",
  state: "open",
  details: {},
};
const sources: readonly [string, Connector, Says][] = [
  ["shopify", shopify, shop],
  ["klaviyo", klaviyo, mail],
  ["meta-ads", metaAds, ads],
];

/** As they stand in the text of an answer. */
const ODD = [
  "null",
  "[]",
  "[null]",
  "{}",
  "[{}]",
  '""',
  '"x"',
  '"http://["',
  '"https://a.klaviyo.com:99999/"',
  '"2026-11-19T08:00:00+99:99"',
  '"9999-99-99"',
  '"Mars/Olympus"',
  "true",
  "-1",
  "0",
  "1e308",
  "-1e308",
  "12345678901234567890",
  "1.0e0",
  '{"code":12345678901234567890,"message":{}}',
];
const HEADERS = [
  "retry-after",
  "date",
  "ratelimit-remaining",
  "ratelimit-reset",
  "location",
  "content-encoding",
  "content-type",
  "content-range",
  "x-business-use-case-usage",
  "x-fb-ads-insights-throttle",
  "x-ad-account-usage",
  "x-app-usage",
];
const VALUES = [
  "",
  "x",
  "99999999999999999999",
  "-1",
  "1e308",
  "Thu, 99 Nov 2026 99:00:00 GMT",
  "http://[",
  '{"acc_id_util_pct":100,"reset_time_duration":1e308,"estimated_time_to_regain_access":1e308}',
  '{"1":[{"call_count":12345678901234567890,"estimated_time_to_regain_access":1e300}]}',
];

const wish = fc.record({
  /** Of the calls, which one is odd; the others are answered as they should be. */
  call: fc.nat(4),
  status: fc.constantFrom(200, 200, 200, 200, 301, 307, 400, 403, 429, 500),
  picks: fc.array(fc.tuple(fc.nat(10_000), fc.constantFrom(...ODD)), { maxLength: 3 }),
  headers: fc.array(fc.tuple(fc.constantFrom(...HEADERS), fc.constantFrom(...VALUES)), { maxLength: 2 }),
});
type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never;

const MARK = "\u0001";

/** Something odd in the place of one of its values, whichever. */
function spoiled(answer: Json, [pick, odd]: readonly [number, string]): string {
  const places: ((value: Json) => void)[] = [];
  const copy: { whole: Json } = { whole: structuredClone(answer) };
  const walk = (holder: object): void => {
    for (const [name, value] of Object.entries(holder)) {
      places.push((other) => Object.assign(holder, { [name]: other }));
      if (typeof value === "object" && value !== null) walk(value);
    }
  };
  walk(copy);
  places[pick % places.length]?.(MARK + odd);
  return JSON.stringify(copy.whole);
}

const unmarked = (text: string): string =>
  text.replaceAll(/"\\u0001((?:[^"\\]|\\.)*)"/g, (_all, odd: string) => JSON.parse(`"${odd}"`));

function answering(says: Says, { call, status, picks, headers }: Wish): (request: SourceRequest) => Scripted {
  let calls = 0;
  return (request) => {
    if (!URL.canParse(request.url)) return { body: "{}" }; // refused before it is sent
    const url = new URL(request.url);
    const plain = url.host === "storage.googleapis.com" ? order : says(request, url);
    if (calls++ !== call) return { body: JSON.stringify(plain) };
    const body = picks.reduce<Json>((answer, pick) => JSON.parse(spoiled(answer, pick)), plain);
    return { status, headers: Object.fromEntries(headers), body: unmarked(JSON.stringify(body)) };
  };
}

const slices: readonly SliceSpec[] = [
  { mode: "changes", from: new Date("2026-11-18T00:00:00Z"), to: new Date("2026-11-20T12:00:00Z"), urgent: true },
  { mode: "history", from: new Date("2026-10-01T00:00:00Z"), to: new Date("2026-11-01T00:00:00Z"), urgent: false },
];
const PAGES_MOST = 6;

/** Everything that is asked of a connector in the house, one after another, each with answers of its own. */
const uses = ({ account: probe, streams, reconcile }: Connector): ((session: SourceSession) => Promise<unknown>)[] => [
  (session) => probe.list(session),
  (session) => probe.verify(session, "1"),
  (session) => reconcile?.aggregates(session, "2026-11-19") ?? Promise.resolve(),
  ...streams.flatMap((stream) => [
    ...slices.map((slice) => async (session: SourceSession) => {
      let [pages, cursor]: [number, Cursor | null] = [0, null];
      for await (const page of stream.pages?.(session, slice, null) ?? []) {
        cursor = page.cursor;
        if (page.kind === "waiting") page.until.toISOString();
        else page.through?.toISOString();
        if ((pages += 1) >= PAGES_MOST) break;
      }
      for await (const { cursor: to } of stream.pages?.(session, slice, cursor) ?? [])
        if (to === cursor || (pages += 1) >= 2 * PAGES_MOST) break;
    }),
    async (session: SourceSession) => stream.count?.(session, slices[0] ?? { from: null, to: new Date() }),
    async (session: SourceSession) => {
      const ids = stream.ids?.(session, slices[1] ?? { from: null, to: new Date() }) ?? [];
      for await (const some of ids) if (some.length >= 0) break;
    },
  ]),
];

const named = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

test.each(sources)("%s", async (_name, connector, says) => {
  await fc.assert(
    fc.asyncProperty(wish, async (wanted) => {
      for (const use of uses(connector)) {
        const scopes = connector.catalog.scopes.map(({ scope }) => scope);
        const session = { ...makeScriptedSession(answering(says, wanted), { scopes }), account };
        const thrown = await use(session).then(
          () => null,
          (error: unknown) => error,
        );
        if (thrown !== null && !isSourceFailure(thrown)) expect.fail(named(thrown));
      }
    }),
    { numRuns: 60 },
  );
});
