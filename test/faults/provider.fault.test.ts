// A provider that dies, dawdles and answers nonsense under a running product: R6, R7, R9, R10, R13 to R17, R30, R31, R42.
// One stack, shops of their own, a mailer and an advertiser beside them; after each fault the tables must be the source as it stands.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { at, type Fields } from "./caller.ts";
import { hasSyncedSince, killNow, settled } from "./kill-loop.ts";
import { connectBeside, type Beside } from "./beside.ts";
import { openProduct, type Product } from "./product.ts";
import { rowOf } from "./platforms.ts";
import { shopsOf, type Connected, type Shops } from "./shops.ts";
import { lostOf, watched } from "./stillness.ts";
import { syncedFromNow, thirtySecondsHere } from "./syncs.ts";

let product: Product;
let shops: Shops;
let beside: Beside;
beforeAll(async () => {
  product = await openProduct();
  shops = shopsOf(product);
  // More shops than the demo's plan has slots for.
  await product.caller.command("setPlan", { plan: "scale" });
  beside = await connectBeside(product);
});
afterEach(() => product.desk("end-faults", {}));
afterAll(() => product?.close());

describe("what comes is broken (R14 to R17)", () => {
  let shop: Connected;
  beforeAll(async () => {
    shop = await shops.connected("broken");
  });
  // The walk of the orders, not of customers or products.
  const pages = { match: "lineItems" };

  test.each([
    ["R14: half a JSON", { kind: "truncatedJson" }],
    ["R14: half a gzip", { kind: "truncatedGzip" }],
    ["R14: less than the length promised", { kind: "wrongLength" }],
    ["R14: the connection ends in mid-body", { kind: "cut", bytes: 700 }],
    ["R15: a page of HTML with 200", { kind: "html" }],
    ["R15: 204", { kind: "empty" }],
    ["R15: 200 and not a byte", { kind: "emptyBody" }],
    ["R15: an XML error", { kind: "xml" }],
    ["R15: a byte order mark", { kind: "byteOrderMark" }],
    ["R16: a 200 with an error inside", { kind: "internalError", status: 200 }],
    ["R17: a 503", { kind: "serverError" }],
    ["R17: a reset", { kind: "reset" }],
  ])("%s", async (_, rule) => {
    await Promise.all([shops.survives(shop, { ...rule, ...pages }), beside.survive(rule)]);
  });

  test("R17: a throttled call", async () => {
    await shops.survives(shop, { kind: "throttled", ...pages });
  });
});

describe("one record that nobody can read (R30), and text that no table takes (R31)", () => {
  test("R30: it waits in quarantine with its reason, the rest goes on, and it comes in when it can be read", async () => {
    const { domain, id } = await shops.connected("poisoned");
    await shops.edit(domain);
    const since = Date.now();
    await shops.breakWith(domain, { kind: "poison", field: "processedAt", text: "yesterday", match: "lineItems" });
    await shops.syncNow(id);
    await product.until("the sync goes on", () => hasSyncedSince(product, domain, since));
    const kept = await product.sql`select reason, source_id from quarantine q join accounts a on a.id = q.account_id
      where a.domain = ${domain} and q.reason <> 'textReplaced'`;
    expect(kept.length).toBeGreaterThanOrEqual(1);
    expect(kept[0]?.["reason"]).toBe("notInstant");
    await product.desk(`shops/${domain}`, { action: "happen", kind: "touch", count: 300 });
    await settled(product, domain, id);
    await product.audited(domain, { basis: "truth" });
  });

  test("R31: NUL and half a surrogate pair become U+FFFD, the row is kept and counted", async () => {
    const { domain } = await shops.connected("odd-texts", 600, 60);
    const replaced =
      await product.sql`select count(*)::int as n from quarantine q join accounts a on a.id = q.account_id
      where a.domain = ${domain} and q.reason = 'textReplaced'`;
    expect(Number(replaced[0]?.["n"])).toBeGreaterThan(0);
    const titles = await product.sql`select count(*)::int as n from order_lines l join accounts a on a.id = l.account_id
      where a.domain = ${domain} and l.title like ${"%\uFFFD%"}`;
    expect(Number(titles[0]?.["n"])).toBeGreaterThan(0);
    await product.audited(domain, { basis: "truth" });
  });
});

