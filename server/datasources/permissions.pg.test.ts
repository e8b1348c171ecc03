/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
/* oxlint-disable max-lines-per-function -- a describe is a list of tests, not a function */
import { describe, expect, test } from "vitest";
import { eq } from "drizzle-orm";
import { commands, datasources } from "@headwater/db/schema/tables.ts";
import { authorizing, disconnected, give, key, paused, revoked } from "../testing/mutations.ts";
import type { MutationName } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, makeToken, setPlan, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();

describe("who may", () => {
  const managers: MutationName[] = [
    "pause",
    "resume",
    "resync",
    "checkNow",
    "extendHistory",
    "setCadence",
    "setQuietHours",
    "setQuotaCeiling",
    "disconnect",
    "undoDisconnect",
    "deleteData",
    "cancelConnect",
    "chooseAccount",
    "rename",
  ];
  const consents: MutationName[] = ["connect", "continueConnect", "reauthorize", "replace"];

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
    for (const name of ["syncNow", "bringForward"] as const) {
      expect(
        [
          await may(people.owner, name),
          await may(people.admin, name),
          await may(people.analyst, name),
          await may(people.viewer, name),
        ],
        name,
      ).toEqual([true, true, true, false]);
      expect([await may(read, name), await may(manage, name)], `${name} by token`).toEqual([false, true]);
    }
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
      CHECK_NOW: "checkNow",
      BRING_FORWARD: "bringForward",
      EXTEND_HISTORY: "extendHistory",
      REPLACE: "replace",
      SET_CADENCE: "setCadence",
      SET_QUIET_HOURS: "setQuietHours",
      SET_QUOTA_CEILING: "setQuotaCeiling",
      REAUTHORIZE: "reauthorize",
      DISCONNECT: "disconnect",
      UNDO_DISCONNECT: "undoDisconnect",
      DELETE_DATA: "deleteData",
      RENAME: "rename",
      CANCEL_CONNECT: "cancelConnect",
      CONTINUE_CONNECT: "continueConnect",
      CHOOSE_ACCOUNT: "chooseAccount",
    };
    for (const facts of [{}, paused, revoked, disconnected(600_000), disconnected(-1), authorizing]) {
      for (const who of [owner, viewer]) {
        const made = await makeDatasource(api, owner.organisationId, { facts });
        const { data } = await who.ask(
          `query ($id: ID!) { datasource(id: $id) { viewerCan { action isAllowed reason { code } } } }`,
          { id: made.gid },
        );
        for (const { action, isAllowed } of data.datasource.viewerCan as { action: string; isAllowed: boolean }[]) {
          // Going on with a consent needs one that was begun: the tests of the callback do that.
          if (action === "CONTINUE_CONNECT" && facts === authorizing) continue;
          // Files and links are asked for by mutations with tests of their own.
          if (action === "UPLOAD" || action === "SEND_REAUTHORIZE_LINK") continue;
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

  test("a name that was given and given again is not brought back over a later one", async () => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const idempotencyKey = key();
    await give(owner, "rename", made.gid, { name: "First", idempotencyKey });
    await give(owner, "rename", made.gid, { name: "Second" });
    expect(await give(owner, "rename", made.gid, { name: "First", idempotencyKey })).toMatchObject({
      is: "RenameDatasourceSuccess",
      datasource: { name: "Second" },
    });
    expect(await give(owner, "rename", made.gid, { name: "Third", idempotencyKey })).toMatchObject({ is: "KeyReused" });
    const given = await api.owner.sql`
      select kind, args->>'name' as name, state from commands where datasource_id = ${made.id} order by created_at`;
    expect(given).toEqual([
      { kind: "rename", name: "First", state: "accepted" },
      { kind: "rename", name: "Second", state: "accepted" },
    ]);
    const told = await api.owner.sql`
      select before->>'name' as before, after->>'name' as after from audit_log where datasource_id = ${made.id} and verb = 'datasource.rename'
      order by n`;
    expect(told.map(({ after }) => after)).toEqual(["First", "Second"]);
    expect(told[1]).toMatchObject({ before: "First" });
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
