/** Freshness, what depends on a source, the calendar of grants, the inbox, usage, plans. */
import { randomUUID } from "node:crypto";
import { describe, expect, inject, test } from "vitest";
import { startApi } from "../testing/api.ts";
import { give } from "../testing/mutations.ts";
import { ownSource } from "../testing/own-source.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { joinAs, makeToken, setPlan, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { globalId } from "./node.ts";

const { api, owner, made, of, organisation } = ownSource();

test("a run is told stream by stream, and the sums are those of its slices", async () => {
  await makeHistory(api, owner.organisationId, made);
  await api.owner
    .sql`update slices set read = 20, merged = 18, unchanged = 2, state = case when position = 5 then 'failed' else state end,
    failure = case when position = 5 then '{"class":"transient","said":"502"}'::jsonb end where datasource_id = ${made.id}`;
  const { runs } = await of(`runs(first: 50, kind: BACKFILL) { nodes { streams { stream title state slices slicesDone
    slicesFailed attempts read merged unchanged failure { class said } } } }`);
  expect(runs.nodes[0].streams).toMatchObject([
    { stream: "customers", state: "FAILED", slices: 3, slicesDone: 2, slicesFailed: 1, failure: { said: "502" } },
    {
      stream: "orders",
      title: "Orders",
      state: "DONE",
      slices: 3,
      attempts: 3,
      read: "60",
      merged: "54",
      failure: null,
    },
  ]);
});

describe("freshness", () => {
  test("late is told by what is normal for this source, and why it is slow", async () => {
    await makeHistory(api, owner.organisationId, made, 24);
    await api.owner
      .sql`update datasources set last_success_at = now() - interval '90 minutes', throttled_until = now() + interval '5 minutes',
      throttle_reason = '{"code":"rateLimit"}' where id = ${made.id}`;
    await api.owner.sql`update datasources set next_run_at = now() + interval '20 minutes' where id = ${made.id}`;
    const fields =
      "nextRunAt freshness { nextRunAt cadenceSeconds normalSeconds ageSeconds isLate slowedBy { code until } streams { name completeThrough } }";
    const { freshness, nextRunAt } = await of(fields);
    expect(nextRunAt).not.toBeNull();
    expect(freshness).toMatchObject({ nextRunAt, cadenceSeconds: 3600, normalSeconds: 3600, isLate: false });
    expect(Math.round(freshness.ageSeconds / 60)).toBe(90);
    expect(freshness.slowedBy).toContainEqual({ code: "rateLimit", until: expect.any(String) });
    expect(freshness.streams.find(({ name }: { name: string }) => name === "orders").completeThrough).not.toBeNull();
    await api.owner.sql`update datasources set last_success_at = now() - interval '121 minutes' where id = ${made.id}`;
    expect((await of(fields)).freshness.isLate).toBe(true);
    await api.owner.sql`update datasources set platform = 'custom-costs' where id = ${made.id}`;
    expect((await of(fields)).freshness.isLate, "files come when somebody gives them").toBe(false);
    await api.owner.sql`update datasources set platform = 'shopify' where id = ${made.id}`;
    await api.owner
      .sql`update datasources set user_paused_at = now(), user_paused_by = '{"kind":"system","name":"x"}' where id = ${made.id}`;
    const standsStill = { nextRunAt: null, freshness: { isLate: false, nextRunAt: null } };
    expect(await of(fields), "nobody lets it run").toMatchObject(standsStill);
    await api.owner
      .sql`update datasources set user_paused_at = null, user_paused_by = null, disconnected_at = now() where id = ${made.id}`;
    expect(await of(fields), "it is gone").toMatchObject(standsStill);
  });
});

