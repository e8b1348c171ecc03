/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
/* oxlint-disable max-lines-per-function -- a describe is a list of tests, not a function */
import { describe, expect, inject, test } from "vitest";
import { eq } from "drizzle-orm";
import { commands, datasources, holds, outbox, slots } from "@headwater/db/schema/tables.ts";
import { globalId } from "../graphql/node.ts";
import { startApi } from "../testing/api.ts";
import {
  authorizing,
  connectCosts,
  disconnected,
  give,
  key,
  MUTATIONS,
  nothingYet,
  paused,
  revoked,
} from "../testing/mutations.ts";
import type { MutationName } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

describe("what each command changes, in one transaction", () => {
  test("pause: facts, version, command, ring, audit; the workflow is rung after the commit", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    api.rings.length = 0;
    const result = await give(owner, "pause", made.gid, { note: "stock-taking" });
    expect(result).toMatchObject({ is: "PauseDatasourceSuccess", command: { kind: "pause", state: "ACCEPTED" } });
    expect(result.datasource).toMatchObject({
      connection: { status: "CONNECTED" },
      dataSync: { status: "INACTIVE", reason: { code: "pausedWithNote" } },
    });
    expect(result.datasource.dataSync.reason.message).toContain("stock-taking");
    expect(result.datasource.dataSync.reason.by).toMatchObject({ kind: "PERSON" });
    const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
    expect(row).toMatchObject({
      intentVersion: 2,
      userPausedNote: "stock-taking",
      userPausedBy: { kind: "person", userId: owner.userId },
    });
    const [command] = await api.owner.drizzle.select().from(commands).where(eq(commands.datasourceId, made.id));
    expect(command).toMatchObject({ kind: "pause", state: "accepted", intentVersion: 2, actor: { kind: "person" } });
    const audits = await api.owner.sql`select verb, after from audit_log where datasource_id = ${made.id}`;
    expect(audits).toMatchObject([{ verb: "datasource.pause", after: { note: "stock-taking" } }]);
    await expect
      .poll(() => api.rings)
      .toContainEqual({ organisationId: owner.organisationId, datasourceId: made.id, version: 2 });
    await expect
      .poll(
        async () => (await api.owner.drizzle.select().from(outbox).where(eq(outbox.datasourceId, made.id)))[0]?.sentAt,
      )
      .not.toBeNull();
  });

  test("resume clears the pause and the hold that failures made; other holds stand", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId, { facts: paused });
    const hold = { organisationId: owner.organisationId, by: { kind: "system" as const, name: "test" } };
    await api.owner.drizzle.insert(holds).values([
      { ...hold, scope: "source", datasourceId: made.id, reason: "repeatedFailures" },
      { ...hold, scope: "organisation", reason: "plan" },
    ]);
    const result = await give(owner, "resume", made.gid);
    expect(result.datasource.dataSync).toMatchObject({ status: "INACTIVE", reason: { code: "plan" } });
    const standing = await api.owner.drizzle.select().from(holds).where(eq(holds.organisationId, owner.organisationId));
    expect(
      standing
        .map(({ reason, releasedAt }) => [reason, releasedAt !== null])
        .toSorted((a, b) => String(a).localeCompare(String(b))),
    ).toEqual([
      ["plan", false],
      ["repeatedFailures", true],
    ]);
  });

  test("resume has a frozen store asked again: its hold is released, and the look places it anew", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    await api.owner.drizzle.insert(holds).values({
      organisationId: owner.organisationId,
      by: { kind: "system" as const, name: "test" },
      scope: "source",
      datasourceId: made.id,
      reason: "frozenAtSource",
      until: new Date(Date.now() + 86_400_000),
    });
    const waits = await give(owner, "syncNow", made.gid);
    expect(waits).toMatchObject({ reason: { code: "held" }, remedy: { kind: "AT_SOURCE" } });
    expect(waits.message).not.toContain("resume");
    expect(await give(owner, "resume", made.gid)).toMatchObject({ command: { kind: "resume", state: "ACCEPTED" } });
    const [hold] = await api.owner.drizzle.select().from(holds).where(eq(holds.datasourceId, made.id));
    expect(hold?.releasedAt).not.toBeNull();
    expect(await give(owner, "resume", made.gid)).toMatchObject({ reason: { code: "notPaused" } });
  });

  test("a check now is asked of a source with totals of its own, one at a time, and not while its days are read anew", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const given = await give(owner, "checkNow", made.gid);
    expect(given).toMatchObject({ is: "CheckNowSuccess", command: { kind: "checkNow", state: "ACCEPTED" } });
    const refused = async (of = made.gid) => (await give(owner, "checkNow", of)).reason?.code ?? null;
    expect(await refused(), "the first is not answered yet").toBe("checkUnderWay");
    await api.owner.sql`update commands set state = 'done', settled_at = now() where datasource_id = ${made.id}`;
    await give(owner, "resync", made.gid, { from: "2026-03-01", to: "2026-03-02" });
    expect(await refused(), "days that count as before").toBe(null);
    await api.owner.sql`update commands set state = 'done', settled_at = now() where kind = 'checkNow'`;
    await api.owner
      .sql`update commands set args = '{"choice":"tax"}' where datasource_id = ${made.id} and kind = 'resync'`;
    expect(await refused()).toBe("daysReadAnew");
    const files = await connectCosts(api, owner);
    expect(await refused(files), "files").toBe("noAggregate");
  });

  test("disconnect frees the slot in the same transaction; undo takes one again and asks to authorize anew", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const held = () => api.owner.drizzle.select().from(slots).where(eq(slots.organisationId, owner.organisationId));
    expect(await give(owner, "disconnect", made.gid)).toMatchObject({
      is: "DisconnectDatasourceSuccess",
      datasource: { connection: null, dataSync: null },
    });
    expect(await held()).toHaveLength(0);
    const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
    expect(row).toMatchObject({ generation: 2, deleteData: false });
    expect(Number(row?.undoUntil) - Number(row?.disconnectedAt), "ten minutes").toBe(600_000);
    const undone = await give(owner, "undoDisconnect", made.gid);
    expect(undone).toMatchObject({
      is: "UndoDisconnectSuccess",
      datasource: { connection: { status: "REAUTHORIZE", isDead: true }, dataSync: { status: "INACTIVE" } },
    });
    expect(await held()).toHaveLength(1);
    const [after] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
    expect(after).toMatchObject({
      generation: 3,
      disconnectedAt: null,
      auth: "revoked",
      authReason: { code: "disconnectUndone" },
    });
    const since = "query ($id: ID!) { datasource(id: $id) { connection { reason { since } } } }";
    const { data } = await owner.ask(since, { id: made.gid });
    expect(data.datasource.connection.reason.since, "its access ended with the disconnect, not with the undo").toBe(
      row?.disconnectedAt?.toISOString(),
    );
    expect(after?.authSince?.getTime(), "what came before the undo proves nothing").toBeGreaterThan(
      Number(row?.disconnectedAt),
    );
  });

  test("undo has lapsed when the database says so, by whose clock the deletion begins, and not by our own", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId, { facts: disconnected(-1000) });
    const { now } = api.clock;
    api.clock.now = new Date(now.getTime() - 60_000);
    try {
      expect(await give(owner, "undoDisconnect", made.gid)).toMatchObject({ reason: { code: "undoLapsed" } });
    } finally {
      api.clock.now = now;
    }
  });

  test("undo finds every slot taken meanwhile", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId, { facts: disconnected(600_000) });
    for (let n = 0; n < 3; n += 1) await makeDatasource(api, owner.organisationId);
    const refused = await give(owner, "undoDisconnect", made.gid);
    expect(refused).toMatchObject({ is: "SlotLimitReached", limit: 3, used: 3 });
    const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
    expect(row?.disconnectedAt).not.toBeNull();
    expect(row?.intentVersion).toBe(1);
  });

  test("undo is refused where the same account was connected anew meanwhile, or is on its way", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId, {
      facts: disconnected(600_000),
      shop: "twice.myshopify.com",
    });
    const asked = await owner.ask(MUTATIONS.connect, {
      input: { platform: "shopify", fields: [{ name: "shop", value: "twice" }], idempotencyKey: key() },
    });
    const onItsWay = asked.data.result.datasource.id;
    expect(await give(owner, "undoDisconnect", made.gid)).toMatchObject({
      is: "AlreadyConnected",
      standing: { id: onItsWay },
      message: "A sign-in at Shopify is under way already.",
    });
    const again = await makeDatasource(api, owner.organisationId, { shop: "other.myshopify.com" });
    await give(owner, "cancelConnect", onItsWay);
    await api.owner
      .sql`delete from datasources where phase = 'AUTHORIZING' and organisation_id = ${owner.organisationId}`;
    await api.owner.drizzle.update(datasources).set({ accountId: made.accountId }).where(eq(datasources.id, again.id));
    expect(await give(owner, "undoDisconnect", made.gid)).toMatchObject({
      is: "AlreadyConnected",
      standing: { id: again.gid },
    });
    await give(owner, "disconnect", again.gid);
    expect(await give(owner, "undoDisconnect", made.gid)).toMatchObject({ is: "UndoDisconnectSuccess" });
  });

  test("deleting data asks for the account's name", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId, { shop: "kathmandu-tea.myshopify.com" });
    expect(await give(owner, "disconnect", made.gid, { deleteData: true })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "confirmName" }],
    });
    expect(await give(owner, "disconnect", made.gid, { deleteData: true, confirmName: "other" })).toMatchObject({
      is: "InvalidInput",
    });
    expect(await give(owner, "disconnect", made.gid, { deleteData: true, confirmName: "kathmandu-tea" })).toMatchObject(
      { is: "DisconnectDatasourceSuccess" },
    );
    const kept = await makeDatasource(api, owner.organisationId);
    await give(owner, "disconnect", kept.gid, { deleteData: false });
    const { data } = await owner.ask(
      `query ($gone: ID!, $kept: ID!) { gone: datasource(id: $gone) { undoUntil deletesDataAt } kept: datasource(id: $kept) { deletesDataAt } }`,
      { gone: made.gid, kept: kept.gid },
    );
    expect(data.gone.deletesDataAt, "once nobody can undo it").toBe(data.gone.undoUntil);
    expect(data.gone.deletesDataAt).not.toBeNull();
    expect(data.kept.deletesDataAt).toBeNull();
  });

  test("Temporal down delays the ring, never the answer: the row stays in the outbox", async () => {
    const down = await startApi(inject("postgresUrl"), {
      ringer: { ring: () => Promise.reject(new Error("unavailable")) },
    });
    try {
      const owner = await signUp(down);
      const made = await makeDatasource(down, owner.organisationId);
      expect(await give(owner, "syncNow", made.gid)).toMatchObject({ is: "SyncNowSuccess" });
      const [row] = await down.owner.drizzle.select().from(outbox).where(eq(outbox.datasourceId, made.id));
      expect(row).toMatchObject({ intentVersion: 2, sentAt: null });
    } finally {
      await down.close();
    }
  });

  test("cadence, rename, resync and their limits", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    expect(await give(owner, "setCadence", made.gid, { cadenceSeconds: 60 })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "cadenceSeconds" }],
    });
    await api.owner.sql`update datasources set next_run_at = now() + interval '20 days' where id = ${made.id}`;
    expect(await give(owner, "setCadence", made.gid, { cadenceSeconds: 3600 })).toMatchObject({
      is: "SetCadenceSuccess",
    });
    const [planned] = await api.owner.sql<{ soon: boolean }[]>`
      select next_run_at between now() and now() + interval '1 hour' as soon from datasources where id = ${made.id}`;
    expect(planned?.soon).toBe(true);
    expect(await give(owner, "rename", made.gid, { name: "  Main shop  " })).toMatchObject({
      datasource: { name: "Main shop" },
    });
    expect(await give(owner, "rename", made.gid, { name: " " })).toMatchObject({ is: "InvalidInput" });
    expect(await give(owner, "rename", made.gid, { name: "a\u0000b" })).toMatchObject({ is: "InvalidInput" });
    expect(await give(owner, "rename", made.gid, { name: "\u200B\u3164" })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "name", message: "It needs a character that can be seen." }],
    });
    expect(await give(owner, "rename", made.gid, { name: "\u202EMain\u202C shop" })).toMatchObject({
      datasource: { name: "Main shop" },
    });
    expect(await give(owner, "resync", made.gid, { stream: "nothing" })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "stream" }],
    });
    expect(await give(owner, "resync", made.gid, { from: "2026-03-02", to: "2026-03-01" })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "to" }],
    });
    expect(await give(owner, "resync", made.gid, { from: "2099-01-01" })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "from" }],
    });
    for (const name of ["resync", "extendHistory"] as const)
      expect(await give(owner, name, made.gid, { from: "0202-01-01" }), "a year mistyped").toMatchObject({
        is: "InvalidInput",
        fields: [{ path: "from", message: expect.stringContaining("2000-01-01") }],
      });
    expect(
      await give(owner, "resync", made.gid, { stream: "orders", from: "2026-03-01", to: "2026-03-02" }),
    ).toMatchObject({ is: "ResyncDatasourceSuccess" });
    expect(await give(owner, "pause", made.gid, { until: "2020-01-01T00:00:00Z" })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "until" }],
    });
  });
});

