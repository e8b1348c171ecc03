// Days brought forward, history further back, one datasource in the place of another: asked over GraphQL, kept as rows.
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { eventually } from "../start/wait.mjs";
import { commands, connectAttempts, datasources, holds, runs, slices, slots } from "@headwater/db/schema/tables.ts";
import { runId } from "@headwater/db/schema/ids.ts";
import { dayIn } from "../reading/days.ts";
import { disconnected, key } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made, MakeOptions } from "../testing/rows.ts";
import { setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();

const mutation = (field: string, type: string, success: string) => `
  mutation ($input: ${type}Input!) { result: ${field}(input: $input) { is: __typename ... on ${type}Success { ${success} }
    ... on UserError { message } ... on InvalidInput { fields { path message } } ... on NotPossibleNow { reason { code } }
    ${field === "replaceDatasource" ? "... on AlreadyConnected { standing: datasource { id } }" : ""} } }`;
const done = "command { kind state } datasource { id }";
const FORWARD = mutation("bringForward", "BringForward", done);
const EXTEND = mutation("extendHistory", "ExtendHistory", done);
const REPLACE = mutation(
  "replaceDatasource",
  "ReplaceDatasource",
  "command { id kind state } authorizeUrl datasource { id attempt { purpose } replaces { id } } replaced { id replacedBy { id } dataSync { status } }",
);

async function give(who: Visitor, document: string, input: Record<string, unknown>) {
  const answer = await who.ask(document, { input: { idempotencyKey: key(), ...input } });
  expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
  return answer.data.result;
}

/** Two windows done in a minute, two to come. */
async function filling(made: Made, organisationId: Visitor["organisationId"]): Promise<void> {
  const of = { organisationId, datasourceId: made.id };
  const run = runId(made.id, "backfill", 1);
  const started = new Date(Date.now() - 60_000);
  await api.owner.drizzle.insert(runs).values({ ...of, id: run, kind: "backfill", n: 1, startedAt: started });
  const bounds = ["2026-11-21", "2026-11-14", "2026-10-22", "2026-08-23", "2026-05-25"];
  for (const [position, from] of bounds.slice(1).entries())
    await api.owner.drizzle.insert(slices).values({
      ...of,
      runId: run,
      stream: "orders",
      position,
      fromAt: new Date(`${from}T00:00:00Z`),
      toAt: new Date(`${bounds[position] ?? ""}T00:00:00Z`),
      state: position < 2 ? "done" : "queued",
      startedAt: position < 2 ? started : null,
    });
  await api.owner.drizzle
    .update(datasources)
    .set({ backfill: "running", backfillN: 1 })
    .where(eq(datasources.id, made.id));
}

test("days are brought forward once one has seen what that means; nothing queued is refused with its reason", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC" });
  const wanted = { datasource: made.gid, from: "2026-06-01", to: "2026-06-30" };
  expect(await give(owner, FORWARD, wanted)).toMatchObject({ is: "NotPossibleNow", reason: { code: "nothingQueued" } });
  await filling(made, owner.organisationId);
  const REHEARSE = `query ($id: ID!, $from: Date!, $to: Date!, $stream: String) { node(id: $id) { ... on Datasource {
    forwardRehearsal(from: $from, to: $to, stream: $stream) { readyMinSeconds readyMaxSeconds laterSeconds message } } } }`;
  const ask = async (from: string, to: string, stream: string | null = null) =>
    (await owner.ask(REHEARSE, { id: made.gid, from, to, stream })).data.node.forwardRehearsal;
  const month = await ask("2026-06-01", "2026-06-30");
  expect(month.readyMinSeconds).toBeGreaterThan(0);
  expect(month.readyMaxSeconds).toBeGreaterThanOrEqual(month.readyMinSeconds);
  expect(month.laterSeconds).toBe(month.readyMaxSeconds);
  expect(month.message).toMatch(/first/);
  expect(await ask("2026-06-01", "2026-06-30", "refunds"), "they come with the orders").toEqual(month);
  expect(await ask("2026-06-01", "2026-06-30", "customers")).toBeNull();
  const all = await ask("2026-01-01", "2026-11-30");
  expect(all.readyMaxSeconds).toBeGreaterThan(month.readyMaxSeconds);
  expect(await ask("2026-11-01", "2026-11-10")).toBeNull(); // is in already
  expect(await give(owner, FORWARD, wanted)).toMatchObject({
    is: "BringForwardSuccess",
    command: { kind: "bringForward", state: "ACCEPTED" },
  });
  expect(await give(owner, FORWARD, { ...wanted, to: "2026-05-01" })).toMatchObject({ fields: [{ path: "to" }] });
  const [row] = await api.owner.drizzle.select().from(commands).where(eq(commands.datasourceId, made.id));
  expect(row?.args).toEqual({ from: "2026-06-01", to: "2026-06-30" });
  const said = await api.owner.sql`select verb, actor->>'kind' as by from audit_log where datasource_id = ${made.id}`;
  expect([...said]).toEqual([{ verb: "datasource.bringForward", by: "person" }]);
  const shown = await owner.ask(
    `query ($id: ID!) { node(id: $id) { ... on Datasource { backfill { broughtForward { from to stream } } } } }`,
    { id: made.gid },
  );
  expect(shown.data.node.backfill.broughtForward).toEqual([{ from: "2026-06-01", to: "2026-06-30", stream: null }]);
});