describe("a provider that dawdles (R13)", () => {
  test("stores hang, drip bytes and never end their headers: cut off, read again, and a neighbour never notices", async () => {
    const kinds = ["hang", "slow", "slowHeaders"];
    const slow = await Promise.all(kinds.map((kind) => shops.connected(`dawdling-${kind.toLowerCase()}`)));
    const neighbour = await shops.connected("next-door");
    // Before the first of the others is cut off and read again on a quiet machine; a busy one may take longer for both.
    const neighbourMs = 2 * (await thirtySecondsHere(product, neighbour.id, neighbour.domain));
    await beside.hourPasses();
    const since = Date.now();
    const others = await Promise.all([
      beside.meets(beside.advertiser, { kind: "hang" }),
      beside.meets(beside.mailer, { kind: "slowHeaders" }),
    ]);
    for (const [i, { domain, id }] of slow.entries()) {
      await shops.edit(domain);
      await shops.breakWith(domain, { kind: kinds[i] ?? "hang", match: "lineItems", ms: 1_000 });
      await shops.syncNow(id);
    }
    await product.until("every store dawdles", async () => (await hitsOf(...kinds)) === kinds.length);
    await shops.edit(neighbour.domain);
    const asked = Date.now();
    await shops.syncNow(neighbour.id);
    await product.until(
      "the neighbour syncs meanwhile",
      () => hasSyncedSince(product, neighbour.domain, asked),
      neighbourMs,
    );
    await product.audited(neighbour.domain, { basis: "truth" });
    await Promise.all(others.map((isRead) => isRead()));
    for (const source of [beside.advertiser, beside.mailer]) {
      const late = (await beside.requestsSince(source, since)).filter((each) => each["fault"] !== null);
      expect(late.map((each) => Number(each["tookMs"]) < 60_000)).toEqual([true]);
    }
    // Nothing for 30 s is cut as idle; a byte now and then by the total of 60 s.
    const longestMs: Readonly<Record<string, number>> = { hang: 60_000, slowHeaders: 60_000, slow: 100_000 };
    for (const [i, { domain }] of slow.entries()) {
      await product.until(`${domain} is read in the end`, () => hasSyncedSince(product, domain, since));
      await product.audited(domain, { basis: "truth" });
      const late = (await shops.requestsSince(domain, since)).filter((each) => each["fault"] !== null);
      expect(late).toHaveLength(1);
      const kind = kinds[i] ?? "";
      console.log(`${kind}: cut after ${Math.round(Number(late[0]?.["tookMs"]) / 1000)} s`);
      expect(Number(late[0]?.["tookMs"]), `${kind} is cut in time`).toBeLessThan(longestMs[kind] ?? 0);
    }
  });

  test("R13: answers that are seconds late set no clock back: what was changed before a sync is in it", async () => {
    const { domain, id } = await shops.connected("late");
    const late = await shops.breakWith(domain, { kind: "delay", ms: 3_000, count: "all" });
    await syncedFromNow(product, id, domain);
    expect(await shops.hitsOf(late)).toBeGreaterThan(0);
    await product.desk("end-faults", {});
    await shops.edit(domain);
    const since = Date.now();
    await shops.syncNow(id);
    await product.until(`${domain} syncs`, () => hasSyncedSince(product, domain, since));
    await product.audited(domain, { basis: "truth" });
  });
});

/** Of these kinds, how many have hit: a fault that hits once is then known no more. */
async function hitsOf(...kinds: readonly string[]): Promise<number> {
  const faults = (await product.desk("state"))["faults"];
  const waiting = Array.isArray(faults) ? faults.map((each) => String(at(each, "rule", "kind"))) : [];
  return kinds.filter((kind) => !waiting.includes(kind)).length;
}

/** So slow that a sync which has begun does not end before its access is taken away, on any machine. */
const late = { kind: "delay", ms: 4_000, count: "all" };

