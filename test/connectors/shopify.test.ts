// The Shopify connector against the stand-in, over HTTP and by real names: what it reads must be what the shop holds.
import { sumOf } from "@headwater/connectors/decimal.ts";
import type { Page, SliceSpec } from "@headwater/connectors/contract.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { RecordOf, SourceRecord } from "@headwater/connectors/records.ts";
import { connector } from "@headwater/connectors/shopify/index.ts";
import { makeTestSession, type TestSession } from "@headwater/connectors/testing/session.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { everyScope, startTestSandbox, testClient, type TestSandbox } from "../sandbox/testing.ts";

// Large enough for several pages, on a plan whose bucket lets a test hurry.
const shop = "contract-tea.myshopify.com";
const DAY_MS = 86_400_000;
const signal = new AbortController().signal;
const client = { ...testClient, redirectUri: testClient.redirectUris[0] ?? "" };
const oauth = connector.authorization;
if (oauth.kind !== "oauth") throw new Error("Shopify is connected by consent");

let sandbox: TestSandbox;
let outbound: Outbound;
let session: TestSession;

beforeAll(async () => {
  sandbox = await startTestSandbox({ live: "off" });
  await sandbox.desk("settings", { bulkCreatedMs: 10, bulkRunningMs: 10 });
  await sandbox.desk("shops", { domain: shop, orders: 400, spanDays: 100, plan: "enterprise", currency: "KWD" });
  const origin = new URL(sandbox.origin);
  outbound = makeOutbound({
    routes: new Map([
      ["*.myshopify.com", origin],
      ["storage.googleapis.com", origin],
    ]),
    idleMs: 2_000,
  });
  session = await connected();
});
afterAll(async () => {
  await outbound.close();
  await sandbox.close();
});
beforeEach(async () => {
  session.sent.length = 0;
  await sandbox.desk("end-faults", {});
});

const now = () => new Date(sandbox.clock.nowMs());

async function connected(scopes = everyScope): Promise<TestSession> {
  if (oauth.kind !== "oauth") throw new Error("unreachable");
  const back = await sandbox.consent(shop, scopes);
  const reading = oauth.readCallback(back.search.slice(1), client, now());
  if (reading.kind !== "granted") throw new Error(`refused: ${JSON.stringify(reading)}`);
  const { claims, code } = reading;
  const tokens = await oauth.exchange(outbound, {
    client,
    params: { shop },
    claims,
    code,
    codeVerifier: null,
    now: now(),
    signal,
  });
  const made = makeTestSession({
    connector,
    outbound,
    login: tokens.login,
    credential: tokens.credential,
    scopes: tokens.scopes,
    now,
    refresh: async () => {
      const renewed = await oauth.refresh?.(outbound, {
        client,
        login: tokens.login,
        credential: made.credential,
        now: now(),
        signal,
      });
      if (renewed === undefined) throw new Error("Shopify refreshes");
      return renewed.credential;
    },
  });
  return made;
}

const ago = (days: number) => new Date(now().getTime() - days * DAY_MS);
const whole: () => SliceSpec = () => ({ mode: "history", from: ago(4_000), to: now(), urgent: false });
/** The newest 55 orders: few enough that they are paged, and three pages of them. */
async function newest(): Promise<SliceSpec & { from: Date }> {
  const made = (await toldOrders()).map((order) => Date.parse(order.createdAt)).toSorted((a, b) => b - a);
  return { mode: "history", from: new Date((made[54] ?? 0) - 1_000), to: now(), urgent: true };
}

/** Reads a slice to its end; a failure begins again from the last cursor, as the load path would. */
async function read(
  name: string,
  slice: SliceSpec,
  triesMax = 1,
): Promise<{ records: SourceRecord[]; rejected: Page[] }> {
  const pages = connector.streams.find((stream) => stream.name === name)?.pages;
  if (pages === undefined) throw new Error(`${name} has no pages`);
  const given: Page[] = [];
  for (let tries = 1; ; tries += 1) {
    try {
      // A waiting page is asked after at once: the stand-in needs no time to speak of.
      for await (const page of pages(session, slice, given.at(-1)?.cursor ?? null)) given.push(page);
      break;
    } catch (error) {
      if (tries >= triesMax) throw error;
    }
  }
  const records = given.flatMap((page) => (page.kind === "records" ? page.records : []));
  return { records, rejected: given.filter((page) => page.kind === "records" && page.rejected.length > 0) };
}