describe("what depends on a datasource", () => {
  test("tiles, and tools that used their token lately; those that are revoked or idle do not", async () => {
    const [used, idle, gone] = [
      await makeToken(owner, ["READ"], "sheet"),
      await makeToken(owner, ["READ"], "idle"),
      await makeToken(owner, ["READ"], "gone"),
    ];
    const bringer = await makeToken(owner, ["COSTS_UPLOAD"], "bringer");
    for (const { secret } of [used, gone, bringer]) await withToken(api, secret)("{ organisation { name } }");
    await api.owner
      .sql`update api_tokens set revoked_at = now() where name = 'gone' and organisation_id = ${owner.organisationId}`;
    expect(idle.id).not.toBe(used.id);
    const { rehearsal } = await of(
      "rehearsal(action: STOP) { action strength consequence alternatives dependents { kind name staleAt lastUsedAt } }",
    );
    expect(rehearsal).toMatchObject({
      action: "STOP",
      strength: "NORMAL",
      consequence: null,
      alternatives: ["CHANGE_CADENCE"],
    });
    const clients = rehearsal.dependents.filter(({ kind }: { kind: string }) => kind === "API_CLIENT");
    const usedLately = await api.owner.sql`select name from api_tokens where last_used_at is not null order by name`;
    expect(usedLately.map(({ name }) => name)).toEqual(["bringer", "gone", "sheet"]);
    expect(clients, "what only brings costs reads no shop").toMatchObject([
      { name: "sheet", lastUsedAt: expect.any(String), staleAt: expect.any(String) },
    ]);
    const tiles = rehearsal.dependents.filter(({ kind }: { kind: string }) => kind === "TILE");
    const [due] = await api.owner.sql<[{ at: Date }]>`
      select last_success_at + 2 * cadence_ms * interval '1 millisecond' as at from datasources where id = ${made.id}`;
    const whens = new Set(tiles.map(({ staleAt }: { staleAt: string }) => staleAt));
    expect([...whens], "two syncs after the last").toEqual([due.at.toISOString()]);
  });

  test("a datasource that needs this platform, for as long as no other would do", async () => {
    const loop = await makeDatasource(api, owner.organisationId);
    await api.owner.sql`update datasources set platform = 'loop-subscriptions', name = 'Loop' where id = ${loop.id}`;
    const dependents = async () =>
      (await of("dependents { kind name datasource { name } staleAt }")).dependents.filter(
        ({ kind }: { kind: string }) => kind === "DATASOURCE",
      );
    expect(await dependents()).toMatchObject([{ name: "Loop", datasource: { name: "Loop" }, staleAt: null }]);
    await makeDatasource(api, owner.organisationId);
    expect(await dependents()).toEqual([]);
  });

  test("money, parcels, messages and measurement are said strongest", async () => {
    for (const platform of ["stripe", "shiprocket", "wati", "ga4"]) {
      await api.owner.sql`update datasources set platform = ${platform} where id = ${made.id}`;
      const { rehearsal } = await of("rehearsal { strength consequence alternatives }");
      expect(rehearsal, platform).toMatchObject({ strength: "STRONG", alternatives: ["STOP", "REPLACE"] });
      expect(rehearsal.consequence.length).toBeGreaterThan(40);
    }
  });
});

test("a stop frees no slot and ends no access, and nothing is offered instead that cannot be", async () => {
  const told = async (action: string) =>
    (await of(`rehearsal(action: ${action}) { slotFreed atProvider alternatives }`)).rehearsal;
  expect(await told("STOP")).toEqual({
    slotFreed: false,
    atProvider: "Access at Shopify stays, and nothing is asked there until it is resumed.",
    alternatives: ["CHANGE_CADENCE"],
  });
  expect(await told("DISCONNECT")).toMatchObject({ slotFreed: true, alternatives: ["STOP", "REPLACE"] });
  await api.owner.sql`update datasources set platform = 'custom-costs' where id = ${made.id}`;
  expect(await told("STOP"), "costs from files have no rhythm").toMatchObject({ alternatives: [] });
  expect(await told("DISCONNECT"), "and nothing takes their place").toMatchObject({ alternatives: ["STOP"] });
  await api.owner.sql`update datasources set user_paused_at = now(), user_paused_by = '{"kind":"system","name":"x"}'
    where id = ${made.id}`;
  expect(await told("DISCONNECT"), "stopped already").toMatchObject({ slotFreed: false, alternatives: [] });
});

