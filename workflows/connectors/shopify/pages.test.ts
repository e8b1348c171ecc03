import { describe, expect, test } from "vitest";
import type { Page, SliceSpec } from "../contract.ts";
import { isSourceFailure } from "../failure.ts";
import type { Json } from "../json.ts";
import type { SourceRequest } from "../session.ts";
import { askedIn, makeScriptedSession, type Scripted } from "../testing/scripted.ts";
import { idsOf, streamPages } from "./streams/reading.ts";
import { catalogueStreams, customersSubject } from "./streams/catalogue.ts";
import { ordersSubject } from "./streams/orders.ts";

const slice: SliceSpec = {
  mode: "changes",
  from: new Date("2026-11-20T10:00:00Z"),
  to: new Date("2026-11-20T11:00:00.500Z"),
  urgent: false,
};

const customer = (id: number, at = "2026-11-20T10:30:00Z") => ({
  id: `gid://shopify/Customer/${id}`,
  createdAt: at,
  updatedAt: at,
  numberOfOrders: "3",
  amountSpent: { amount: "12.50", currencyCode: "EUR" },
});
const page = (nodes: object[], next: string | null, more: Partial<Scripted> = {}): Scripted => ({
  body: JSON.stringify({
    data: { customers: { nodes, pageInfo: { hasNextPage: next !== null, endCursor: next ?? "end" } } },
  }),
  ...more,
});
const failed = (message: string, code = ""): Scripted => ({
  body: JSON.stringify({ errors: [{ message, extensions: { code } }] }),
});

async function read(script: (request: SourceRequest, n: number) => Scripted, from: Record<string, Json> | null = null) {
  let n = 0;
  const session = makeScriptedSession((request) => script(request, n++));
  const pages: Page[] = [];
  let failure: unknown = null;
  try {
    for await (const one of streamPages(session, customersSubject, { slice, from, count: null })) pages.push(one);
  } catch (error) {
    failure = error;
  }
  const asked = session.sent.map((request) => askedIn(request));
  return { session, pages, asked, failure, ids: pages.flatMap(idsIn) };
}
const idsIn = (one: Page) =>
  one.kind === "records" ? one.records.map((record) => Number(record.id.split("/").at(-1))) : [];

describe("a walk over pages", () => {
  test("is sorted by the field that it filters, over a closed and quoted window", async () => {
    const { asked } = await read(() => page([customer(1)], null));
    expect(asked[0]?.query).toContain("sortKey: UPDATED_AT");
    expect(asked[0]?.variables["search"]).toBe(
      "updated_at:>='2026-11-20T10:00:00Z' AND updated_at:<'2026-11-20T11:00:01Z'",
    );
  });

  test("goes on from a committed cursor exactly where it stood", async () => {
    const whole = await read((_request, n) => page([customer(n)], n < 2 ? `c${n}` : null));
    const cursor = whole.pages[0]?.cursor ?? null;
    const rest = await read((_request, n) => page([customer(n + 1)], n < 1 ? "c1" : null), cursor);
    expect(rest.asked[0]?.variables["after"]).toBe("c0");
    expect(rest.ids).toEqual([1, 2]);
  });

  test("ends with what the shop's own clock has lived through", async () => {
    const { pages } = await read(() => page([], null, { headers: { date: "Fri, 20 Nov 2026 10:50:00 GMT" } }));
    expect(pages.at(-1)).toMatchObject({ done: true, through: new Date("2026-11-20T10:50:00Z") });
    const later = await read(() => page([], null, { headers: { date: "Fri, 20 Nov 2026 12:50:00 GMT" } }));
    expect(later.pages.at(-1)).toMatchObject({ done: true, through: new Date("2026-11-20T11:00:00.500Z") });
  });

  test("begins the window again at its last row when the page cursor has expired", async () => {
    const { asked, ids } = await read((_request, n) => {
      if (n === 0) return page([customer(1, "2026-11-20T10:20:00Z")], "c0");
      if (n === 1) return failed("Invalid cursor for current pagination sort.");
      return page([customer(1, "2026-11-20T10:20:00Z"), customer(2, "2026-11-20T10:40:00Z")], null);
    });
    expect(asked[2]?.variables).toMatchObject({ after: null });
    expect(asked[2]?.variables["search"]).toContain("updated_at:>='2026-11-20T10:20:00Z'");
    expect(ids).toEqual([1, 1, 2]);
  });

  test("asks for less when a page costs too much", async () => {
    const { asked, ids } = await read((request) =>
      askedIn(request).query.includes("first: 250")
        ? failed("Query cost is 2003, which exceeds the single query max cost limit", "MAX_COST_EXCEEDED")
        : page([customer(1)], null),
    );
    expect(asked[1]?.query).toContain("first: 125");
    expect(ids).toEqual([1]);
  });

  test("never asks one query for more than 25,000 objects", async () => {
    let second = 0;
    const { asked, ids } = await read((_request, n) => {
      const nodes = Array.from({ length: 250 }, (_unused, i) => {
        second += i === 0 ? 10 : 0;
        return customer(n * 250 + i, new Date(slice.from!.getTime() + second * 1000).toISOString());
      });
      return page(nodes, n < 119 ? `c${n}` : null);
    });
    expect(ids).toHaveLength(30_000);
    const begun = asked.filter(({ variables }) => variables["after"] === null);
    expect(begun).toHaveLength(2);
    expect(begun[1]?.variables["search"]).toContain("updated_at:>='2026-11-20T10:16:00Z'");
  });
});

