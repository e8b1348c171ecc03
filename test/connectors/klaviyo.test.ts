// Klaviyo over real HTTP: the key tried, days exact to the cent in every zone and currency, lists in passes, and every way
// in which Klaviyo has been seen to fail.
import { connector } from "@headwater/connectors/klaviyo/index.ts";
import type { Offer } from "@headwater/connectors/choices.ts";
import { failureOf } from "@headwater/connectors/testing/failure-of.ts";
import { readMetrics } from "@headwater/connectors/klaviyo/metrics.ts";
import { callerOf } from "@headwater/connectors/klaviyo/api.ts";
import type { TestSessionOptions } from "@headwater/connectors/testing/session.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { accounts, daysIn, openKlaviyo, read, saidOf, toldOf, type Klaviyo } from "./klaviyo.ts";

let klaviyo: Klaviyo;
beforeAll(async () => {
  klaviyo = await openKlaviyo();
});
afterAll(() => klaviyo.close());
beforeEach(() => klaviyo.sandbox.desk("end-faults", {}));

/** By the metric's id: what sends its orders. */
const storesOf = async (account: string): Promise<Map<string, string>> =>
  new Map(
    (await readMetrics(callerOf(await klaviyo.session(account))))
      .filter(({ name }) => name === "Placed Order")
      .map(({ id, integration }) => [id, integration]),
  );
const dayIn = (zone: string, back: number): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(klaviyo.now().getTime() - back * 86_400_000));

describe("a key", () => {
  test("says what may be read with it, one permission after another, and whose it is", async () => {
    const { checks, tokens, account } = await klaviyo.trial(
      await klaviyo.key(accounts.india, "accounts:read metrics:read flows:read"),
    );
    expect(checks.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "reachable passed",
      "accepted passed",
      "accounts:read passed",
      "metrics:read passed",
      "campaigns:read failed",
      "flows:read passed",
    ]);
    expect(tokens).toMatchObject({
      login: { key: "MnMoss" },
      scopes: ["accounts:read", "metrics:read", "flows:read"],
      endsAt: null,
    });
    expect(account).toMatchObject({
      externalId: "MnMoss",
      name: "Monsoon & Moss",
      currency: "INR",
      zone: "Asia/Kolkata",
    });
  });

  test("that was deleted, or is nobody's, is refused at once", async () => {
    const key = await klaviyo.key(accounts.japan);
    await klaviyo.sandbox.desk(`klaviyo/accounts/${accounts.japan}`, { action: "deleteKey", key });
    for (const dead of [key, `pk_${"0".repeat(34)}`]) {
      const { checks, tokens } = await klaviyo.trial(dead);
      expect(tokens).toBeNull();
      expect(checks.map(({ state }) => state)).toEqual([
        "passed",
        "failed",
        ...Array.from({ length: 4 }, () => "skipped"),
      ]);
      expect(checks[1]?.failure).toMatchObject({ class: "reauthorize", code: "klaviyo.keyRefused" });
    }
  });

  test("without accounts:read still shows which others it has", async () => {
    const { checks, tokens } = await klaviyo.trial(await klaviyo.key(accounts.india, "metrics:read"));
    expect(tokens).toBeNull();
    expect(checks.map(({ state }) => state)).toEqual(["passed", "passed", "failed", "passed", "failed", "failed"]);
  });

  test("is looked at before it is sent", () => {
    const { authorization } = connector;
    if (authorization.kind !== "key") throw new Error("Klaviyo is let in by a key");
    const typed = (key: string) => authorization.readTyped({ key });
    const good = `pk_${"a1".repeat(17)}`;
    for (const paste of [good, ` ${good}\n`, `pk_\u200B${good.slice(3)}`, `Klaviyo-API-Key ${good}`])
      expect(typed(paste)).toEqual({ ok: true, params: { key: good } });
    expect(typed("MnMoss")).toMatchObject({ problem: { code: "klaviyo.publicKey" } });
    for (const wrong of ["pk_short", "sk_live_abcdefghijklmnopqrstuvwxyz", `${good}!`])
      expect(typed(wrong)).toMatchObject({ problem: { code: "klaviyo.notAKey" } });
  });
});

