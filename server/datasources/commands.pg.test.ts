import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eq } from "drizzle-orm";
import { commands, datasources, holds, outbox, slots } from "@headwater/db/schema/tables.ts";
import { globalId } from "../graphql/node.ts";
import { startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { LEAST, MUTATIONS } from "../testing/mutations.ts";
import type { MutationName } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { joinAs, makeToken, setPlan, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

let api: TestApi;
beforeAll(async () => {
  api = await startApi(inject("postgresUrl"));
});
afterAll(() => api.close());

const key = () => crypto.randomUUID();

async function give(
  who: Pick<Visitor, "ask">,
  name: MutationName,
  datasource: string | null,
  input: Record<string, unknown> = {},
) {
  const answer = await who.ask(MUTATIONS[name], {
    input: { ...LEAST[name], ...(datasource === null ? {} : { datasource }), idempotencyKey: key(), ...input },
  });
  expect(answer.errors, `${name}: ${JSON.stringify(answer.errors)}`).toBeUndefined();
  return answer.data.result;
}

const paused = { userPausedAt: new Date(), userPausedBy: { kind: "system" as const, name: "test" } };
const disconnected = (undoMs: number) => ({
  disconnectedAt: new Date(),
  undoUntil: new Date(Date.now() + undoMs),
  phase: "DISCONNECTING" as const,
});
const authorizing = {
  phase: "AUTHORIZING" as const,
  auth: "none" as const,
  accountId: null,
  grantId: null,
  lastSuccessAt: null,
  firstNumbersAt: null,
  authorizingUntil: new Date(Date.now() + 600_000),
};
const revoked = { auth: "revoked" as const, authReason: { code: "revokedAtSource" }, authSince: new Date() };
const nothingYet = { lastSuccessAt: null, firstNumbersAt: null, backfill: "queued" as const };

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
    expect(standing.map(({ reason, releasedAt }) => [reason, releasedAt !== null]).toSorted()).toEqual([
      ["plan", false],
      ["repeatedFailures", true],
    ]);
  });

  test("disconnect frees the slot in the same transaction; undo takes one again and asks to authorize anew", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const held = () => api.owner.drizzle.select().from(slots).where(eq(slots.organisationId, owner.organisationId));
    const started = performance.now();
    expect(await give(owner, "disconnect", made.gid)).toMatchObject({
      is: "DisconnectDatasourceSuccess",
      datasource: { connection: null, dataSync: null },
    });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(await held()).toHaveLength(0);
    const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
    expect(row).toMatchObject({ generation: 2, deleteData: false });
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
    expect(await give(owner, "setCadence", made.gid, { cadenceSeconds: 3600 })).toMatchObject({
      is: "SetCadenceSuccess",
    });
    expect(await give(owner, "rename", made.gid, { name: "  Main shop  " })).toMatchObject({
      datasource: { name: "Main shop" },
    });
    expect(await give(owner, "rename", made.gid, { name: " " })).toMatchObject({ is: "InvalidInput" });
    expect(await give(owner, "rename", made.gid, { name: "a\u0000b" })).toMatchObject({ is: "InvalidInput" });
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

describe("who may", () => {
  const managers: MutationName[] = [
    "pause",
    "resume",
    "resync",
    "setCadence",
    "disconnect",
    "undoDisconnect",
    "cancelConnect",
    "chooseAccount",
    "rename",
  ];
  const consents: MutationName[] = ["connect", "continueConnect", "reauthorize"];

  test("the role table, mutation by mutation: owner, admin, analyst, viewer, tokens", async () => {
    const owner = await signUp(api);
    await setPlan(api, owner, "custom");
    const people = {
      owner,
      admin: await joinAs(api, owner, "admin"),
      analyst: await joinAs(api, owner, "analyst"),
      viewer: await joinAs(api, owner, "viewer"),
    };
    const read = { ask: withToken(api, (await makeToken(owner, ["READ"])).secret) };
    const manage = { ask: withToken(api, (await makeToken(owner, ["READ", "MANAGE"])).secret) };
    const may = async (who: Pick<Visitor, "ask">, name: MutationName) => {
      const made = await makeDatasource(api, owner.organisationId);
      const result = await give(
        who,
        name,
        name === "connect" ? null : made.gid,
        name === "connect" ? { fields: [{ name: "shop", value: `role-${made.id.slice(0, 8)}` }] } : {},
      );
      if (result.is === "NotAllowed") expect(result.ask).toContain((await owner.ask("{ me { name } }")).data.me.name);
      return result.is !== "NotAllowed";
    };
    for (const name of managers) {
      expect(
        [
          await may(people.owner, name),
          await may(people.admin, name),
          await may(people.analyst, name),
          await may(people.viewer, name),
        ],
        name,
      ).toEqual([true, true, false, false]);
      expect([await may(read, name), await may(manage, name)], `${name} by token`).toEqual([false, true]);
    }
    for (const name of consents) {
      expect(
        [
          await may(people.owner, name),
          await may(people.admin, name),
          await may(people.analyst, name),
          await may(people.viewer, name),
        ],
        name,
      ).toEqual([true, true, false, false]);
      expect([await may(read, name), await may(manage, name)], `${name} by token: a consent needs a person`).toEqual([
        false,
        false,
      ]);
    }
    expect([
      await may(people.owner, "syncNow"),
      await may(people.admin, "syncNow"),
      await may(people.analyst, "syncNow"),
      await may(people.viewer, "syncNow"),
    ]).toEqual([true, true, true, false]);
    expect([await may(read, "syncNow"), await may(manage, "syncNow")]).toEqual([false, true]);
  });

  test("what viewerCan says is what the mutations do", async () => {
    const owner = await signUp(api);
    await setPlan(api, owner, "custom");
    const viewer = await joinAs(api, owner, "viewer");
    const byAction: Record<string, MutationName> = {
      PAUSE: "pause",
      RESUME: "resume",
      SYNC_NOW: "syncNow",
      RESYNC: "resync",
      SET_CADENCE: "setCadence",
      REAUTHORIZE: "reauthorize",
      DISCONNECT: "disconnect",
      UNDO_DISCONNECT: "undoDisconnect",
      RENAME: "rename",
      CANCEL_CONNECT: "cancelConnect",
      CONTINUE_CONNECT: "continueConnect",
      CHOOSE_ACCOUNT: "chooseAccount",
    };
    for (const facts of [{}, paused, revoked, disconnected(60_000), authorizing]) {
      for (const who of [owner, viewer]) {
        const made = await makeDatasource(api, owner.organisationId, { facts });
        const { data } = await who.ask(
          `query ($id: ID!) { datasource(id: $id) { viewerCan { action isAllowed reason { code } } } }`,
          { id: made.gid },
        );
        for (const { action, isAllowed } of data.datasource.viewerCan as { action: string; isAllowed: boolean }[]) {
          // Going on with a consent needs one that was begun: the tests of the callback do that.
          if (action === "CONTINUE_CONNECT" && facts === authorizing) continue;
          const name = byAction[action];
          if (name === undefined) throw new Error(`no mutation for ${action}`);
          const fresh = await makeDatasource(api, owner.organisationId, { facts });
          const result = await give(who, name, fresh.gid);
          const wasRefused = result.is === "NotAllowed" || result.is === "NotPossibleNow";
          expect(
            !wasRefused,
            `${action} with ${JSON.stringify(facts)} as ${who === owner ? "owner" : "viewer"}: ${JSON.stringify(result)}`,
          ).toBe(isAllowed);
        }
      }
    }
  });
});

describe("idempotency keys", () => {
  test("the same key gives the first result again and changes nothing; other values are refused", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const other = await makeDatasource(api, owner.organisationId);
    const idempotencyKey = key();
    const first = await give(owner, "pause", made.gid, { note: "one", idempotencyKey });
    await give(owner, "resume", made.gid);
    const again = await give(owner, "pause", made.gid, { note: "one", idempotencyKey });
    expect(again.is).toBe("PauseDatasourceSuccess");
    expect(again.command.id).toBe(first.command.id);
    expect(again.datasource.dataSync.status, "not paused a second time").toBe("ACTIVE");
    expect(await give(owner, "pause", made.gid, { note: "two", idempotencyKey })).toMatchObject({ is: "KeyReused" });
    expect(await give(owner, "pause", other.gid, { note: "one", idempotencyKey })).toMatchObject({ is: "KeyReused" });
    expect(await give(owner, "syncNow", made.gid, { idempotencyKey })).toMatchObject({ is: "KeyReused" });
    expect(await give(owner, "pause", made.gid, { idempotencyKey: "" })).toMatchObject({
      is: "InvalidInput",
      fields: [{ path: "idempotencyKey" }],
    });
    expect(await give(owner, "pause", made.gid, { idempotencyKey: "x".repeat(201) })).toMatchObject({
      is: "InvalidInput",
    });
    expect(await give(owner, "pause", made.gid, { idempotencyKey: "a\u0000b" })).toMatchObject({ is: "InvalidInput" });
  });

  test("twenty at once with one key are one command", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const idempotencyKey = key();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => give(owner, "syncNow", made.gid, { idempotencyKey })),
    );
    expect(new Set(results.map((result) => result.command.id)).size).toBe(1);
    expect(await api.owner.drizzle.select().from(commands).where(eq(commands.datasourceId, made.id))).toHaveLength(1);
    const [row] = await api.owner.drizzle.select().from(datasources).where(eq(datasources.id, made.id));
    expect(row?.intentVersion).toBe(2);
  });

  test("keys of two organisations never meet", async () => {
    const [one, two] = [await signUp(api), await signUp(api)];
    const idempotencyKey = key();
    const a = await give(one, "syncNow", (await makeDatasource(api, one.organisationId)).gid, { idempotencyKey });
    const b = await give(two, "syncNow", (await makeDatasource(api, two.organisationId)).gid, { idempotencyKey });
    expect([a.is, b.is]).toEqual(["SyncNowSuccess", "SyncNowSuccess"]);
    expect(a.command.id).not.toBe(b.command.id);
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
