// Stores that are down for a while, frozen, given up, or another's under the same name (R17, R35), and what people get wrong
// on the way to them: each is told in words, at the edge, and nothing that was held is touched.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { at, type Consent, type Fields } from "./caller.ts";
import { hasSyncedSince, settled } from "./kill-loop.ts";
import { openProduct, type Product } from "./product.ts";
import { shopsOf, type Connected, type Shops } from "./shops.ts";
import { watched } from "./stillness.ts";

let product: Product;
let shops: Shops;
/** Closed at the beginning and looked at again at the end: the second look comes after five minutes. */
let givenUp: Connected & { readonly rows: number; readonly closedAt: number };
beforeAll(async () => {
  product = await openProduct();
  shops = shopsOf(product);
  await product.caller.command("setPlan", { plan: "scale" });
  const shop = await shops.connected("given-up");
  const rows = await shops.rowsOf(shop.domain);
  await product.desk(`shops/${shop.domain}`, { action: "condition", to: "closed" });
  const closedAt = Date.now();
  await shops.syncNow(shop.id);
  givenUp = { ...shop, rows, closedAt };
});
afterEach(() => product.desk("end-faults", {}));
afterAll(() => product?.close());

/** But for the store that is given up: its slot comes free by itself, five minutes after the first look. */
async function slots(): Promise<number> {
  const [row] = await product.sql`select count(*)::int as n from slots s where not exists (select from datasources d
    join accounts a on a.id = d.account_id where d.id = s.datasource_id and a.domain = ${givenUp.domain})`;
  return Number(row?.["n"]);
}
const authOf = async (domain: string) => (await product.datasource(domain))["auth"];

/** Begins as a person does, and decides on the consent screen; answers where it stands. */
async function attempted(domain: string, consent: Consent = {}) {
  const begun = await product.caller.command(
    "connectDatasource",
    { platform: "shopify", fields: [{ name: "shop", value: domain }] },
    "authorizeUrl datasource { id } attempt { id }",
  );
  expect(begun.outcome).toBe("ConnectDatasourceSuccess");
  const landed = await product.caller.consent(String(begun["authorizeUrl"]), consent);
  const query = "query ($id: ID!) { connectAttempt(id: $id) { state problem { code message remedy { kind } } } }";
  const stands = async (): Promise<Fields> => {
    const { connectAttempt } = await product.caller.graphql(query, { id: at(begun, "attempt", "id") });
    return { state: at(connectAttempt, "state"), problem: at(connectAttempt, "problem") };
  };
  return { id: String(at(begun, "datasource", "id")), landed, stands };
}

describe("a source that is down (R17)", () => {
  test("bursts of 503s, resets and errors inside: eight tries a sync at most, one notice each, and it says when it is over", async () => {
    const kinds = ["serverError", "reset", "internalError"];
    const sick = await Promise.all(kinds.map((kind) => shops.connected(`down-${kind.toLowerCase()}`)));
    for (const { domain } of sick) await shops.edit(domain);
    const notices = () => product.sql`select n.kind, n.times, n.resolved_at is not null as over, a.domain from notices n
      join datasources d on d.id = n.datasource_id join accounts a on a.id = d.account_id
      where a.domain like 'down-%' order by a.domain`;
    const through = () => product.sql`select a.domain, c.stream, c.through from checkpoints c
      join datasources d on d.id = c.datasource_id join accounts a on a.id = d.account_id
      where a.domain like 'down-%' order by 1, 2`;
    const [since, before] = [Date.now(), await through()];
    for (const [i, { domain }] of sick.entries()) await shops.breakWith(domain, { kind: kinds[i], count: "all" });
    for (const times of [1, 2]) {
      for (const { id } of sick) await shops.syncNow(id);
      const isTold = async () => (await notices()).filter((each) => each["times"] >= times).length === kinds.length;
      await product.until(`sync ${times} of each has failed`, isTold);
    }
    // A busy machine may have had a call repeated, and its notice with it.
    const failed = new Map((await notices()).map(({ domain, times }) => [String(domain), Number(times)]));
    for (const { domain, id } of sick) {
      const times = failed.get(domain) ?? 0;
      const tries = (await shops.requestsSince(domain, since)).filter((each) => each["fault"] !== null);
      expect(tries.length, domain).toBeLessThanOrEqual(times * 8);
      expect(tries.length, domain).toBeGreaterThanOrEqual(2 * 4);
      const { connection, dataSync } = await shops.told(id);
      expect(connection).toMatchObject({ status: "CONNECTED", reason: null });
      expect(dataSync).toMatchObject({ status: "ACTIVE", reason: { code: "providerDown" } });
      const entries = await shops.entriesOf(id, /^(notice|run\.sync)/);
      expect(entries).toMatchObject([{ verb: "notice.sourceDown.standing" }]);
      expect(entries[0]?.["message"]).toContain(`(${times} syncs)`);
    }
    expect(await through(), "no checkpoint moves").toEqual(before);
    await product.desk("end-faults", {});
    for (const { domain, id } of sick) {
      await settled(product, domain, id);
      await product.audited(domain, { basis: "truth" });
      await shops.isOver(id, "sourceDown");
      expect(await shops.entriesOf(id, /^(notice|run\.sync)/)).toHaveLength(1);
      expect((await shops.told(id))["dataSync"]).toMatchObject({ status: "ACTIVE", reason: null });
    }
    expect(await notices()).toHaveLength(kinds.length);
  });
});