describe("message days", () => {
  test.each([
    ["of the zone that the shop has too", accounts.india, "Asia/Kolkata", 200],
    ["over both clock changes of a zone under its old name, in several pages", accounts.large, "US/Eastern", 180],
    ["where the clock moves by half an hour", accounts.lordHowe, "Australia/Lord_Howe", 250],
    ["in a currency without decimals", accounts.japan, "Asia/Tokyo", 60],
    ["in a currency of three", accounts.kuwait, "Asia/Kuwait", 60],
    ["of an account that sells nothing", accounts.bare, "Europe/Berlin", 60],
  ])("%s are what the account has, each row once, to the last digit", async (_what, account, zone, back) => {
    const session = await klaviyo.session(account);
    const { pages, records } = await read(session, "messagesByDay", klaviyo.days(back));
    const from = dayIn(zone, back);
    const told = (await klaviyo.rows(account)).filter(({ day }) => day >= from);
    expect(told.length).toBeGreaterThan(10);
    expect(daysIn(records).map(saidOf).toSorted()).toEqual(told.map(toldOf).toSorted());
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    expect(pages.at(-1)).toMatchObject({ done: true });
    const parts = new Set(told.map(({ metric }) => metric));
    for (const part of parts)
      expect(pages.flatMap(({ whole = [] }) => whole).filter((claim) => claim.part === part)).toHaveLength(1);
  });

  test("are the same when the reading is taken up again after every page, all of one version", async () => {
    const session = await klaviyo.session(accounts.large);
    const slice = klaviyo.days(170);
    const whole = await read(session, "messagesByDay", slice);
    const pieces = await read(session, "messagesByDay", slice, true);
    expect(pieces.pages.length).toBeGreaterThan(9);
    expect(daysIn(pieces.records).map(saidOf).toSorted()).toEqual(daysIn(whole.records).map(saidOf).toSorted());
    expect(new Set(pieces.records.map(({ versionAt }) => versionAt)).size).toBe(1);
  });

  test("keep every Placed Order of several, and count one of them", async () => {
    const session = await klaviyo.session(accounts.large);
    const { scopes, notices } = await connector.account.verify(session, null);
    expect(scopes).toHaveLength(4);
    expect(notices).toEqual([]);
    const { records } = await read(session, "messagesByDay", klaviyo.days(30));
    const orders = daysIn(records).filter(({ orders: many }) => many !== null);
    expect(new Set(orders.map(({ part }) => part)).size).toBe(3);
    expect(new Set(orders.filter(({ counts }) => counts).map(({ part }) => part)).size).toBe(1);
    const bare = await connector.account.verify(await klaviyo.session(accounts.bare), null);
    expect(bare.notices).toEqual([{ code: "klaviyo.noPlacedOrder" }]);
  });

  test("add up to what Klaviyo counts without any breakdown", async () => {
    const session = await klaviyo.session(accounts.large);
    const day = dayIn("US/Eastern", 4);
    const figures = (await connector.reconcile?.aggregates(session, day)) ?? [];
    const told = (await klaviyo.rows(accounts.large)).filter(
      (row) => row.day === day && row.counts && row.column === "orders",
    );
    const cents = told.reduce((sum, { revenue }) => sum + Math.round(Number(revenue ?? "0") * 100), 0);
    expect(figures.map(({ metric, value }) => [metric, Number(value)])).toEqual([
      ["tracked_orders", told.reduce((sum, { count }) => sum + count, 0)],
      ["tracked_revenue", cents / 100],
    ]);
  });
});

