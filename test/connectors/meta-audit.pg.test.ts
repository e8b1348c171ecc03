/** Meta's days in real tables: after a history, a week of restatements, reports that fail, limits and errors, every row is as the account has it. */
import type { RunKind } from "@headwater/db/schema/values.ts";
import { connector } from "@headwater/connectors/meta-ads/index.ts";
import { credentialId, publicKeyOf, runId, seal } from "@headwater/db";
import { makeRig, options, type Rig } from "@headwater/workflows/load/testing/rig.ts";
import type { WorkOutcome } from "@headwater/workflows/load/outcome.ts";
import { closeRun, planRun } from "@headwater/workflows/load/plan-run.ts";
import { refreshStreams } from "@headwater/workflows/load/refresh-streams.ts";
import { lookAtAccount } from "@headwater/workflows/load/look-at-account.ts";
import { spotCheck } from "@headwater/workflows/load/spot-check.ts";
import { syncOnce } from "@headwater/workflows/load/sync-once.ts";
import { workOnSlice } from "@headwater/workflows/load/work-on-slice.ts";
import { verifyGrant } from "@headwater/workflows/source/verify-grant.ts";
import { planSlices, rangeWindows } from "@headwater/workflows/lifecycle/windows.ts";
import { platformRules } from "@headwater/workflows/worker/deps.ts";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { randomUUID } from "node:crypto";
import { auditAds } from "../audit/ads.ts";
import { accounts, metaClient, openMeta, people, type Meta } from "./meta.ts";

const ZONE = "America/New_York";
const HISTORY_DAYS = 60;
let meta: Meta;
let rig: Rig;
let n = 0;

beforeEach(async () => {
  meta = await openMeta();
  await meta.toNoon(ZONE);
  rig = await makeRig(inject("postgresUrl"), connector, { outbound: meta.outbound, zone: ZONE, currency: "USD" });
  rig.deps.appOf = () => metaClient;
  n = 0;
  await connect();
  // Another stand-in under the same login: its clock is learned anew.
  await goOn(0);
});
afterEach(async () => {
  await rig.close();
  await meta.close();
});

/** The rig's datasource stands on a consent of Priya's, for the account in New York. */
async function connect(): Promise<void> {
  const tokens = await meta.connect();
  const [credential] = await rig.owner<[{ id: string }]>`select credential_id as id from grants`;
  const ids = {
    organisationId: rig.ref.organisationId,
    grantId: rig.grantId,
    credentialId: credentialId(credential.id),
  };
  const { sealed, wrappedKey, keyId } = seal(publicKeyOf(rig.deps.vaultPrivateKey), ids, { ...tokens.credential });
  await rig.owner`update credentials set sealed = ${sealed}, wrapped_key = ${wrappedKey}, key_id = ${keyId}`;
  await rig.owner`update grants set login_key = ${people.priya}, scopes = '{ads_read}'`;
  await rig.owner`update accounts set external_id = ${accounts.us}`;
  await rig.owner`update datasources set auth = 'ok'`;
}

/** Meta's figures stand still while they are compared; time goes on when the test says so. */
const pin = () => meta.act("settings", { asOf: meta.now().toISOString() });
async function goOn(ms: number): Promise<void> {
  await pass(ms);
  await pin();
}
/** The clock alone, with no new figures. */
async function pass(ms: number): Promise<void> {
  await meta.sandbox.desk("clock", { byMs: ms });
  // The clock of the source is learned from its answers.
  await verifyGrant(rig.deps, rig.ref, options());
}
const DAY_MS = 86_400_000;

/** To its end: what is waited for passes by the stand-in's clock. */
async function toTheEnd(work: () => Promise<WorkOutcome>): Promise<WorkOutcome> {
  for (let tries = 0; ; tries += 1) {
    const outcome = await work();
    const isOver = outcome.kind !== "more" && outcome.kind !== "throttled" && outcome.kind !== "providerDown";
    if (isOver || tries > 400) return outcome;
    if (outcome.kind === "throttled") await pass(Math.max(0, Date.parse(outcome.until) - meta.now().getTime()) + 100);
  }
}

const dayIn = (back: number): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: ZONE }).format(new Date(meta.now().getTime() - back * DAY_MS));
const run = (kind: RunKind) => ({ ...rig.ref, kind, n: (n += 1), runId: runId(rig.ref.datasourceId, kind, n) });

async function backfill(days = HISTORY_DAYS): Promise<void> {
  const asked = run("backfill");
  const windows = planSlices(platformRules("meta-ads").streams, rangeWindows(dayIn(days - 1), dayIn(-1)));
  for (const slice of await planRun(rig.deps, asked, windows)) {
    const outcome = await toTheEnd(() => workOnSlice(rig.deps, { ...asked, sliceId: slice.sliceId }, options()));
    expect(outcome, slice.stream).toMatchObject({ kind: "done" });
  }
  await closeRun(rig.deps, asked, "succeeded");
}
const sync = () => {
  const asked = run("sync");
  return toTheEnd(() => syncOnce(rig.deps, asked, options()));
};