type Figure = { readonly id: string; readonly [name: string]: unknown };
const bare = (id: string) => id.split("/").at(-1) ?? id;
const plain = (amount: string | null) => sumOf([amount ?? "0"]);

/** Newest version of each, as an upsert would leave it, in the shape that the desk tells the truth in. */
function heldOrders(records: readonly SourceRecord[]): Figure[] {
  const held = new Map(records.map((record) => [`${record.kind} ${record.id}`, record]));
  const of = <K extends SourceRecord["kind"]>(kind: K) =>
    [...held.values()].filter((record): record is RecordOf<K> => record.kind === kind);
  const byOrder = Map.groupBy(of("orderLine"), (line) => line.orderId);
  const refunds = Map.groupBy(of("refund"), (refund) => refund.orderId);
  return of("order")
    .map((order) => ({
      id: bare(order.id),
      total: plain(order.total),
      discounts: plain(order.discounts),
      tax: plain(order.tax),
      customerId: order.customerId === null ? null : bare(order.customerId),
      lines: (byOrder.get(order.id) ?? [])
        .map(
          (line) => `${bare(line.id)} ${line.quantity} ${plain(line.gross)} ${plain(line.discount)} ${plain(line.tax)}`,
        )
        .toSorted(),
      refunded: sumOf((refunds.get(order.id) ?? []).map((refund) => refund.amount)),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

type Truth = {
  id: string;
  createdAt: string;
  deletedAt: string | null;
  total: string;
  discounts: string;
  tax: string;
  customerId: string | null;
  refunded: string;
  lines: { id: string; quantity: number; gross: string; discount: string; tax: string }[];
};

async function toldOrders(): Promise<Truth[]> {
  const { text } = await sandbox.call({ path: `/_desk/orders/${shop}?of=truth` });
  const told: Truth[] = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return told.filter((order) => order.deletedAt === null);
}

async function trueOrders(from: Date | null = null): Promise<Figure[]> {
  return (await toldOrders())
    .filter((order) => Date.parse(order.createdAt) >= (from?.getTime() ?? 0))
    .map((order) => ({
      id: order.id,
      total: plain(order.total),
      discounts: plain(order.discounts),
      tax: plain(order.tax),
      customerId: order.customerId,
      lines: order.lines
        .map((line) => `${line.id} ${line.quantity} ${plain(line.gross)} ${plain(line.discount)} ${plain(line.tax)}`)
        .toSorted(),
      refunded: plain(order.refunded),
    }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

describe("a whole store", () => {
  test("is read by bulk as it is", async () => {
    expect(heldOrders((await read("orders", whole())).records)).toEqual(await trueOrders());
  });

  test("is read by pages as it is, to the same records", async () => {
    const slice = await newest();
    const bulk = await read("orders", whole());
    session.sent.length = 0;
    const paged = await read("orders", slice);
    expect(session.sent.map((request) => request.purpose)).not.toContain("bulk.start");
    expect(heldOrders(paged.records)).toEqual(await trueOrders(slice.from));
    const documents = new Map(bulk.records.map((record) => [`${record.kind} ${record.id}`, record.document]));
    expect(paged.records.length).toBeGreaterThan(100);
    for (const record of paged.records) expect(record.document).toBe(documents.get(`${record.kind} ${record.id}`));
  });

  test("tells its customers and products once each", async () => {
    for (const name of ["customers", "products"]) {
      const { records, rejected } = await read(name, { ...whole(), from: null });
      expect(rejected).toEqual([]);
      expect(records.length).toBeGreaterThan(10);
      expect(new Set(records.map((record) => `${record.kind} ${record.id}`)).size).toBe(records.length);
    }
  });
});

describe("a store that changes", () => {
  test("gives what was touched since, and only that", async () => {
    const from = now();
    await sandbox.desk(`shops/${shop}`, { action: "placeOrders", count: 3 });
    await sandbox.desk(`shops/${shop}`, { action: "happen", kind: "refund", count: 2 });
    await sandbox.desk("clock", { bySeconds: 60 });
    const { records } = await read("orders", { mode: "changes", from, to: now(), urgent: false });
    const orders = records.filter((record) => record.kind === "order");
    expect(orders.length).toBeGreaterThanOrEqual(3);
    expect(orders.length).toBeLessThan(10);
    const truth = new Map((await trueOrders()).map((order) => [order.id, order]));
    for (const order of heldOrders(records)) expect(order).toEqual(truth.get(order.id));
  });

  test("renews a token that has run out, once, and goes on", async () => {
    await sandbox.desk("clock", { byHours: 2 });
    const before = session.credential["accessToken"];
    await connector.account.verify(session, null);
    expect(session.credential["accessToken"]).not.toBe(before);
  });
});

describe("a store that misbehaves", () => {
  test.each([
    ["throttled", {}],
    ["tooMany", { retryAfter: "1" }],
    ["serverError", { status: 502 }],
    ["internalError", {}],
    ["unauthorized", {}],
    ["html", {}],
    ["emptyBody", {}],
    ["xml", {}],
    ["byteOrderMark", {}],
    ["reset", {}],
    ["lostAnswer", {}],
    ["cut", { bytes: 900 }],
    ["truncatedJson", {}],
    ["truncatedGzip", {}],
    ["wrongLength", {}],
    ["duplicatePage", { match: "pageInfo", skip: 1 }],
    ["unordered", { match: "pageInfo" }],
    ["repeatRecords", { match: "pageInfo" }],
    ["emptyPage", { match: "pageInfo", skip: 1 }],
    ["staleCursor", { match: "pageInfo", skip: 1 }],
  ])("(%s) is read all the same, nothing lost and nothing twice", async (kind, more) => {
    const slice = await newest();
    const truth = await trueOrders(slice.from);
    await sandbox.desk("faults", { kind, surface: "graphql", shop, count: 2, ...more });
    const outcome = await read("orders", slice, 5);
    expect(heldOrders(outcome.records)).toEqual(truth);
    expect(session.sent.filter((request) => request.purpose === "orders").length).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ["cut", { bytes: 40_000 }],
    ["reset", {}],
    ["serverError", { status: 503 }],
    ["truncatedGzip", {}],
    ["wrongLength", {}],
  ])("(%s, in the file) is read all the same", async (kind, more) => {
    const truth = await trueOrders();
    await sandbox.desk("faults", { kind, surface: "download", count: 1, ...more });
    expect(heldOrders((await read("orders", whole(), 5)).records)).toEqual(truth);
  });

  test.each(["TIMEOUT", "INTERNAL_SERVER_ERROR"])(
    "(a bulk operation fails with %s) is read all the same",
    async (text) => {
      const truth = await trueOrders();
      await sandbox.desk("faults", { kind: "bulkFailed", surface: "graphql", shop, count: 2, text });
      expect(heldOrders((await read("orders", whole())).records)).toEqual(truth);
    },
  );

  test("(one page for ever) is found out, not followed", async () => {
    await sandbox.desk("faults", {
      kind: "lastPageForever",
      surface: "graphql",
      shop,
      match: "pageInfo",
      count: "all",
    });
    await expect(read("orders", await newest())).rejects.toThrow(/same page/);
  });

  test("(a poison record) loses that one to quarantine", async () => {
    await sandbox.desk("faults", {
      kind: "poison",
      surface: "graphql",
      shop,
      match: "pageInfo",
      count: 1,
      field: "processedAt",
      text: "yesterday",
    });
    const slice = await newest();
    const { records, rejected } = await read("orders", slice);
    expect(rejected).toHaveLength(1);
    expect(heldOrders(records)).toHaveLength((await trueOrders(slice.from)).length - 1);
  });
});