describe("of several metrics called Placed Order", () => {
  /** Which of them makes the numbers: of the days, and of the figure that they are held against. */
  async function counted(more: Partial<TestSessionOptions>): Promise<string> {
    const session = await klaviyo.session(accounts.large, undefined, more);
    const { records } = await read(session, "messagesByDay", klaviyo.days(12));
    const orders = daysIn(records).filter(({ orders: many, counts }) => many !== null && counts);
    const parts = [...new Set(orders.map(({ part }) => part))];
    expect(parts).toHaveLength(1);
    const day = dayIn("US/Eastern", 4);
    const [figure] = (await connector.reconcile?.aggregates(session, day)) ?? [];
    const ours = orders.filter((row) => row.day === day).reduce((sum, row) => sum + Number(row.orders), 0);
    expect(Number(figure?.value)).toBe(ours);
    return (await storesOf(accounts.large)).get(parts[0] ?? "") ?? "";
  }

  test.each<[string, string, Partial<TestSessionOptions>]>([
    ["the busiest counts where no store of theirs is connected", "Shopify", {}],
    ["the one of a connected store counts, however quiet", "WooCommerce", { connected: ["woocommerce", "meta-ads"] }],
    ["of two connected stores the busier one counts", "Shopify", { connected: ["woocommerce", "shopify"] }],
  ])("%s", async (_what, store, more) => {
    expect(await counted(more)).toBe(store);
  });

  test("what somebody chose counts, whatever is connected and however busy", async () => {
    const custom = [...(await storesOf(accounts.large))].find(([, store]) => store === "API")?.[0] ?? "";
    expect(await counted({ chosen: { conversionMetric: custom }, connected: ["shopify"] })).toBe("API");
  });

  test("what counted before there was a choice goes on counting", async () => {
    const custom = [...(await storesOf(accounts.large))].find(([, store]) => store === "API")?.[0] ?? "";
    const { account } = await klaviyo.session(accounts.large);
    if (account === null) throw new Error("no account");
    const known = { ...account, details: { ...account.details, conversionMetricId: custom } };
    expect(await counted({ account: known, connected: ["shopify"] })).toBe("API");
    const session = await klaviyo.session(accounts.large, undefined, { account: known });
    expect((await connector.account.verify(session, null)).account.details).toMatchObject({
      conversionMetricId: custom,
    });
  });

  test("all are offered by the name of what sends them, the eldest first", async () => {
    const offered: Offer[] = [];
    const session = await klaviyo.session(accounts.large);
    const settle = (offer: Offer) => (offered.push(offer), session.choices.settle(offer));
    await read({ ...session, choices: { settle } }, "messagesByDay", klaviyo.days(2));
    expect(offered.map(({ name, options }) => [name, options.map(({ label }) => label)])).toEqual([
      ["conversionMetric", ["Shopify", "WooCommerce", "API"]],
    ]);
    expect(connector.choices).toEqual([{ name: "conversionMetric", stream: "messagesByDay" }]);
  });
});

describe("lists", () => {
  test("campaigns come channel by channel, the archived ones too, over many pages", async () => {
    const session = await klaviyo.session(accounts.large);
    const { pages, records } = await read(
      session,
      "campaigns",
      { ...klaviyo.days(3_000), from: klaviyo.days(3_000).from },
      true,
    );
    expect(pages.length).toBeGreaterThan(10);
    const found = records.flatMap((record) => (record.kind === "campaign" ? [record] : []));
    expect(found.length).toBeGreaterThan(1_400);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    expect(new Set(found.map(({ channel }) => channel))).toEqual(new Set(["email", "sms", "push"]));
    expect(new Set(found.map(({ status }) => status))).toEqual(new Set(["sent", "scheduled", "archived"]));
    expect(pages.at(-1)?.through).toBeInstanceOf(Date);
  });

  test("of what was touched since, only that", async () => {
    const session = await klaviyo.session(accounts.large);
    const { records } = await read(session, "campaigns", { ...klaviyo.days(3), mode: "changes" });
    expect(records.length).toBeGreaterThan(2);
    expect(records.length).toBeLessThan(40);
    for (const record of records)
      expect(Date.parse(record.versionAt)).toBeGreaterThanOrEqual(klaviyo.days(3).from.getTime() - 1_000);
  });

  test("flows follow the links that Klaviyo gives", async () => {
    const { pages, records } = await read(await klaviyo.session(accounts.large), "flows", klaviyo.days(3_000));
    expect(pages).toHaveLength(2);
    expect(records).toHaveLength(60);
    expect(records[0]).toMatchObject({ kind: "campaign", level: "flow", status: "live" });
  });

  test("come with what is left of the minute, each time, of the endpoint that was asked", async () => {
    const session = await klaviyo.session(accounts.large);
    const { pages } = await read(session, "flows", klaviyo.days(3_000));
    expect(session.windows.map(({ allowance }) => allowance)).toEqual(pages.map(() => "flows"));
    for (const { calls, endsInMs } of session.windows) {
      expect(calls).toBeGreaterThan(0);
      expect(endsInMs).toBeGreaterThan(0);
      expect(endsInMs).toBeLessThanOrEqual(60_000);
    }
  });
});