test("history goes further back as far as the grant does, and not where it is read already", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { zone: "UTC", facts: { historyFrom: "2024-01-01" } });
  await filling(made, owner.organisationId);
  expect(await give(owner, EXTEND, { datasource: made.gid, from: "2025-01-01" })).toMatchObject({
    reason: { code: "backfillRunning" },
  });
  await api.owner.drizzle.update(datasources).set({ backfill: "done" }).where(eq(datasources.id, made.id));
  const asked = await owner.ask(
    `query ($id: ID!) { node(id: $id) { ... on Datasource { backfill { earliestPossible } } } }`,
    {
      id: made.gid,
    },
  );
  expect(asked.data.node.backfill.earliestPossible).toBe("2024-01-01");
  for (const [from, word] of [
    ["2023-12-31", "2024-01-01"],
    ["2026-06-01", "2026-05-25"],
  ])
    expect(await give(owner, EXTEND, { datasource: made.gid, from })).toMatchObject({
      fields: [{ path: "from", message: expect.stringContaining(word ?? "") }],
    });
  expect(await give(owner, EXTEND, { datasource: made.gid, from: "2025-01-01" })).toMatchObject({
    is: "ExtendHistorySuccess",
    command: { kind: "extendHistory" },
  });
});

test("a replacement borrows the slot: at the limit it begins all the same, one at a time, and the old one goes on", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { shop: "old.myshopify.com" });
  for (let n = 0; n < 2; n += 1) await makeDatasource(api, owner.organisationId); // plan free: three slots, all taken
  const input = { datasource: made.gid, platform: "shopify", fields: [{ name: "shop", value: "new-shop" }] };
  const idempotencyKey = key();
  const begun = await give(owner, REPLACE, { ...input, idempotencyKey });
  expect(begun).toMatchObject({
    is: "ReplaceDatasourceSuccess",
    command: { kind: "replace", state: "ACCEPTED" },
    datasource: { attempt: { purpose: "REPLACE" }, replaces: { id: made.gid } },
    replaced: { id: made.gid, dataSync: { status: "ACTIVE" } },
  });
  expect(begun.authorizeUrl).toContain("new-shop.myshopify.com");
  expect(begun.replaced.replacedBy.id).toBe(begun.datasource.id);
  expect(await give(owner, REPLACE, { ...input, idempotencyKey })).toMatchObject({
    command: { id: begun.command.id },
    datasource: { id: begun.datasource.id },
  });
  expect(await give(owner, REPLACE, input)).toMatchObject({ is: "NotPossibleNow", reason: { code: "replacing" } });
  const held = await api.owner.drizzle.select().from(slots).where(eq(slots.organisationId, owner.organisationId));
  expect(held.map(({ datasourceId }) => datasourceId)).toContain(made.id);
  expect(held).toHaveLength(3);
  const [old] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
  expect(old).toMatchObject({ disconnectedAt: null, replacedBy: null });
  const trips = await api.owner.drizzle
    .select()
    .from(connectAttempts)
    .where(eq(connectAttempts.organisationId, owner.organisationId));
  expect(trips).toHaveLength(1);
});