describe("a walk over pages that lie", () => {
  test("finds one page for ever within three repeats", async () => {
    const { failure, asked } = await read(() => page([customer(1), customer(2)], "same"));
    expect(isSourceFailure(failure) && failure.failure).toMatchObject({ class: "transient", code: "pages.same" });
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test("finds empty pages with a next link for ever within three repeats, but takes one", async () => {
    const forever = await read((_request, n) => page([], `c${n}`));
    expect(isSourceFailure(forever.failure)).toBe(true);
    expect(forever.asked.length).toBeLessThanOrEqual(3);
    const once = await read((_request, n) => (n === 0 ? page([], "c0") : page([customer(7)], null)));
    expect(once.failure).toBeNull();
    expect(once.ids).toEqual([7]);
  });

  test("does not take for the end what says that more follows, and not where", async () => {
    const pageInfo = { hasNextPage: true, endCursor: null };
    const body = JSON.stringify({ data: { customers: { nodes: [customer(1)], pageInfo } } });
    const { failure, pages } = await read(() => ({ body }));
    expect(isSourceFailure(failure) && failure.failure).toMatchObject({ class: "transient" });
    expect(pages).toEqual([]);
  });

  test("takes a page that comes twice", async () => {
    const { ids, failure } = await read((_request, n) => page([customer(Math.max(1, n))], n < 3 ? "c" : null));
    expect(failure).toBeNull();
    expect(new Set(ids)).toEqual(new Set([1, 2, 3]));
  });
});

test("ids alone are asked for when deletes are looked for", async () => {
  const session = makeScriptedSession(() => ({
    body: JSON.stringify({
      data: { orders: { nodes: [{ id: "gid://shopify/Order/1" }], pageInfo: { hasNextPage: false } } },
    }),
  }));
  const found = [];
  for await (const ids of idsOf(session, ordersSubject, slice)) found.push(...ids);
  expect(found).toEqual(["gid://shopify/Order/1"]);
  expect(askedIn(session.sent[0]!).query).toMatch(/nodes \{ id createdAt updatedAt \}/); // one request was sent
});

describe("the ids of what lies in no time", () => {
  const customers = (from: number, count: number, next: string | null) =>
    page(
      Array.from({ length: count }, (_unused, i) => customer(from + i)),
      next,
    );

  test("are listed without an end that a customer who orders meanwhile would leave the list by", async () => {
    const session = makeScriptedSession(() => customers(1, 3, null));
    const found: string[] = [];
    for await (const ids of idsOf(session, customersSubject, { from: null, to: slice.to })) found.push(...ids);
    expect(found).toHaveLength(3);
    const { search } = askedIn(session.sent[0]!).variables; // one request was sent
    const end = /^updated_at:<'(.+)'$/.exec(typeof search === "string" ? search : "")?.[1] ?? "";
    expect(Date.parse(end)).toBeGreaterThan(session.clock.now().getTime() + 3_600_000);
  });

  test.each(["customers", "products"])("can be proven by the shop's own count of %s", async (name) => {
    const counted = (precision: string) =>
      makeScriptedSession(() => ({ body: JSON.stringify({ data: { [`${name}Count`]: { count: 7, precision } } }) }));
    const count = catalogueStreams.find((stream) => stream.name === name)?.count;
    expect(await count?.(counted("EXACT"), slice)).toBe(7);
    expect(await count?.(counted("AT_LEAST"), slice)).toBeNull();
  });
});

describe("history of which the shop counts more than it shows", () => {
  const history: SliceSpec = { ...slice, mode: "history", urgent: true };
  const none = JSON.stringify({ data: { orders: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } } } });

  test("is walked twice, then believed: what came is what there is, and the difference is said", async () => {
    const session = makeScriptedSession(() => ({ body: none }));
    const pages: Page[] = [];
    for await (const one of streamPages(session, ordersSubject, { slice: history, from: null, count: async () => 1 }))
      pages.push(one);
    expect(pages).toMatchObject([
      { announced: 1, done: false },
      { announced: 0, done: true, notices: [{ code: "shopify.fewerThanCounted", values: { rows: 0, counted: 1 } }] },
    ]);
  });

  test("of changes nothing is said: what has changed again meanwhile comes with the next", async () => {
    const session = makeScriptedSession(() => ({ body: none }));
    const pages: Page[] = [];
    const changes: SliceSpec = { ...slice, mode: "changes", urgent: true };
    for await (const one of streamPages(session, ordersSubject, { slice: changes, from: null, count: async () => 1 }))
      pages.push(one);
    expect(pages.at(-1)).toMatchObject({ done: true, mayBeShort: true, notices: [] });
  });
});