test("the calendar: whose login ends when, what stands on it, and when it was warned", async () => {
  const twin = await makeDatasource(api, owner.organisationId);
  await api.owner.sql`update datasources set grant_id = ${made.grantId} where id = ${twin.id}`;
  await api.owner.sql`update grants set credential_id = gen_random_uuid(), holder = '{"name":"Priya"}',
    ends_at = date_trunc('second', now()) + interval '6 days' where id = ${made.grantId}`;
  await api.owner.sql.begin(async (sql) => {
    await sql`select set_config('app.tenant', ${owner.organisationId}, true)`;
    for (const { id } of [made, twin])
      await sql`select append_audit('{"kind":"system","name":"engine"}', 'grantExpiring', 'datasource', ${id}, ${id}, null,
      jsonb_build_object('days', 7, 'endsAt', (select to_char(ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') from grants where id = ${made.grantId})))`;
  });
  const FIELDS = "{ holder endsAt warnedAt platform { name } datasources { id } }";
  const [ending, ...rest] = (await organisation(`grantCalendar(days: 14) ${FIELDS}`)).grantCalendar;
  expect(rest).toEqual([]);
  expect(ending).toMatchObject({ holder: "Priya", platform: { name: "shopify" } });
  expect(ending.warnedAt, "one warning, however many stand on it").toEqual([expect.any(String)]);
  expect(ending.datasources).toHaveLength(2);
  expect((await organisation(`grantCalendar(days: 5) ${FIELDS}`)).grantCalendar).toEqual([]);
  const tooFar = await owner.ask(`{ organisation { grantCalendar(days: 4000) ${FIELDS} } }`);
  expect(tooFar.errors?.[0]?.extensions["code"]).toBe("INVALID_INPUT");
});

test("the calendar leaves out what every use renews, until nothing renews it any more", async () => {
  await api.owner
    .sql`update grants set credential_id = gen_random_uuid(), ends_at = now() + interval '80 days' where id = ${made.grantId}`;
  const ends = async () => (await organisation("grantCalendar(days: 91) { holder }")).grantCalendar.length;
  const become = (facts: object) => api.owner.sql`update datasources set ${api.owner.sql(facts)} where id = ${made.id}`;
  expect(await ends(), "read, and renewed with that").toBe(0);
  await become({ user_paused_at: new Date(), user_paused_by: { kind: "system", name: "x" } });
  expect(await ends(), "stopped").toBe(1);
  await become({ user_paused_at: null, user_paused_by: null, auth: "revoked", auth_since: new Date() });
  expect(await ends(), "its access taken away").toBe(1);
  await become({ auth: "ok" });
  expect(await ends(), "let in once more").toBe(0);
  await api.owner.sql`update datasources set platform = 'meta-ads' where id = ${made.id}`;
  expect(await ends(), "where no use renews it").toBe(1);
});

describe("the inbox", () => {
  const notice = (kind: string, detail: object, resolved = false) =>
    api.owner.sql`insert into notices (organisation_id, datasource_id, kind, detail, resolved_at)
      values (${owner.organisationId}, ${made.id}, ${kind}, ${JSON.stringify(detail)}::text::jsonb, ${resolved ? new Date() : null})`;
  const READ = `mutation ($i: MarkNoticeReadInput!) { r: markNoticeRead(input: $i) { is: __typename ... on MarkNoticeReadSuccess { notices { isRead } } ... on UserError { code } } }`;
  const inbox = async (who: Visitor = owner) =>
    organisation(
      "unreadNotices inbox(first: 10) { nodes { id kind message meaning remedy { kind } resolvedAt isRead datasource { id } } }",
      who,
    );

  test("what stands is said with what to do, what is over without; each is read by each person alone", async () => {
    await notice("grantEnding", { holder: "Priya", endsAt: "2026-11-26T10:00:00.000Z", days: 7 });
    await notice("sourceDown", { said: "502" }, true);
    const viewer = await joinAs(api, owner, "viewer");
    const { nodes } = (await inbox()).inbox;
    const byKind = new Map(nodes.map((node: { kind: string }) => [node.kind, node]));
    expect(byKind.get("GRANT_ENDING")).toMatchObject({
      message: expect.stringContaining("Priya"),
      meaning: expect.any(String),
      remedy: { kind: "REAUTHORIZE" },
      isRead: false,
      datasource: { id: made.gid },
    });
    expect(byKind.get("SOURCE_DOWN")).toMatchObject({ remedy: null, resolvedAt: expect.any(String) });
    expect((await inbox()).unreadNotices).toBe(1);
    const { id } = nodes.find(({ kind }: { kind: string }) => kind === "GRANT_ENDING");
    expect((await owner.ask(READ, { i: { notices: [id, "bm90aGluZw"] } })).data.r.notices).toEqual([{ isRead: true }]);
    expect([(await inbox()).unreadNotices, (await inbox(viewer)).unreadNotices]).toEqual([0, 1]);
    await api.owner
      .sql`update notices set detail = detail || '{"days": 3}', last_at = now() + interval '1 second' where kind = 'grantEnding'`;
    expect((await inbox()).unreadNotices, "a step nearer is news again").toBe(1);
    const stranger = await signUp(api);
    expect((await stranger.ask(READ, { i: { notices: [id] } })).data.r).toMatchObject({ notices: [] });
    expect(
      (await withToken(api, (await makeToken(owner, ["READ", "MANAGE"])).secret)(READ, { i: { notices: [id] } })).data
        .r,
    ).toMatchObject({ code: "NOT_ALLOWED" });
  });
});

