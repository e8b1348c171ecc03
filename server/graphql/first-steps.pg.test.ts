/** The first steps and the three checks: they tick themselves, from rows alone. */
import { expect, test } from "vitest";
import { addDays } from "../reading/days.ts";
import { ownSource } from "../testing/own-source.ts";
import { makeDatasource, putDay } from "../testing/rows.ts";
import { joinAs, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const { api, owner, made, organisation } = ownSource();

const FIELDS = "onboarding { steps { name state } checks { name state } isDone dismissedAt }";
test("tick themselves, from rows, and are put away by those who manage", async () => {
  const fresh = await signUp(api);
  expect((await organisation(FIELDS, fresh)).onboarding.steps).toEqual([
    { name: "CONNECT", state: "NOW" },
    { name: "FIRST_NUMBERS", state: "LATER" },
    { name: "CHECK_ONE", state: "LATER" },
  ]);
  expect((await organisation(FIELDS)).onboarding).toMatchObject({
    steps: [{ state: "DONE" }, { state: "DONE" }, { name: "CHECK_ONE", state: "NOW" }],
    checks: [{ name: "DATA_PANEL", state: "DONE" }, { name: "YESTERDAY", state: "DONE" }, { state: "NOW" }],
    isDone: false,
  });
  await api.owner.sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs)
    values (${owner.organisationId}, ${made.id}, 'orders', current_date, 'INR', 4, 4.0)`;
  expect((await organisation(FIELDS)).onboarding.isDone).toBe(true);
  const put = async (who: Visitor, isDismissed: boolean) =>
    (
      await who.ask(`mutation ($i: DismissOnboardingInput!) { r: dismissOnboarding(input: $i) { is: __typename } }`, {
        i: { isDismissed },
      })
    ).data.r.is;
  expect(await put(await joinAs(api, owner, "viewer"), true)).toBe("NotAllowed");
  expect(await put(owner, true)).toBe("DismissOnboardingSuccess");
  expect((await organisation(FIELDS)).onboarding.dismissedAt).not.toBeNull();
  await put(owner, false);
  expect((await organisation(FIELDS)).onboarding.dismissedAt).toBeNull();
});

const told = async (who: Visitor) => {
  const { steps, checks } = (await organisation(FIELDS, who)).onboarding;
  const states = [...steps, ...checks].map((one: { name: string; state: string }) => [one.name, one.state === "DONE"]);
  return Object.fromEntries(states);
};

test("files of one's own costs are none of them", async () => {
  const fresh = await signUp(api);
  await makeDatasource(api, fresh.organisationId, { facts: { platform: "custom-costs" } });
  expect(await told(fresh)).toMatchObject({ CONNECT: false, FIRST_NUMBERS: false, DATA_PANEL: false });
});

test("a gap that is known in full is a number checked; one with a rest that nobody can explain is not", async () => {
  const put = (day: string, explained: string) =>
    api.owner
      .sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs, parts, explained)
      values (${owner.organisationId}, ${made.id}, 'orders', ${day}, 'INR', 4, 6, '[]', ${explained})`;
  await put("2026-11-18", "-1");
  expect(await told(owner)).toMatchObject({ CHECK_ONE: false, SPOT_CHECK: false });
  await put("2026-11-19", "-2");
  expect(await told(owner)).toMatchObject({ CHECK_ONE: true, SPOT_CHECK: true });
  const { spotCheck } = (await organisation("onboarding { spotCheck { day state } }")).onboarding;
  expect(spotCheck).toEqual({ day: "2026-11-19", state: "EXPLAINED" });
});