test("the account that stands already is not its own replacement", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { shop: "same.myshopify.com" });
  const input = { datasource: made.gid, platform: "shopify", fields: [{ name: "shop", value: "same" }] };
  expect(await give(owner, REPLACE, input)).toMatchObject({ is: "AlreadyConnected", standing: { id: made.gid } });
});

test("a pause after failures says its rule and what was counted", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const asked = async () =>
    (
      await owner.ask(
        `query ($id: ID!) { node(id: $id) { ... on Datasource { pausedByPlatform { rule reason { code message }
          counters { name count limit } until } } } }`,
        { id: made.gid },
      )
    ).data.node.pausedByPlatform;
  expect(await asked()).toBeNull();
  await api.owner.drizzle.insert(holds).values({
    organisationId: owner.organisationId,
    scope: "source",
    datasourceId: made.id,
    reason: "repeatedFailures",
    detail: { rule: "inARow", counters: { inARow: 5, inAll: 7, withProgress: 0 }, said: "HTTP 500" },
    by: { kind: "system", name: "engine" },
  });
  expect(await asked()).toMatchObject({
    rule: "5 failures in a row",
    until: null,
    counters: [
      { name: "inARow", count: 5, limit: 5 },
      { name: "inAll", count: 7, limit: 10 },
      { name: "withProgress", count: 0, limit: 1000 },
    ],
  });
});

test("an undone disconnect of costs from files is as it was: there was no access to lose", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, {
    facts: { platform: "custom-costs", ...disconnected(600_000) },
  });
  const document = mutation("undoDisconnect", "UndoDisconnect", "command { kind }").replace(
    "UndoDisconnectInput",
    "DatasourceCommandInput",
  );
  expect(await give(owner, document, { datasource: made.gid })).toMatchObject({ is: "UndoDisconnectSuccess" });
  const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
  expect(row).toMatchObject({ auth: "ok", userPausedAt: null, disconnectedAt: null, generation: 2 });
});

test("whether the last hours would be read is told before anybody agrees, and while they are nothing else is asked", async () => {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  const query = `query ($id: ID!) { datasource(id: $id) { readsToSwitch replacedAt } }`;
  const told = async ({ gid }: { readonly gid: string }) => (await owner.ask(query, { id: gid })).data.datasource;
  const made = (facts: MakeOptions["facts"] & {}) => makeDatasource(api, owner.organisationId, { facts });
  expect(await told(await made({}))).toEqual({ readsToSwitch: true, replacedAt: null });
  for (const facts of [
    { auth: "revoked", phase: "REAUTHORIZE" },
    { userPausedAt: new Date(), phase: "PAUSED" },
    { phase: "BACKFILLING", backfill: "running" },
  ] as const)
    expect(await told(await made(facts)), JSON.stringify(facts)).toEqual({ readsToSwitch: false, replacedAt: null });
  const at = new Date("2026-11-20T04:12:00Z");
  const reading = await made({ replacedAt: at });
  expect(await told(reading)).toEqual({ readsToSwitch: false, replacedAt: at.toISOString() });
  const document = mutation("disconnectDatasource", "DisconnectDatasource", "datasource { id }");
  expect(await give(owner, document, { datasource: reading.gid, deleteData: false })).toMatchObject({
    is: "NotPossibleNow",
    message: expect.stringContaining("read once more, up to the switch"),
    reason: { code: "replaced" },
  });
});