const SET_PLAN = `mutation ($i: SetPlanInput!) { r: setPlan(input: $i) { is: __typename
  ... on SetPlanSuccess { organisation { plan { name } slots { used free } } }
  ... on TooManyForPlan { allowance used datasources { id } message meaning } ... on UserError { code } } }`;

const set = async (plan: string, pause?: string[]) =>
  (
    await owner.ask(SET_PLAN, {
      i: { plan, idempotencyKey: randomUUID(), ...(pause === undefined ? {} : { pause }) },
    })
  ).data.r;
const statuses = async (ids: string[]) =>
  Promise.all(
    ids.map(async (id) => {
      const { data } = await owner.ask(
        `query ($id: ID!) { datasource(id: $id) { dataSync { status reason { code remedy { kind } } } } }`,
        { id },
      );
      return data.datasource.dataSync.reason?.code ?? data.datasource.dataSync.status;
    }),
  );

const chosenBy = async (id: string) =>
  (await owner.ask(`query ($id: ID!) { datasource(id: $id) { dataSync { reason { by { kind name } } } } }`, { id }))
    .data.datasource.dataSync.reason.by;

describe("usage and plans", () => {
  test("what counts and what does not, and no credits ever", async () => {
    const costs = await makeDatasource(api, owner.organisationId);
    await api.owner.sql`delete from slots where datasource_id = ${costs.id}`;
    await api.owner.sql`update datasources set platform = 'custom-costs' where id = ${costs.id}`;
    const { usage } = await organisation(
      "usage { slots { used allowance free } apps { datasource { id } since lastUsedAt } native { id } aiCredits }",
    );
    expect(usage).toMatchObject({
      slots: { used: 1, allowance: 3, free: 2 },
      apps: [{ datasource: { id: made.gid }, lastUsedAt: expect.any(String) }],
      native: [{ id: costs.gid }],
      aiCredits: 0,
    });
  });

  test("a smaller plan asks which to pause, pauses those, deletes nothing, and lets them go on once there is room", async () => {
    await setPlan(api, owner, "growth");
    const more = [made];
    for (let n = 0; n < 4; n += 1) more.push(await makeDatasource(api, owner.organisationId));
    const ids = more.map(({ gid }) => gid);
    const asked = await set("free");
    expect(asked).toMatchObject({ is: "TooManyForPlan", allowance: 3, used: 5, code: "TOO_MANY_FOR_PLAN" });
    expect(asked.datasources).toHaveLength(5);
    expect(await set("free", ids.slice(0, 1)), "one is not enough").toMatchObject({ is: "TooManyForPlan" });
    expect(await statuses(ids), "nothing was changed").toEqual(Array.from({ length: 5 }, () => "ACTIVE"));
    api.rings.length = 0;
    const times = async () =>
      (await organisation("usage { apps { datasource { id } since } }")).usage.apps.map(
        (app: { datasource: { id: string }; since: string }) => [app.datasource.id, app.since],
      );
    const before = await times();
    expect(await set("free", ids.slice(0, 2))).toMatchObject({
      organisation: { plan: { name: "free" }, slots: { used: 5, free: 0 } },
    });
    expect(await statuses(ids)).toEqual(["plan", "plan", "ACTIVE", "ACTIVE", "ACTIVE"]);
    expect(await give(owner, "syncNow", ids[0] ?? ""), "whoever chose it is told, and what would end it").toMatchObject(
      {
        remedy: { kind: "UPGRADE" },
        reason: { code: "held" },
      },
    );
    expect(await chosenBy(ids[0] ?? "")).toMatchObject({ kind: "PERSON" });
    await expect.poll(() => new Set(api.rings.map(({ datasourceId }) => datasourceId)).size).toBe(2);
    expect(await times(), "what pauses keeps the time since when it holds its slot").toEqual(before);
    const order = await api.owner.sql<{ id: string }[]>`
      select s.datasource_id as id from slots s join holds h on h.datasource_id = s.datasource_id and h.released_at is null
      where s.organisation_id = ${owner.organisationId} order by s.since, s.datasource_id`;
    api.rings.length = 0;
    const [firstBack = "", secondBack = ""] = order.map(({ id }) => globalId("Datasource", id));
    expect(await give(owner, "disconnect", ids[4] ?? "", { deleteData: false })).toMatchObject({
      is: "DisconnectDatasourceSuccess",
    });
    expect(await statuses([firstBack, secondBack]), "the slot that was freed is used at once").toEqual([
      "ACTIVE",
      "plan",
    ]);
    await expect.poll(() => new Set(api.rings.map(({ datasourceId }) => datasourceId))).toContain(order[0]?.id);
    expect(await set("growth")).toMatchObject({ organisation: { slots: { used: 4, free: 6 } } });
    expect(await statuses(ids.slice(0, 4))).toEqual(Array.from({ length: 4 }, () => "ACTIVE"));
  });

  test("another organisation's datasources pause nothing", async () => {
    const stranger = await signUp(api);
    const theirs = await makeDatasource(api, stranger.organisationId);
    await setPlan(api, owner, "growth");
    for (let n = 0; n < 3; n += 1) await makeDatasource(api, owner.organisationId);
    expect(await set("free", [theirs.gid])).toMatchObject({ is: "TooManyForPlan" });
  });
});