const tokenCalls = (requests: readonly Fields[]) =>
  requests.filter((each) => String(each["operation"]).startsWith("token"));

describe("tokens (R6, R7, R9, R10)", () => {
  test("R7: a 401 that is a blip costs one refresh and one repeat; what nothing renews is shown once more", async () => {
    const shop = await shops.connected("blip");
    const since = Date.now();
    await Promise.all([
      shops.survives(shop, { kind: "unauthorized", match: "lineItems" }),
      beside.survive({ kind: "unauthorized" }),
    ]);
    expect(tokenCalls(await shops.requestsSince(shop.domain, since))).toHaveLength(1);
  });

  test("R9, R10: the answer of a refresh is lost: the old token is tried again, nobody is asked to sign in", async () => {
    const shop = await shops.connected("lost-answer");
    await product.desk(`shops/${shop.domain}`, { action: "expireAccess" });
    const since = Date.now();
    await shops.survives(shop, { kind: "lostAnswer", surface: "token" });
    expect(tokenCalls(await shops.requestsSince(shop.domain, since)).length).toBeLessThanOrEqual(3);
  });

  test("R10: the worker that holds the refresh dies in the middle of it: others go on", async () => {
    const shop = await shops.connected("dead-holder");
    await shops.edit(shop.domain);
    const since = Date.now();
    await shops.breakWith(shop.domain, { kind: "slow", surface: "token", ms: 200 });
    await product.desk(`shops/${shop.domain}`, { action: "expireAccess" });
    await shops.syncNow(shop.id);
    await product.until("the refresh is under way", async () => (await hitsOf("slow")) > 0);
    await killNow(product, "load");
    await product.until("the sync goes on", () => hasSyncedSince(product, shop.domain, since));
    await product.audited(shop.domain, { basis: "truth" });
  });

  test("R6: revoked in the middle of a sync, it asks for reauthorization within 30 s and three calls, keeps the data, and goes on after it", async () => {
    const shop = await shops.connected("revoked");
    const withinMs = await thirtySecondsHere(product, shop.id, shop.domain);
    const [before] =
      await product.sql`select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${shop.domain}`;
    await shops.edit(shop.domain, 90);
    const fault = await shops.breakWith(shop.domain, { ...late, match: "lineItems" });
    await shops.syncNow(shop.id);
    await product.until("the sync walks", async () => ((await shops.hitsOf(fault)) ?? 0) > 0);
    await product.desk(`shops/${shop.domain}`, { action: "revoke" });
    const since = Date.now();
    await product.desk("end-faults", {});
    const isAsked = async () => (await product.datasource(shop.domain))["auth"] === "revoked";
    await product.until("it asks to sign in again", isAsked, withinMs);
    const calls = await watched(async () => (await shops.requestsSince(shop.domain, since)).length, 2_000);
    expect(calls.at(-1)).toBeLessThanOrEqual(3);
    const [after] =
      await product.sql`select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${shop.domain}`;
    expect(after).toEqual(before);
    const begun = await product.caller.command("reauthorizeDatasource", { datasource: shop.id }, "authorizeUrl");
    await product.caller.consent(String(begun["authorizeUrl"]));
    await product.until("it is connected again", async () => (await product.datasource(shop.domain))["auth"] === "ok");
    await settled(product, shop.domain, shop.id);
    await product.audited(shop.domain, { basis: "truth" });
  });
});