/** Lost 0, doubled 0, wrong 0: at each level every row that the account has, and no other; each day's figures to the cent. */
async function audit(from = dayIn(HISTORY_DAYS - 1)): Promise<void> {
  const ours = { sql: rig.owner, accountId: rig.accountId };
  const report = await auditAds({ sandboxUrl: meta.sandbox.origin, account: accounts.us, from, ...ours });
  expect(report.findings.slice(0, 10)).toEqual([]);
  expect(report.rows).toBeGreaterThan(75);
  expect(report.figures).toBeGreaterThan(100);
}
const plain = (amount: string): string => (amount.includes(".") ? amount.replace(/\.?0+$/, "") : amount);

async function dailyTruth(since: string) {
  const days = new Map<string, { cents: bigint; purchases: number }>();
  for (const row of await meta.rows(accounts.us, "campaign", `&since=${since}`)) {
    const so = days.get(row.day) ?? { cents: 0n, purchases: 0 };
    days.set(row.day, {
      cents: so.cents + BigInt(row.spend.replace(".", "")),
      purchases: so.purchases + row.purchases,
    });
  }
  return [...days]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, { cents, purchases }]) => ({ day, cents: String(cents), purchases: String(purchases) }));
}
const orders = async (): Promise<number> => {
  const rows: { operation: string }[] = JSON.parse((await meta.sandbox.call({ path: "/_desk/requests" })).text);
  return rows.filter(({ operation }) => /^report (campaign|ad) \d/.test(operation)).length;
};

test("a history, then a week of restatements: every row of every level, each day to the cent", async () => {
  await backfill();
  await audit();
  const first = dayIn(HISTORY_DAYS - 1);
  for (let day = 1; day <= 7; day += 1) {
    await goOn(DAY_MS);
    expect(await sync()).toMatchObject({ kind: "done" });
    await auditRecent();
    const asked = run("refresh");
    expect(await toTheEnd(() => refreshStreams(rig.deps, asked, options()))).toMatchObject({ kind: "done" });
  }
  await audit(first);
  const [gone] = await rig.owner<
    [{ count: number }]
  >`select count(*)::int as count from ad_days where deleted_at is not null`;
  // What Meta took back as invalid stays as a row that has ended.
  expect(gone.count).toBeGreaterThanOrEqual(0);
  const [doubled] = await rig.owner<[{ count: number }]>`
    select count(*)::int as count from (select 1 from ad_days where deleted_at is null group by level, campaign_id, ad_id, day having count(*) > 1) as twice`;
  expect(doubled.count).toBe(0);
});

/** The last three days, which every sync reads again. */
async function auditRecent(): Promise<void> {
  const since = dayIn(3);
  const truth = await dailyTruth(since);
  const held = await rig.owner`
    select day::text, (value * 100)::bigint::text as cents from rollups where metric = 'ad_spend' and day >= ${since}::date order by day`;
  expect([...held]).toEqual(truth.map(({ day, cents }) => ({ day, cents })));
}

test("what was there and is gone at the source is gone here, with its part of the day's sum", async () => {
  // Back to the noon of a 3rd, 13th or 23rd: that day's rows of one campaign are nothing but invalid traffic.
  const back = Array.from({ length: 12 }, (_, k) => k + 1).find((k) => dayIn(k).endsWith("3")) ?? 1;
  await goOn(-back * DAY_MS);
  const day = dayIn(0);
  await backfill(20);
  const rowsOf = () =>
    rig.owner`select id from ad_days where day = ${day} and deleted_at is null and level = 'campaign'`;
  const before = await rowsOf();
  for (let k = 0; k < 4; k += 1) {
    await goOn(DAY_MS);
    expect(await sync()).toMatchObject({ kind: "done" });
  }
  expect((await rowsOf()).length).toBe(before.length - 1);
  const truth = await dailyTruth(day);
  const [sum] =
    await rig.owner`select (value * 100)::bigint::text as cents from rollups where metric = 'ad_spend' and day = ${day}`;
  expect(sum?.["cents"]).toBe(truth.find((one) => one.day === day)?.cents);
});

test.each(["Job Failed", "Job Skipped"])(
  "after reports that end as %s, with a gap between the orders",
  async (text) => {
    await meta.fault({ kind: "reportFailed", text, count: 2 });
    await backfill();
    await audit();
    // Campaigns by two reports, ads by two, and one more for each that came to nothing.
    expect(await orders()).toBe(6);
  },
);