describe("stores (R35)", () => {
  test("frozen: held and told, nothing touched; open again, it goes on where it stood", async () => {
    const { domain, id } = await shops.connected("frozen");
    await shops.edit(domain);
    await product.desk(`shops/${domain}`, { action: "condition", to: "frozen" });
    await shops.syncNow(id);
    const isHeld = async () => at(await shops.told(id), "dataSync", "status") === "INACTIVE";
    await product.until("it is held", isHeld);
    const { connection, dataSync } = await shops.told(id);
    expect(connection).toMatchObject({ status: "CONNECTED" });
    expect(dataSync).toMatchObject({ reason: { code: "frozenAtSource", meaning: expect.stringContaining("kept") } });
    expect(await watched(() => shops.rowsOf(domain), 1_500)).toHaveLength(1);
    await product.desk(`shops/${domain}`, { action: "condition", to: "open" });
    // It is looked at every day by itself; whoever does not want to wait authorizes it anew.
    const begun = await product.caller.command("reauthorizeDatasource", { datasource: id }, "authorizeUrl");
    await product.caller.consent(String(begun["authorizeUrl"]));
    await product.until("it is let go", async () => !(await isHeld()));
    await settled(product, domain, id);
    await product.audited(domain, { basis: "truth" });
  });

  test("another store under the same name: refused before a row of it is written, and the one that was is kept", async () => {
    const { domain, id } = await shops.connected("same-name");
    const held = async () => {
      const [row] = await product.sql`
        select count(*)::int as n, sum(o.total)::text as total, max(o.version_at) as newest, count(distinct a.external_id)::int as shops
        from orders o join accounts a on a.id = o.account_id where a.domain = ${domain}`;
      return row;
    };
    const [before, slotsBefore] = [await held(), await slots()];
    await product.desk(`shops/${domain}`, { action: "becomeAnother", orders: 80 });
    await shops.syncNow(id);
    await product.until("it asks to sign in again", async () => (await authOf(domain)) === "revoked");
    const begun = await product.caller.command("reauthorizeDatasource", { datasource: id }, "authorizeUrl");
    await product.caller.consent(String(begun["authorizeUrl"]));
    const reason = async () => at(await shops.told(id), "connection", "reason", "code");
    await product.until("it says which came back", async () => (await reason()) === "otherAccount");
    const { connection, dataSync } = await shops.told(id);
    expect(connection).toMatchObject({ status: "REAUTHORIZE" });
    expect(dataSync).toMatchObject({ status: "INACTIVE" });
    expect(await watched(() => shops.rowsOf(domain), 2_000)).toHaveLength(1);
    expect(await held()).toEqual(before);
    expect(await slots()).toBe(slotsBefore);
    const [left] = await product.sql`select count(*)::int as n from grants where candidate_credential_id is not null`;
    expect(Number(left?.["n"])).toBe(0);
  });
});