describe("an advertiser whose token nothing renews", () => {
  const row = () => rowOf(product, "meta-ads");
  const held = async () => [...(await product.sql`select id, spend::text from ad_days where deleted_at is null`)];
  // Each lane of a history has a call of its own under way, which would be refused as well.
  beforeAll(() => product.until("its history is in", async () => (await row())["backfill"] === "done"));

  test("R6: its password is changed in the middle of a sync: asked for a sign-in within 30 s and three calls, the days kept", async () => {
    const { advertiser } = beside;
    const withinMs = await thirtySecondsHere(product, advertiser.id, "meta-ads");
    await beside.hourPasses();
    // Some may have got the hour's new figures before the password was changed.
    const days = async () => (await held()).map(({ id }) => ({ id }));
    const before = await days();
    const fault = await beside.breakWith(advertiser, late);
    await product.caller.command("syncNow", { datasource: advertiser.id });
    await product.until("the sync reads", async () => ((await shops.hitsOf(fault)) ?? 0) > 0);
    await advertiser.loseAccess();
    const since = Date.now();
    await product.desk("end-faults", {});
    await product.until("it asks to sign in again", async () => (await row())["auth"] === "revoked", withinMs);
    const calls = await watched(async () => (await beside.requestsSince(advertiser, since)).length, 2_000);
    expect(calls.at(-1)).toBeLessThanOrEqual(3);
    expect(before.length).toBeGreaterThan(0);
    expect(lostOf(before, await days())).toEqual([]);
    await advertiser.giveAccess();
    await product.until("it is connected again", async () => (await row())["auth"] === "ok");
    await beside.hourPasses();
    await syncedFromNow(product, advertiser.id, "meta-ads");
    await beside.audited(advertiser);
  });

  test("R42: a figure it sends no more is told, what was held is kept, and it is closed when the figure is back", async () => {
    const { advertiser } = beside;
    const before = await held();
    await beside.breakWith(advertiser, { kind: "rename", field: "spend", to: "amount_spent", count: "all" });
    // Only now: a sync of the hour's own would have got its new figures, whole, before the rename.
    await beside.hourPasses();
    await product.caller.command("syncNow", { datasource: advertiser.id });
    const isTold = async () => (await shops.entriesOf(advertiser.id, /^notice\.shapeChanged\.standing$/)).length === 1;
    await product.until("it is told", isTold);
    expect(lostOf(before, await held())).toEqual([]);
    await product.desk("end-faults", {});
    await syncedFromNow(product, advertiser.id, "meta-ads");
    await shops.isOver(advertiser.id, "shapeChanged");
    await beside.audited(advertiser);
  });
});

describe("an API that changes under us (R42)", () => {
  test.each([
    ["a field renamed", { kind: "rename", field: "totalPriceSet", to: "totalSet" }],
    ["a field removed", { kind: "remove", field: "totalPriceSet" }],
    ["a field of another type", { kind: "poison", to: "all", field: "totalPriceSet", text: "12.50" }],
  ])("%s: told as one notice, what was held is kept, and it is closed when the field is back", async (_, rule) => {
    const { domain, id } = await shops.connected(`drift-${rule.kind}`);
    const held = async () => {
      const [row] = await product.sql`select count(*)::int as n, sum(o.total)::text as total from orders o
        join accounts a on a.id = o.account_id where a.domain = ${domain} and o.deleted_at is null`;
      return row;
    };
    const before = await held();
    await shops.breakWith(domain, { ...rule, match: "lineItems", count: "all" });
    // Only now: whatever reads them meets the fault.
    await shops.edit(domain, 30);
    for (const times of [1, 2]) {
      await shops.syncNow(id);
      const entries = async () => (await shops.entriesOf(id, /^notice\.shapeChanged\.standing$/)).length;
      await product.until(`sync ${times} has told it`, async () => (await entries()) === 1);
    }
    expect(await held()).toEqual(before);
    const { dataSync } = await shops.told(id);
    expect(dataSync).toMatchObject({ status: "ACTIVE" });
    const completeNow = async () => Number((await product.datasource(domain))["complete_through"]);
    const stood = await completeNow();
    await product.desk("end-faults", {});
    await settled(product, domain, id);
    await product.until("it is complete up to then, with no other sync", async () => (await completeNow()) > stood);
    await product.audited(domain, { basis: "truth" });
    expect((await shops.isOver(id, "shapeChanged"))["message"]).toMatch(/can be read again|come whole again/u);
    await product.until("nothing that was refused is left", async () => {
      const left = await product.sql`select q.id from quarantine q join datasources d on d.id = q.datasource_id
        join accounts a on a.id = d.account_id where a.domain = ${domain} and q.reason <> 'textReplaced'`;
      return left.length === 0;
    });
  });
});