test("the panel's check goes with the access; steps once done stay done, whatever became of what they were done with", async () => {
  expect(await told(owner)).toMatchObject({ CONNECT: true, DATA_PANEL: true });
  await api.owner.sql`update datasources set auth = 'revoked', auth_since = now() where id = ${made.id}`;
  expect(await told(owner)).toMatchObject({ CONNECT: true, DATA_PANEL: false });
  await api.owner.sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs)
    values (${owner.organisationId}, ${made.id}, 'orders', current_date, 'INR', 4, 4.0)`;
  const done = { CONNECT: true, FIRST_NUMBERS: true, CHECK_ONE: true };
  expect(await told(owner)).toMatchObject({ ...done, SPOT_CHECK: true });
  await api.owner.sql`update datasources set disconnected_at = now() where id = ${made.id}`;
  expect(await told(owner)).toMatchObject({ ...done, DATA_PANEL: false, SPOT_CHECK: false });
  await makeDatasource(api, owner.organisationId, { facts: { replaces: made.id, firstNumbersAt: null } });
  expect(await told(owner), "replaced").toMatchObject({ ...done, DATA_PANEL: true });
  expect((await organisation(FIELDS)).onboarding.isDone).toBe(true);
});

test("yesterday is the brand's own, and a day without an order is one that is in", async () => {
  const fresh = await signUp(api);
  const now = api.serving.services.clock();
  const longAgo = new Date(now.getTime() - 5 * 86_400_000);
  const reading = await makeDatasource(api, fresh.organisationId, { facts: { completeThrough: longAgo } });
  const { today } = await organisation("today", fresh);
  const yesterday = addDays(today, -1);
  await putDay(api, reading, addDays(today, -2), { orders: "4" });
  await putDay(api, reading, today, { orders: "4" });
  expect(await told(fresh)).toMatchObject({ FIRST_NUMBERS: true, YESTERDAY: false });
  await putDay(api, reading, yesterday, { sessions: "9" });
  expect(await told(fresh), "no tile shows that").toMatchObject({ YESTERDAY: false });
  await putDay(api, reading, yesterday, { orders: "4" });
  expect(await told(fresh)).toMatchObject({ YESTERDAY: true });
  const quiet = await signUp(api);
  await makeDatasource(api, quiet.organisationId, { facts: { completeThrough: now } });
  expect(await told(quiet)).toMatchObject({ YESTERDAY: true });
});

test("yesterday is a store's where one stands, and of whoever it counts from", async () => {
  const fresh = await signUp(api);
  const { today } = await organisation("today", fresh);
  const [yesterday, completeThrough] = [addDays(today, -1), api.serving.services.clock()];
  const ads = await makeDatasource(api, fresh.organisationId, { facts: { platform: "meta-ads" } });
  await putDay(api, ads, yesterday, { ad_spend: "40" });
  expect(await told(fresh), "ads alone").toMatchObject({ YESTERDAY: true });
  const old = await makeDatasource(api, fresh.organisationId, {
    facts: { disconnectedAt: completeThrough, phase: "END", completeThrough, countsUntil: today },
  });
  const facts = { replaces: old.id, countsFrom: today, completeThrough };
  const next = await makeDatasource(api, fresh.organisationId, { facts });
  await putDay(api, next, yesterday, { orders: "2" });
  expect(await told(fresh), "kept, it sold nothing").toMatchObject({ YESTERDAY: true });
  await api.owner.sql`update datasources set data_deleted_at = now() where id = ${old.id}`;
  expect(await told(fresh), "deleted").toMatchObject({ YESTERDAY: false });
});

test("the newest number that has a figure beside it is told with both, one that differs first", async () => {
  const put = (metric: string, day: string, ours: string, theirs: string | null) =>
    api.owner.sql`insert into spot_checks (organisation_id, datasource_id, metric, day, currency, ours, theirs, settled)
      values (${owner.organisationId}, ${made.id}, ${metric}, ${day}, 'INR', ${ours}, ${theirs}, true)`;
  const newest = async () =>
    (await organisation("onboarding { spotCheck { day metric ours theirs state datasource { id } } }")).onboarding
      .spotCheck;
  expect(await newest()).toBeNull();
  await put("orders", "2026-11-18", "3", "4");
  await put("gross_sales", "2026-11-19", "7", "7");
  await put("orders", "2026-11-19", "4", "4");
  await put("orders", "2026-11-20", "4", null);
  const datasource = { id: made.gid };
  expect(await newest()).toEqual({
    day: "2026-11-19",
    metric: "orders",
    ours: "4",
    theirs: "4",
    state: "EQUAL",
    datasource,
  });
  await put("discounts", "2026-11-19", "1", "2");
  expect(await newest()).toMatchObject({ metric: "discounts", state: "DIFFERENT" });
});
