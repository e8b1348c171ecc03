// A source with a pasted key under the whole product, while it refuses, limits and dies: Klaviyo's days of messages, held
// against the account's own to the last digit (R6, R11, R20). What breaks on the way, it meets beside the shops (`beside.ts`).
import { Temporal } from "temporal-polyfill";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { auditMessages } from "../audit/messages.ts";
import { at, isFields, type Fields } from "./caller.ts";
import { openProduct, type Product } from "./product.ts";
import { lostOf, watched } from "./stillness.ts";
import { rowIdOf, syncedFromNow, thirtySecondsHere } from "./syncs.ts";

const ACCOUNT = "TkyPpr";
const ZONE = "Asia/Tokyo";
const HOUR_MS = 3_600_000;
let product: Product;
let datasource = "";
beforeAll(async () => {
  product = await openProduct();
  await product.caller.command("setPlan", { plan: "scale" });
});
afterEach(() => product.desk("end-faults", {}));
afterAll(() => product?.close());

const makeKey = async (): Promise<string> =>
  String((await product.desk(`klaviyo/accounts/${ACCOUNT}`, { action: "makeKey" }))["key"]);
const paste = (key: string, more: object = {}) =>
  product.caller.command(
    "connectWithKey",
    { platform: "klaviyo", fields: [{ name: "key", value: key }], ...more },
    "datasource { id }",
  );
const breakWith = (rule: object) => product.desk("faults", { shop: "a.klaviyo.com", match: "/api/", ...rule });
const nowThere = async (): Promise<number> => Date.parse(String((await product.desk("state"))["now"]));

async function row(): Promise<Fields> {
  const [found] = await product.sql`select * from datasources where id = ${rowIdOf(datasource)}`;
  return found ?? {};
}

/** The figures change with every full hour of the source's clock: it has just struck, so that none passes before the audit. */
async function syncedAfterAnHour(): Promise<void> {
  await product.desk("clock", { byMs: HOUR_MS - ((await nowThere()) % HOUR_MS) });
  await syncedFromNow(product, datasource, "the account, after the hour");
}

async function audited(days: number): Promise<void> {
  const today = Temporal.Instant.fromEpochMilliseconds(await nowThere())
    .toZonedDateTimeISO(ZONE)
    .toPlainDate();
  const { findings, rows } = await auditMessages({
    sandboxUrl: product.stack.sandboxUrl,
    sql: product.sql,
    account: ACCOUNT,
    accountId: String((await row())["account_id"]),
    from: today.subtract({ days }).toString(),
  });
  expect(findings.slice(0, 10)).toEqual([]);
  expect(rows).toBeGreaterThan(3);
}

async function requestsSince(sinceMs: number): Promise<Fields[]> {
  const response = await fetch(`${product.stack.sandboxUrl}/_desk/requests?limit=100000`);
  const list: unknown = await response.json();
  return (Array.isArray(list) ? list.filter(isFields) : []).filter(
    (each) => each["surface"] === "a.klaviyo.com" && Number(each["atMs"]) >= sinceMs,
  );
}

test("its first days come in though one call of five is turned away, and one of ten is cut, lost or a page of HTML", async () => {
  const pasted = await paste(await makeKey());
  expect(pasted.outcome).toBe("ConnectWithKeySuccess");
  datasource = String(at(pasted, "datasource", "id"));
  await breakWith({ kind: "throttled", share: 0.2, count: "all", retryAfter: "1" });
  for (const kind of ["cut", "lostAnswer", "html"]) await breakWith({ kind, share: 0.04, count: "all", bytes: 200 });
  await product.until("the first numbers", async () => (await row())["first_numbers_at"] !== null);
  await product.desk("end-faults", {});
  await syncedAfterAnHour();
  await audited(2);
});

test("a limit with a time in the middle of a sync: the hour's figures are the account's own", async () => {
  await breakWith({ kind: "throttled", retryAfter: "2", skip: 1 });
  await syncedAfterAnHour();
  await audited(2);
  expect((await row())["auth"]).toBe("ok");
});

test("R6: the key is deleted: asked for another within 30 s and three calls, the days kept; the next key goes on", async () => {
  const held = async () => [...(await product.sql`select id from message_days where deleted_at is null`)];
  // A history has a call of its own under way, which would be refused as well; its limit by the minute is no part of this.
  await product.desk("klaviyo/limits", { share: 1_000 });
  await product.until("its history is in", async () => (await row())["backfill"] === "done");
  const withinMs = await thirtySecondsHere(product, datasource, "the account");
  const before = await held();
  expect(before.length).toBeGreaterThan(3);
  await product.desk(`klaviyo/accounts/${ACCOUNT}`, { action: "deleteKey" });
  const since = await nowThere();
  await product.caller.command("syncNow", { datasource });
  await product.until("it asks for another key", async () => (await row())["auth"] === "revoked", withinMs);
  expect((await watched(async () => (await requestsSince(since)).length, 2_000)).at(-1)).toBeLessThanOrEqual(3);
  expect(lostOf(before, await held())).toEqual([]);
  expect((await paste(await makeKey(), { datasource })).outcome).toBe("ConnectWithKeySuccess");
  await product.until("it is connected again", async () => (await row())["auth"] === "ok");
  await syncedAfterAnHour();
  await audited(2);
});