describe("what facts refuse, with the reason", () => {
  const table: [MutationName, MakeOptions["facts"] & object, string][] = [
    ["pause", paused, "alreadyPaused"],
    ["pause", disconnected(60_000), "disconnected"],
    ["pause", authorizing, "stillConnecting"],
    ["resume", {}, "notPaused"],
    ["resume", disconnected(60_000), "disconnected"],
    ["syncNow", paused, "paused"],
    ["syncNow", revoked, "credentialsDoNotWork"],
    ["syncNow", nothingYet, "nothingLandedYet"],
    ["syncNow", disconnected(60_000), "disconnected"],
    ["resync", paused, "paused"],
    ["resync", { backfill: "running" }, "backfillRunning"],
    ["resync", revoked, "credentialsDoNotWork"],
    ["checkNow", paused, "paused"],
    ["checkNow", { backfill: "running" }, "backfillRunning"],
    ["checkNow", revoked, "credentialsDoNotWork"],
    ["checkNow", nothingYet, "nothingLandedYet"],
    ["checkNow", disconnected(60_000), "disconnected"],
    ["setCadence", disconnected(60_000), "disconnected"],
    ["setCadence", authorizing, "stillConnecting"],
    ["cancelConnect", {}, "notConnecting"],
    ["continueConnect", {}, "notConnecting"],
    ["chooseAccount", {}, "notConnecting"],
    ["chooseAccount", authorizing, "noAccountsListed"],
    ["reauthorize", disconnected(60_000), "disconnected"],
    ["disconnect", disconnected(60_000), "disconnected"],
    ["disconnect", authorizing, "stillConnecting"],
    ["undoDisconnect", {}, "notDisconnected"],
    ["undoDisconnect", disconnected(-1000), "undoLapsed"],
    ["rename", disconnected(60_000), "disconnected"],
  ];
  test.each(table)("%s: %#", async (name, facts, code) => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId, { facts });
    const refused = await give(owner, name, made.gid);
    expect(refused).toMatchObject({ is: "NotPossibleNow", code: "NOT_POSSIBLE_NOW", reason: { code } });
    expect(refused.message).not.toBe("");
    expect(refused.meaning).not.toBe("");
    const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
    expect(row?.intentVersion, "nothing is written").toBe(1);
    expect(await api.owner.drizzle.select().from(commands).where(eq(commands.datasourceId, made.id))).toHaveLength(0);
  });

  test("what is not there, or is another organisation's, is gone for every command alike", async () => {
    const [owner, stranger] = [await signUp(api), await signUp(api)];
    const theirs = await makeDatasource(api, stranger.organisationId);
    const strange = [
      theirs.gid,
      globalId("Datasource", crypto.randomUUID()),
      "nonsense",
      globalId("Run", theirs.id),
      globalId("Datasource", "notauuid"),
    ];
    for (const name of Object.keys(MUTATIONS) as MutationName[]) {
      if (name === "connect") continue;
      for (const id of strange)
        expect(await give(owner, name, id), `${name} ${id}`).toMatchObject({ is: "DatasourceGone" });
    }
    const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, theirs.id));
    expect(row?.intentVersion).toBe(1);
  });
});

test("one operation of two mutations: the first stands where the second is refused, and what is read is what was written", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const { data, errors } = await owner.ask(
    `mutation ($a: PauseDatasourceInput!, $b: PauseDatasourceInput!, $c: RenameDatasourceInput!) {
      first: pauseDatasource(input: $a) { is: __typename ... on PauseDatasourceSuccess { datasource { name dataSync { status } } } }
      second: pauseDatasource(input: $b) { is: __typename ... on NotPossibleNow { reason { code } datasource { dataSync { status } } } }
      third: renameDatasource(input: $c) { is: __typename ... on RenameDatasourceSuccess { datasource { name dataSync { status } } } } }`,
    {
      a: { datasource: made.gid, idempotencyKey: key() },
      b: { datasource: made.gid, idempotencyKey: key() },
      c: { datasource: made.gid, name: "After", idempotencyKey: key() },
    },
  );
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    first: { datasource: { dataSync: { status: "INACTIVE" } } },
    second: {
      is: "NotPossibleNow",
      reason: { code: "alreadyPaused" },
      datasource: { dataSync: { status: "INACTIVE" } },
    },
    third: { datasource: { name: "After", dataSync: { status: "INACTIVE" } } },
  });
});
