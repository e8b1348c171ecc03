// Klaviyo through the load path into a real database: every row and every day's figure equals the account's own, to the
// last digit, after the backfill, after a week of late credits, and whatever the source does meanwhile.
import type { Connector } from "@headwater/connectors/contract.ts";
import { connector } from "@headwater/connectors/klaviyo/index.ts";
import { planRun } from "@headwater/workflows/load/plan-run.ts";
import { refreshStreams } from "@headwater/workflows/load/refresh-streams.ts";
import { syncOnce } from "@headwater/workflows/load/sync-once.ts";
import { spotCheck } from "@headwater/workflows/load/spot-check.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { dayAgo } from "@headwater/workflows/load/testing/days.ts";
import { makeRig, options, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import { afterEach, beforeEach, describe, expect, inject, test } from "vitest";
import { accounts, openKlaviyo, type Klaviyo } from "../connectors/klaviyo.ts";
import { auditMessages } from "./messages.ts";

let klaviyo: Klaviyo;
let rig: Rig;
/** The nightly look back reaches further. */
const LOOKED_BACK_DAYS = 28;
let zoneOfAccount = "UTC";
let runs = 0;
beforeEach(async () => {
  klaviyo = await openKlaviyo();
});
afterEach(async () => {
  await rig.close();
  await klaviyo.close();
});

/** With a key of its own; without a pace, for the stand-in has none here. */
async function connect(account: string, zone: string, currency: string, scopes?: string): Promise<void> {
  zoneOfAccount = zone;
  const key = await klaviyo.key(account, scopes);
  const { tokens } = await klaviyo.trial(key);
  const unpaced: Connector = {
    ...connector,
    sign: (request) => connector.sign(request, { apiKey: key }, null),
    rate: { ...connector.rate, initial: { maximum: 10_000, restorePerSecond: 10_000 }, allowances: {} },
  };
  rig = await makeRig(inject("postgresUrl"), unpaced, { zone, currency, outbound: klaviyo.outbound });
  await rig.owner`update grants set scopes = ${tokens?.scopes ?? []}`;
}

/** So many days before today, by the account's own calendar. */
const dayBack = (days: number): string => dayAgo(zoneOfAccount, days, klaviyo.now());

/** Newest first, as a backfill goes: a week, then quarters of a year. */
async function backfill(days: number): Promise<void> {
  const run = rig.run("backfill", 1);
  const edges = [-1, 7, ...Array.from({ length: Math.ceil((days - 7) / 90) }, (_, n) => Math.min(days, 97 + n * 90))];
  const windows = edges.slice(1).map((back, position) => ({
    stream: "messagesByDay",
    from: dayBack(back),
    to: dayBack(edges[position] ?? 0),
    position,
  }));
  const lists = ["campaigns", "flows"].map((stream, n) => ({
    stream,
    from: null,
    to: klaviyo.now().toISOString(),
    position: windows.length + n,
  }));
  for (const slice of await planRun(rig.deps, run, [...windows, ...lists]))
    for (let kind = "more"; kind !== "done";) {
      const outcome = await workOnSlice(rig.deps, { ...run, sliceId: slice.sliceId }, options());
      if (outcome.kind !== "more" && outcome.kind !== "done") throw new Error(JSON.stringify(outcome));
      ({ kind } = outcome);
    }
}

/**
 * Back to a day from which, within a week, a row of the last weeks vanishes: every order of it was credited to a message. Not
 * every week has one. The week lies behind us, for a day is restated only once it is over by our own clock.
 */
async function weekInWhichOneVanishes(account: string, zone: string): Promise<void> {
  zoneOfAccount = zone;
  const seen = async (since: string) =>
    new Set(
      (await klaviyo.rows(account))
        .filter(({ day }) => day >= since)
        .map(({ metric, day, channel, flow, message }) => [metric, day, channel, flow, message].join(" ")),
    );
  for (let days = 1; days < 200; days += 1) {
    await klaviyo.sandbox.desk("clock", { byDays: -1 });
    const since = dayBack(LOOKED_BACK_DAYS - 8);
    const after = await seen(since);
    await klaviyo.sandbox.desk("clock", { byDays: -1 });
    const isMet = (await seen(since)).difference(after).size > 0;
    await klaviyo.sandbox.desk("clock", { byDays: isMet ? -6 : 1 });
    if (isMet) return;
  }
  throw new Error("no row ever vanishes");
}

const sync = () => syncOnce(rig.deps, rig.run("sync", (runs += 1)), options());
const refresh = () => refreshStreams(rig.deps, rig.run("refresh", (runs += 1)), options());

async function expectClean(account: string, from: string): Promise<void> {
  const report = await auditMessages({
    sandboxUrl: klaviyo.sandbox.origin,
    sql: rig.owner,
    account,
    accountId: rig.accountId,
    from,
  });
  expect(report.findings.slice(0, 10)).toEqual([]);
  expect(report.rows).toBeGreaterThan(8);
  expect(report.figures).toBeGreaterThan(3);
}

describe("every day equals the account's own", () => {
  test.each([
    [accounts.india, "Asia/Kolkata", "INR", 725],
    [accounts.large, "US/Eastern", "USD", 400],
    [accounts.lordHowe, "Australia/Lord_Howe", "AUD", 400],
    [accounts.japan, "Asia/Tokyo", "JPY", 120],
    [accounts.kuwait, "Asia/Kuwait", "KWD", 120],
  ])("after the backfill of %s (%s, %s)", async (account, zone, currency, days) => {
    await connect(account, zone, currency);
    await backfill(days);
    await expectClean(account, dayBack(days - 1));
  });

  test("after a week of late orders and credits, read by syncs and by the nightly look back", async () => {
    await weekInWhichOneVanishes(accounts.kuwait, "Asia/Kuwait");
    await connect(accounts.kuwait, "Asia/Kuwait", "KWD");
    await backfill(60);
    const from = dayBack(LOOKED_BACK_DAYS - 7);
    for (let day = 0; day < 7; day += 1) {
      await klaviyo.sandbox.desk("clock", { byDays: 1 });
      expect(await sync()).toMatchObject({ kind: "done", failedStreams: [] });
      await expectClean(accounts.kuwait, dayBack(2));
      expect(await refresh()).toMatchObject({ kind: "done" });
      await expectClean(accounts.kuwait, from);
    }
    const buried = await rig.owner`select count(*)::int as n from message_days where deleted_at is not null`;
    expect(buried[0]?.["n"], "rows that vanished were really met").toBeGreaterThan(0);
    const restated = await rig.owner`select count(*)::int as n from restatements`;
    expect(restated[0]?.["n"]).toBeGreaterThan(0);
    const quiet = await sync();
    expect(quiet.ledger).toMatchObject({ merged: 0, written: 0, rejected: 0 });
    expect(quiet.ledger.unchanged).toBeGreaterThan(10);
  });

  test("and the spot check finds no difference", async () => {
    await connect(accounts.large, "US/Eastern", "USD");
    await backfill(20);
    await rig.owner`update datasources set history_from = ${dayBack(19)}`;
    const { figures } = await spotCheck(rig.deps, rig.run("spotCheck", 1), options());
    expect(figures.length).toBeGreaterThan(1);
    for (const { ours, theirs } of figures) expect(Number(ours)).toBe(Number(theirs));
  });
});

describe("whatever the source does", () => {
  test.each([
    ["limits on every third call", { kind: "throttled", share: 0.3, count: null, retryAfter: "0.2" }],
    ["trouble on every fourth call", { kind: "serverError", share: 0.25, count: null }],
    ["pages in another order", { kind: "unordered", count: null }],
    ["rows that come twice", { kind: "repeatRecords", count: null }],
    ["the page before again, now and then", { kind: "duplicatePage", match: "api/campaigns", count: 3, skip: 2 }],
    ["a list that leads to itself, once", { kind: "lastPageForever", match: "api/campaigns", count: 1, skip: 1 }],
    ["answers that are cut", { kind: "cut", bytes: 300, share: 0.2, count: null }],
    ["answers that are lost", { kind: "lostAnswer", share: 0.2, count: null }],
    ["a key that is refused once", { kind: "unauthorized", count: 1, skip: 4 }],
  ])("%s: nothing is lost, doubled or a cent off", async (_what, fault) => {
    await connect(accounts.india, "Asia/Kolkata", "INR");
    await klaviyo.fault({ match: "metric-aggregates", ...fault });
    await backfill(50);
    await klaviyo.sandbox.desk("end-faults", {});
    await expectClean(accounts.india, dayBack(49));
  });

  test("a last page for ever ends within three repeats, and heals", async () => {
    await connect(accounts.india, "Asia/Kolkata", "INR");
    await backfill(30);
    await klaviyo.sandbox.desk("clock", { byDays: 1 });
    await klaviyo.fault({ kind: "lastPageForever", match: "metric-aggregates", count: null });
    expect(await sync()).toMatchObject({ kind: "providerDown" });
    await klaviyo.sandbox.desk("end-faults", {});
    expect(await sync()).toMatchObject({ kind: "done" });
    await expectClean(accounts.india, dayBack(2));
  });

  test("a row that is nonsense goes to quarantine, buries nothing, and the next sync mends the day", async () => {
    await connect(accounts.india, "Asia/Kolkata", "INR");
    await backfill(30);
    const held = async () => {
      const [row] = await rig.owner`select count(*)::int as n from message_days where deleted_at is null`;
      return Number(row?.["n"]);
    };
    const before = await held();
    await klaviyo.fault({ kind: "poison", match: "metric-aggregates", field: "measurements", text: "?", count: null });
    expect(await sync()).toMatchObject({ kind: "done" });
    expect(await held()).toBe(before);
    expect((await rig.owner`select reason from quarantine`).length).toBeGreaterThan(0);
    await klaviyo.sandbox.desk("end-faults", {});
    await sync();
    await expectClean(accounts.india, dayBack(29));
  });

  test("a key without the optional scopes reads what it may", async () => {
    await connect(accounts.india, "Asia/Kolkata", "INR", "accounts:read metrics:read");
    await rig.owner`update grants set scopes = '{accounts:read,metrics:read}'`;
    expect(await sync()).toMatchObject({ kind: "done", failedStreams: [] });
    expect(await rig.owner`select 1 from campaigns limit 1`).toEqual([]);
    expect((await rig.owner`select 1 from message_days limit 1`).length).toBe(1);
  });

  test("a deleted key ends the sync at once: somebody must act, and two calls were all", async () => {
    await connect(accounts.india, "Asia/Kolkata", "INR");
    await backfill(10);
    await klaviyo.sandbox.desk(`klaviyo/accounts/${accounts.india}`, { action: "deleteKey" });
    const asked = () => klaviyo.sandbox.desk("requests").then((rows) => JSON.parse(JSON.stringify(rows)).length);
    const before = await asked();
    expect(await sync()).toMatchObject({
      kind: "failed",
      failure: { class: "reauthorize", code: "klaviyo.keyRefused" },
    });
    expect((await asked()) - before).toBe(2);
    const [kept] = await rig.owner`select count(*)::int as n from message_days where deleted_at is null`;
    expect(Number(kept?.["n"])).toBeGreaterThan(8);
  });
});
