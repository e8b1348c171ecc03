// A provider that dies, dawdles and answers nonsense under a running product: R6, R7, R9, R10, R13 to R17, R30, R31.
// One stack, shops of their own; after each fault the tables must be the shop as it stands.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { at, type Fields } from "./caller.ts";
import { hasSyncedSince, killNow, settled } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";
import { shopsOf, type Connected, type Shops } from "./shops.ts";
import { watched } from "./stillness.ts";

let product: Product;
let shops: Shops;
beforeAll(async () => {
  product = await openProduct();
  shops = shopsOf(product);
  // More shops than the demo's plan has slots for.
  await product.caller.command("setPlan", { plan: "scale" });
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
    ["R14: half a JSON", { kind: "truncatedJson", ...pages }],
    ["R14: half a gzip", { kind: "truncatedGzip", ...pages }],
    ["R14: less than the length promised", { kind: "wrongLength", ...pages }],
    ["R14: the connection ends in mid-body", { kind: "cut", bytes: 700, ...pages }],
    ["R15: a page of HTML with 200", { kind: "html", ...pages }],
    ["R15: 204", { kind: "empty", ...pages }],
    ["R15: 200 and not a byte", { kind: "emptyBody", ...pages }],
    ["R15: an XML error", { kind: "xml", ...pages }],
    ["R15: a byte order mark", { kind: "byteOrderMark", ...pages }],
    ["R16: a 200 with an error inside", { kind: "internalError", ...pages }],
    ["R17: a 503", { kind: "serverError", ...pages }],
    ["R17: a reset", { kind: "reset", ...pages }],
    ["R17: a throttled call", { kind: "throttled", ...pages }],
  ])("%s", async (_, rule) => {
    await shops.survives(shop, rule);
  });
});

describe("one record that nobody can read (R30), and text that no table takes (R31)", () => {
  test("R30: it waits in quarantine with its reason, the rest goes on, and it comes in when it can be read", async () => {
    const { domain, id } = await shops.connected("poisoned");
    await shops.edit(domain);
    const since = Date.now();
    await shops.breakWith(domain, { kind: "poison", field: "processedAt", text: "yesterday", match: "lineItems" });
    await shops.syncNow(id);
    await product.until("the sync goes on", () => hasSyncedSince(product, domain, since), 120_000);
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
    const since = Date.now();
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
      // Before the first of the others is cut off and read again on a quiet machine; a busy one may take longer for both.
      60_000,
    );
    await product.audited(neighbour.domain, { basis: "truth" });
    // Nothing for 30 s is cut as idle; a byte now and then by the total of 60 s.
    const longestMs: Readonly<Record<string, number>> = { hang: 60_000, slowHeaders: 60_000, slow: 100_000 };
    for (const [i, { domain }] of slow.entries()) {
      await product.until(`${domain} is read in the end`, () => hasSyncedSince(product, domain, since), 240_000);
      await product.audited(domain, { basis: "truth" });
      const late = (await shops.requestsSince(domain, since)).filter((each) => each["fault"] !== null);
      expect(late).toHaveLength(1);
      const kind = kinds[i] ?? "";
      console.log(`${kind}: cut after ${Math.round(Number(late[0]?.["tookMs"]) / 1000)} s`);
      expect(Number(late[0]?.["tookMs"]), `${kind} is cut in time`).toBeLessThan(longestMs[kind] ?? 0);
    }
  }, 400_000);
});

/** Of these kinds, how many have hit: a fault that hits once is then known no more. */
async function hitsOf(...kinds: readonly string[]): Promise<number> {
  const faults = (await product.desk("state"))["faults"];
  const waiting = Array.isArray(faults) ? faults.map((each) => String(at(each, "rule", "kind"))) : [];
  return kinds.filter((kind) => !waiting.includes(kind)).length;
}

const tokenCalls = (requests: readonly Fields[]) =>
  requests.filter((each) => String(each["operation"]).startsWith("token"));

describe("tokens (R6, R7, R9, R10)", () => {
  test("R7: a 401 that is a blip costs one refresh and one repeat", async () => {
    const shop = await shops.connected("blip");
    const since = Date.now();
    await shops.survives(shop, { kind: "unauthorized", match: "lineItems" });
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
    await product.desk(`shops/${shop.domain}`, { action: "expireAccess" });
    await shops.edit(shop.domain);
    const since = Date.now();
    await shops.breakWith(shop.domain, { kind: "slow", surface: "token", ms: 200 });
    await shops.syncNow(shop.id);
    await product.until("the refresh is under way", async () => (await hitsOf("slow")) > 0);
    await killNow(product, "load");
    await product.until("the sync goes on", () => hasSyncedSince(product, shop.domain, since), 120_000);
    await product.audited(shop.domain, { basis: "truth" });
  });

  test("R6: revoked in the middle of a sync, it asks for reauthorization within 30 s and three calls, keeps the data, and goes on after it", async () => {
    const shop = await shops.connected("revoked");
    const [before] =
      await product.sql`select count(*)::int as n from orders o join accounts a on a.id = o.account_id where a.domain = ${shop.domain}`;
    await shops.edit(shop.domain, 90);
    const fault = await shops.breakWith(shop.domain, { kind: "delay", ms: 700, match: "lineItems", count: "all" });
    await shops.syncNow(shop.id);
    await product.until("the sync walks", async () => ((await shops.hitsOf(fault)) ?? 0) > 0);
    await product.desk(`shops/${shop.domain}`, { action: "revoke" });
    const since = Date.now();
    await product.until(
      "it asks to sign in again",
      async () => (await product.datasource(shop.domain))["auth"] === "revoked",
      30_000,
    );
    const calls = await watched(async () => (await shops.requestsSince(shop.domain, since)).length, 2_000);
    expect(calls.at(-1)).toBeLessThanOrEqual(3);
    await product.desk("end-faults", {});
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

describe("an API that changes under us (R42)", () => {
  test.each([
    ["a field renamed", { kind: "rename", field: "totalPriceSet", to: "totalSet" }],
    ["a field removed", { kind: "remove", field: "totalPriceSet" }],
    ["a field of another type", { kind: "poison", to: "all", field: "totalPriceSet", text: "12.50" }],
  ])(
    "%s: told as one notice, what was held is kept, and it is closed when the field is back",
    async (_, rule) => {
      const { domain, id } = await shops.connected(`drift-${rule.kind}`);
      const held = async () => {
        const [row] = await product.sql`select count(*)::int as n, sum(o.total)::text as total from orders o
        join accounts a on a.id = o.account_id where a.domain = ${domain} and o.deleted_at is null`;
        return row;
      };
      const before = await held();
      await shops.edit(domain, 30);
      await shops.breakWith(domain, { ...rule, match: "lineItems", count: "all" });
      for (const times of [1, 2]) {
        await shops.syncNow(id);
        const entries = async () => (await shops.entriesOf(id, /^notice\.shapeChanged\.standing$/)).length;
        await product.until(`sync ${times} has told it`, async () => (await entries()) === 1);
      }
      expect(await held()).toEqual(before);
      const { dataSync } = await shops.told(id);
      expect(dataSync).toMatchObject({ status: "ACTIVE" });
      await product.desk("end-faults", {});
      await settled(product, domain, id);
      await product.audited(domain, { basis: "truth" });
      const entries = await shops.entriesOf(id, /^notice\.shapeChanged/);
      expect(entries).toMatchObject([{ verb: "notice.shapeChanged.over" }]);
      expect(entries[0]?.["message"]).toContain("can be read again");
    },
    300_000,
  );
});