// On the way to a store.
test("a grant without a scope that is needed: the scope is named, not a row is read, and granting it goes on", async () => {
  const domain = "half-granted.myshopify.com";
  await product.addShop({ domain, orders: 60 });
  const { id } = await attempted(domain, { without: ["read_orders"] });
  const status = async () => at(await shops.told(id), "connection", "status");
  await product.until("it asks again", async () => (await status()) === "REAUTHORIZE");
  const { connection, dataSync } = await shops.told(id);
  expect(connection).toMatchObject({
    reason: { code: "scopeMissing", message: expect.stringMatching(/read_orders/) },
  });
  expect(dataSync).toMatchObject({ status: "NOT_SYNCED" });
  expect(await shops.rowsOf(domain)).toBe(0);
  const begun = await product.caller.command("reauthorizeDatasource", { datasource: id }, "authorizeUrl");
  await product.caller.consent(String(begun["authorizeUrl"]));
  await product.until("it is connected", async () => (await authOf(domain)) === "ok");
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
});

test.each([
  ["a page of HTML instead of tokens", { kind: "html" }],
  ["a store that is deleted by then", { kind: "serverError", status: 404 }],
  ["a store that is frozen by then", { kind: "serverError", status: 402 }],
  ["half a JSON", { kind: "truncatedJson" }],
  ["no answer that is one", { kind: "emptyBody" }],
])("%s: told in words of ours, nothing kept, and the same shop can be connected at once", async (_, rule) => {
  const domain = `${Object.values(rule).join("-").toLowerCase()}.myshopify.com`;
  await product.addShop({ domain, orders: 40 });
  const before = await slots();
  await shops.breakWith(domain, { ...rule, surface: "token", count: "all" });
  const { landed, stands } = await attempted(domain);
  expect(landed.status).toBeLessThan(500);
  const { state, problem } = await stands();
  expect(state).toBe("FAILED");
  expect(at(problem, "remedy", "kind")).toBe("START_AGAIN");
  expect(String(at(problem, "message"))).not.toMatch(/<|doctype|shopify\.|oauth\.|[{}]/i);
  const [kept] = await product.sql`select count(*)::int as n from credentials c join grants g on g.id = c.grant_id
    where g.login_key = ${domain}`;
  expect(Number(kept?.["n"])).toBe(0);
  await product.desk("end-faults", {});
  const { id } = await attempted(domain);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
  expect(await slots()).toBe(before + 1);
  await product.caller.command("disconnectDatasource", { datasource: id, deleteData: false });
});

test("pages of HTML while the grant is proven: it waits, says so, and connects by itself", async () => {
  const domain = "captcha.myshopify.com";
  await product.addShop({ domain, orders: 40 });
  await shops.breakWith(domain, { kind: "html", match: "currentAppInstallation", count: 2 });
  const { id } = await attempted(domain);
  await settled(product, domain, id);
  await product.audited(domain, { basis: "truth" });
});

test("a shop that there is not: its consent screen says so, and cancelling gives the slot back", async () => {
  const before = await slots();
  const begun = await product.caller.command(
    "connectDatasource",
    { platform: "shopify", fields: [{ name: "shop", value: "no-such-shop-anywhere" }] },
    "authorizeUrl datasource { id }",
  );
  expect(await slots()).toBe(before + 1);
  await expect(product.caller.consent(String(begun["authorizeUrl"]))).rejects.toThrow(/consent screen answered 4/);
  await product.caller.command("cancelConnect", { datasource: String(at(begun, "datasource", "id")) });
  await product.until("the slot is free", async () => (await slots()) === before);
});

test("R35: a store that is gone is looked at twice, then disconnected by us: its slot is free, every row is kept", async () => {
  const { domain, rows, closedAt } = givenUp;
  const isOver = async () => (await product.datasource(domain))["disconnected_at"] !== null;
  await product.until("it is disconnected", isOver, 600_000);
  const [slot] = await product.sql`select count(*)::int as n from slots s join datasources d on d.id = s.datasource_id
    join accounts a on a.id = d.account_id where a.domain = ${domain}`;
  expect(Number(slot?.["n"])).toBe(0);
  expect(await shops.rowsOf(domain)).toBe(rows);
  const said =
    await product.sql`select verb, actor->>'kind' as by from audit_log l join datasources d on d.id = l.datasource_id
    join accounts a on a.id = d.account_id where a.domain = ${domain} and verb = 'accountGone'`;
  expect([...said]).toEqual([{ verb: "accountGone", by: "system" }]);
  expect(await hasSyncedSince(product, domain, closedAt)).toBe(false);
});