describe("what goes wrong", () => {
  const readDays = async (account = accounts.india) =>
    read(await klaviyo.session(account), "messagesByDay", klaviyo.days(30));
  const expectWhole = async (records: Awaited<ReturnType<typeof readDays>>["records"]) => {
    const told = (await klaviyo.rows(accounts.india)).filter(({ day }) => day >= dayIn("Asia/Kolkata", 30));
    expect([...new Set(daysIn(records).map(saidOf))].toSorted()).toEqual(told.map(toldOf).toSorted());
  };

  test.each([
    ["rows in another order", { kind: "unordered", match: "metric-aggregates", count: null }],
    ["rows that come twice", { kind: "repeatRecords", match: "metric-aggregates", count: 4 }],
    ["an empty page with a next one, once", { kind: "emptyPage", match: "metric-aggregates", count: 1 }],
    ["a limit that says when", { kind: "throttled", match: "metric-aggregates", count: 2, retryAfter: "1" }],
    ["a number behind a byte order mark", { kind: "byteOrderMark", match: "metric-aggregates", count: 2 }],
  ])("%s change nothing", async (_what, fault) => {
    await klaviyo.fault(fault);
    await expectWhole((await readDays()).records);
  });

  test.each([
    ["a page for ever", { kind: "lastPageForever", count: null }, { class: "transient", code: "pages.same" }],
    ["a dead key", { kind: "unauthorized", count: null }, { class: "reauthorize", code: "klaviyo.keyRefused" }],
    [
      "a scope that is gone",
      { kind: "denyScope", text: "metrics:read", count: null },
      { class: "permission", lacks: "metrics:read" },
    ],
    [
      "a cursor that has run out",
      { kind: "staleCursor", count: null },
      { class: "invalid_request", code: "klaviyo.cursorRefused" },
    ],
    ["an error of theirs", { kind: "internalError", count: null }, { class: "transient", code: "klaviyo.trouble" }],
    ["a page of HTML", { kind: "html", count: null }, { class: "transient", code: "klaviyo.notJsonApi" }],
    ["half an answer", { kind: "truncatedJson", count: null }, { class: "transient", code: "klaviyo.notJsonApi" }],
    [
      "a retired revision",
      { kind: "providerError", text: "410 gone", count: null },
      { code: "klaviyo.revisionRetired" },
    ],
    ["a bad request", { kind: "providerError", text: "400 invalid", count: null }, { code: "klaviyo.badRequest" }],
    ["what is gone", { kind: "providerError", text: "404 not_found", count: null }, { class: "gone", what: "object" }],
  ])("%s is told as what it is", async (_what, fault, failure) => {
    const session = await klaviyo.session(accounts.india);
    await klaviyo.fault({ match: "metric-aggregates", ...fault });
    expect(await failureOf(read(session, "messagesByDay", klaviyo.days(5)))).toMatchObject(failure);
  });

  test("a row that is nonsense is set aside, and its measure is not taken for whole", async () => {
    const session = await klaviyo.session(accounts.india);
    await klaviyo.fault({ kind: "poison", match: "metric-aggregates", field: "measurements", text: "?", count: 1 });
    const { pages } = await read(session, "messagesByDay", klaviyo.days(20));
    expect(pages.flatMap(({ rejected }) => rejected)).toMatchObject([{ kind: "messageDay", reason: "missing" }]);
    const parts = new Set(pages.flatMap(({ whole = [] }) => whole.map(({ part }) => part)));
    expect(parts.size).toBe(new Set(pages.flatMap(({ records }) => daysIn(records).map(({ part }) => part))).size - 1);
  });

  test("the key stands in no address, and goes to Klaviyo's own host alone", async () => {
    const session = await klaviyo.session(accounts.india);
    await read(session, "flows", klaviyo.days(30));
    for (const { url } of session.sent) {
      expect(new URL(url).hostname).toBe("a.klaviyo.com");
      expect(url).not.toContain("pk_");
    }
  });
});