test("the day of the switch may be put right, on both sides at once, and not into the future", async () => {
  const owner = await signUp(api);
  const old = await makeDatasource(api, owner.organisationId, { facts: { countsUntil: "2026-03-10" } });
  const document = mutation("setSwitchDay", "SetSwitchDay", "datasource { countsFrom replaces { countsUntil } }");
  expect(await give(owner, document, { datasource: old.gid, day: "2026-03-01" })).toMatchObject({
    reason: { code: "replacesNothing" },
  });
  const next = await makeDatasource(api, owner.organisationId, {
    facts: { replaces: old.id, countsFrom: "2026-03-10" },
  });
  expect(await give(owner, document, { datasource: next.gid, day: "2026-03-01" })).toMatchObject({
    datasource: { countsFrom: "2026-03-01", replaces: { countsUntil: "2026-03-01" } },
  });
  expect(await give(owner, document, { datasource: next.gid, day: "2099-01-01" })).toMatchObject({
    fields: [{ path: "day" }],
  });
  const told = await api.owner.sql`select before, after from audit_log where verb = 'datasource.switchDaySet'`;
  expect(told).toEqual([{ before: { day: "2026-03-10" }, after: { day: "2026-03-01" } }]);
});

test("the day of the switch is the brand's, and does not pass those of the switches before and after it", async () => {
  const owner = await signUp(api);
  const { organisationId } = owner;
  await setPlan(api, owner, "custom");
  const now = api.serving.services.clock();
  // The clocks of these two are 25 hours apart: what is today here is in the future there.
  await api.owner.sql`update organisations set zone = 'Pacific/Kiritimati' where id = ${organisationId}`;
  const document = mutation("setSwitchDay", "SetSwitchDay", "datasource { countsFrom }");
  const first = await makeDatasource(api, organisationId, { facts: { countsUntil: "2026-03-10" } });
  const second = await makeDatasource(api, organisationId, {
    zone: "Pacific/Niue",
    facts: { replaces: first.id, countsFrom: "2026-03-10" },
  });
  const today = dayIn(now, "Pacific/Kiritimati");
  expect(await give(owner, document, { datasource: second.gid, day: today })).toMatchObject({
    datasource: { countsFrom: today },
  });
  await api.owner
    .sql`update datasources set counts_from = '2026-03-10', counts_until = '2026-03-20' where id = ${second.id}`;
  const third = await makeDatasource(api, organisationId, { facts: { replaces: second.id, countsFrom: "2026-03-20" } });
  for (const [datasource, day] of [
    [second.gid, "2026-03-21"],
    [third.gid, "2026-03-09"],
  ])
    expect(await give(owner, document, { datasource, day })).toMatchObject({ fields: [{ path: "day" }] });
  expect(await give(owner, document, { datasource: third.gid, day: "2026-03-10" })).toMatchObject({
    datasource: { countsFrom: "2026-03-10" },
  });
});

test("two who put neighbouring switches right at once leave no day to nobody", async () => {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  const document = mutation("setSwitchDay", "SetSwitchDay", "datasource { countsFrom }");
  const first = await makeDatasource(api, owner.organisationId, { facts: { countsUntil: "2026-03-10" } });
  const second = await makeDatasource(api, owner.organisationId, {
    facts: { replaces: first.id, countsFrom: "2026-03-10", countsUntil: "2026-03-20" },
  });
  const third = await makeDatasource(api, owner.organisationId, {
    facts: { replaces: second.id, countsFrom: "2026-03-20" },
  });
  const waiting = (count: number) => async () =>
    (await api.owner.sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
      .count === count;
  const asked: Promise<{ is: string }>[] = [];
  // The first of the two has looked and cannot finish when the other begins.
  await api.owner.sql.begin(async (tx) => {
    await tx`select from datasources where id = ${first.id} for update`;
    asked.push(give(owner, document, { datasource: second.gid, day: "2026-03-18" }));
    expect(await eventually(waiting(1), { withinMs: 60_000 })).toBe(true);
    asked.push(give(owner, document, { datasource: third.gid, day: "2026-03-12" }));
    expect(await eventually(waiting(2), { withinMs: 60_000 })).toBe(true);
  });
  expect((await Promise.all(asked)).map(({ is }) => is)).toEqual(["SetSwitchDaySuccess", "InvalidInput"]);
  const [row] = await api.owner.sql`select counts_from, counts_until from datasources where id = ${second.id}`;
  expect(row).toEqual({ counts_from: "2026-03-18", counts_until: "2026-03-20" });
});