test("while four of five calls are refused with minutes to wait: nothing lost, nothing asked for early", async () => {
  await meta.fault({ kind: "throttled", share: 0.8, match: "act_", count: 40, retryAfter: "3" });
  await backfill(30);
  await audit(dayIn(29));
});

test("an error inside a 200, half an answer, a page of HTML: that part counts as failed, and comes again", async () => {
  for (const kind of ["html", "truncatedJson", "emptyBody"]) await meta.fault({ kind, match: "insights", count: 2 });
  await meta.fault({ kind: "providerError", text: "2", status: 200, match: "insights", count: 3 });
  await backfill(30);
  await audit(dayIn(29));
});

test("R7: a token refused by mistake is shown once more, and nobody is asked to sign in", async () => {
  await meta.fault({ kind: "unauthorized", match: "act_", count: 1 });
  await backfill(30);
  await audit(dayIn(29));
});

test.each([
  ["190/463", { class: "reauthorize", why: "expired" }],
  ["190/460", { class: "reauthorize", why: "revoked" }],
  ["190/459", { class: "reauthorize", why: "revoked" }],
  ["10", { class: "permission", curedBy: "grant" }],
  ["200", { class: "permission", curedBy: "grant" }],
  ["294", { class: "permission", curedBy: "grant" }],
  ["368", { class: "permission", curedBy: "source" }],
])("%s in the middle of a history stops it with its class, and it goes on from there", async (text, failure) => {
  const asked = run("backfill");
  const windows = planSlices(platformRules("meta-ads").streams, rangeWindows(dayIn(29), dayIn(-1)));
  const slices = await planRun(rig.deps, asked, windows);
  const work = (slice: (typeof slices)[number]) => () =>
    workOnSlice(rig.deps, { ...asked, sliceId: slice.sliceId }, options());
  const [first, ...rest] = slices;
  if (first === undefined) throw new Error("nothing was planned");
  expect(await toTheEnd(work(first))).toMatchObject({ kind: "done" });
  await meta.fault({ kind: "providerError", text, match: "act_", count: "all" });
  for (const slice of rest.slice(0, 2)) expect(await toTheEnd(work(slice))).toMatchObject({ kind: "failed", failure });
  await meta.sandbox.desk("end-faults", {});
  for (const slice of rest) expect(await toTheEnd(work(slice)), slice.stream).toMatchObject({ kind: "done" });
  await audit(dayIn(29));
});

test("a disabled account's past is read as before; and its last settled day agrees with Meta's own figure", async () => {
  await meta.act(`accounts/${accounts.us}`, { action: "status", to: 2 });
  await backfill(30);
  await audit(dayIn(29));
  await rig.owner`update grants set verified_at = null`;
  expect(await lookAtAccount(rig.deps, run("spotCheck"), options())).toMatchObject({ kind: "done" });
  const [account] = await rig.owner`select details->>'status' as status, details->'notices' as notices from accounts`;
  expect(account).toEqual({ status: "disabled", notices: [{ code: "meta-ads.accountDisabled" }] });
  const check = await spotCheck(rig.deps, run("spotCheck"), options());
  expect(check.figures.length).toBeGreaterThanOrEqual(5);
  for (const { ours, theirs, metric } of check.figures) expect(plain(ours), metric).toBe(plain(theirs));
});

test("a day that Meta has changed since it was read: all of the gap is that, until it is read once more", async () => {
  await backfill(5);
  const day = dayIn(0);
  const apart = async () => {
    await spotCheck(rig.deps, { ...run("spotCheck"), askedBy: randomUUID() }, options());
    const rows = await rig.owner<{ metric: string; because: string[]; rest: string }[]>`
      select metric, array(select one->>'because' from jsonb_array_elements(parts) as one) as because,
        trim_scale(ours - theirs - explained)::text as rest from spot_checks where ours <> theirs and day = ${day} order by metric`;
    expect(rows.filter(({ rest }) => rest !== "0")).toEqual([]);
    return Object.fromEntries(rows.map(({ metric, because }) => [metric, because]));
  };
  // Read while it was on, it has gone on.
  await goOn(DAY_MS);
  const reported = ["reportedAnew"];
  const delivered = { ad_clicks: reported, ad_impressions: reported, ad_spend: reported };
  expect(await apart()).toEqual({ ...delivered, ad_purchase_value: reported, ad_purchases: reported });
  expect(await sync()).toMatchObject({ kind: "done" });
  // Read when it was over, other purchases are credited to it.
  await goOn(DAY_MS);
  expect(await apart()).toEqual({ ad_purchase_value: ["creditedAnew"], ad_purchases: ["creditedAnew"] });
  expect(await sync()).toMatchObject({ kind: "done" });
  expect(await apart()).toEqual({});
});