test("what was paused for the plan and disconnected goes on where its undo finds room", async () => {
  await setPlan(api, owner, "growth");
  const others: Made[] = [];
  for (let n = 0; n < 3; n += 1) others.push(await makeDatasource(api, owner.organisationId));
  expect(await set("free", [made.gid])).toMatchObject({ is: "SetPlanSuccess" });
  for (const { gid } of [made, ...others.slice(0, 1)]) await give(owner, "disconnect", gid, { deleteData: false });
  expect(await give(owner, "undoDisconnect", made.gid)).toMatchObject({
    datasource: { dataSync: { status: "INACTIVE", reason: { code: "credentialsDoNotWork" } } },
  });
});

test("where an operator sets the plan, the owner chooses all the same what pauses, and no other plan", async () => {
  const real = await startApi(inject("postgresUrl"), { isEmbedded: false });
  try {
    const one = await signUp(real);
    const apps: Made[] = [];
    for (let n = 0; n < 4; n += 1) apps.push(await makeDatasource(real, one.organisationId));
    const choose = async (plan: string, pause: string[] | null = null) =>
      (await one.ask(SET_PLAN, { i: { plan, pause, idempotencyKey: randomUUID() } })).data.r;
    expect(await choose("growth")).toMatchObject({ code: "NOT_ALLOWED" });
    expect(await choose("free")).toMatchObject({ is: "TooManyForPlan", allowance: 3, used: 4 });
    for (const { gid } of apps.slice(0, 2))
      expect(await choose("free", [gid]), "and changes their mind").toMatchObject({ is: "SetPlanSuccess" });
    const held = await real.owner.sql`
      select datasource_id as id from holds where reason = 'plan' and released_at is null`;
    expect([...held]).toEqual([{ id: apps[1]?.id }]);
  } finally {
    await real.close();
  }
});
