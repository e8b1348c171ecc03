import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { openDatabase } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import type { RingTarget } from "../client.ts";
import { BUDGET } from "../lifecycle/budget.ts";
import { fakeSource } from "../temporal/testing/fake-source.ts";
import type { FakeSource } from "../temporal/testing/fake-source.ts";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { RULES } from "../temporal/testing/rules.ts";
import { until } from "../temporal/testing/until.ts";
import type { EntityActivities } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { createEntityActivities } from "./entity.ts";
import { emptyLedger } from "../load/outcome.ts";
import { closeNotices, noticeShape, raiseNotice } from "./noticing.ts";
import { inTenantOf } from "./writing.ts";

let database: TestDatabase;
let deps: WorkDeps;
let activities: EntityActivities;
let merchant: Merchant;
let source: FakeSource;

beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  const db = openDatabase({ url: database.workerUrl, max: 8 });
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  source = fakeSource(db);
  const { load } = source;
  const never = (): never => {
    throw new Error("These tests reach no source");
  };
  deps = {
    db,
    log: silent,
    platformRules: () => RULES,
    budget: BUDGET,
    load,
    loadDeps: {
      sql: db.sql,
      connectorOf: never,
      appOf: never,
      outbound: { send: never, browserAddress: never, close: () => Promise.resolve() },
      vaultPrivateKey: "",
      workerId: "test",
      log: silent,
    },
  };
  activities = createEntityActivities(deps);
  merchant = await newMerchant(database.ownerUrl, { ring: () => Promise.resolve() });
});
afterAll(async () => {
  await merchant.close();
  await deps.db.close();
  await database.close();
});

async function alive(): Promise<RingTarget> {
  const target = await merchant.connect();
  await merchant.sql`
    update datasources set phase = 'LIVE', auth = 'ok', seq = 4, last_success_at = now() where id = ${target.datasourceId}`;
  return target;
}
const audits = async ({ datasourceId }: RingTarget, verb: string): Promise<number> =>
  (await merchant.sql`select 1 from audit_log where datasource_id = ${datasourceId} and verb = ${verb}`).length;

describe("a phase is written", () => {
  test("once, however often the activity is told to", async () => {
    const target = await alive();
    const park = { ...target, generation: 0, seq: 5, to: "PAUSED", reason: "pausedByPerson" } as const;
    await Promise.all([activities.applyTransition(park), activities.applyTransition(park)]);
    const read = await activities.applyTransition(park);
    expect(read?.facts).toMatchObject({ phase: "PAUSED", seq: 5 });
    expect(await audits(target, "phaseChanged")).toBe(1);
  });

  test("never by a step that is behind, nor by another generation", async () => {
    const target = await alive();
    const late = { ...target, to: "PAUSED", reason: "pausedByPerson" } as const;
    await activities.applyTransition({ ...late, generation: 0, seq: 4 });
    await activities.applyTransition({ ...late, generation: 1, seq: 5 });
    expect((await merchant.row(target))?.phase).toBe("LIVE");
  });
});

describe("a command is settled", () => {
  const stateOf = async (id: string) =>
    (
      await merchant.sql<{ state: string; outcome: { code: string } }[]>`
      select state, outcome from commands where id = ${id}`
    )[0];

  test("by being read, where its facts are in the row", async () => {
    const target = await alive();
    const id = await merchant.command(target, "pause");
    await activities.loadIntent(target);
    expect(await stateOf(id)).toEqual({ state: "done", outcome: { code: "applied" } });
  });

  test("by work, where it asks for work", async () => {
    const target = await alive();
    const id = await merchant.command(target, "syncNow");
    const read = await activities.loadIntent(target);
    expect(read?.open).toEqual([{ id, kind: "syncNow" }]);
    expect((await stateOf(id))?.state).toBe("accepted");
  });

  test("with its reason, where it cannot be any more", async () => {
    const target = await alive();
    const id = await merchant.command(target, "syncNow");
    await merchant.sql`update datasources set auth = 'revoked' where id = ${target.datasourceId}`;
    await activities.loadIntent(target);
    expect(await stateOf(id)).toEqual({ state: "refused", outcome: { code: "credentialsDoNotWork" } });
  });
});

test("a consent is told to be of no use where its grant was ended before anybody judged it, and done where it was proven", async () => {
  const stateAfter = async (verified: string) => {
    const target = await alive();
    const ofIt = merchant.sql`id = (select grant_id from datasources where id = ${target.datasourceId})`;
    await merchant.sql`
      update datasources set auth = 'revoked', auth_reason = '{"code":"revokedByOperator"}' where id = ${target.datasourceId}`;
    await merchant.sql`update grants set verified_at = now() - interval '1 day' where ${ofIt}`;
    const id = await merchant.command(target, "reauthorized");
    await merchant.comeBack(target);
    await activities.loadIntent(target);
    const [waiting] = await merchant.sql`select state from commands where id = ${id}`;
    expect(waiting, "there is something to judge").toEqual({ state: "accepted" });
    await merchant.sql`
      update grants set ended_at = now(), credential_id = null, candidate_credential_id = null,
        verified_at = now() + ${verified}::interval where ${ofIt}`;
    await activities.loadIntent(target);
    const [row] = await merchant.sql`select state, outcome from commands where id = ${id}`;
    return row;
  };
  expect(await stateAfter("-1 day")).toEqual({ state: "refused", outcome: { code: "revokedByOperator" } });
  expect(await stateAfter("1 second")).toEqual({ state: "done", outcome: { code: "applied" } });
});

test("a consent that nobody judged before an undone disconnect went with it: it is told so, and nothing waits to be judged", async () => {
  const target = await alive();
  const id = await merchant.command(target, "reauthorized");
  await merchant.comeBack(target);
  await merchant.sql`update commands set created_at = now() - interval '1 minute' where id = ${id}`;
  await merchant.sql`
    update credentials set created_at = now() - interval '1 minute' where id =
      (select candidate_credential_id from grants g join datasources d on d.grant_id = g.id where d.id = ${target.datasourceId})`;
  await merchant.sql`
    update datasources set phase = 'LIVE', auth = 'revoked', auth_reason = '{"code":"disconnectUndone"}',
      auth_since = clock_timestamp() where id = ${target.datasourceId}`;
  const read = await activities.loadIntent(target);
  expect(read?.facts.candidate).toBe(false);
  const [row] = await merchant.sql`select state, outcome from commands where id = ${id}`;
  expect(row).toEqual({ state: "refused", outcome: { code: "disconnected" } });
});

describe("an attempt is released", () => {
  const late = () => merchant.connect({ forMs: -1_000 });

  test("with its slot, its login and its open commands, and what happened stays written", async () => {
    const target = await late();
    expect(await activities.releaseAttempt({ ...target, generation: 0 })).toBeNull();
    for (const table of ["datasources", "slots", "grants"]) {
      const column = table === "slots" ? "datasource_id" : table === "grants" ? "login_key" : "id";
      const left = await merchant.sql.unsafe(`select 1 from ${table} where ${column}::text = $1`, [
        target.datasourceId,
      ]);
      expect({ table, left: left.length }).toEqual({ table, left: 0 });
    }
    expect(await audits(target, "attemptReleased")).toBe(1);
  });

  test("not before its time, and not once a credential came", async () => {
    const early = await merchant.connect();
    expect(await activities.releaseAttempt({ ...early, generation: 0 })).not.toBeNull();
    const target = await late();
    await merchant.comeBack(target);
    expect((await activities.releaseAttempt({ ...target, generation: 0 }))?.facts.candidate).toBe(true);
  });

  test("with a login of several accounts that nobody chose from, handed back first", async () => {
    const target = await late();
    await merchant.comeBack(target);
    await merchant.sql`insert into account_candidates (organisation_id, datasource_id, external_id, name)
      values (${target.organisationId}, ${target.datasourceId}, 'a', 'A'), (${target.organisationId}, ${target.datasourceId}, 'b', 'B')`;
    expect(await activities.releaseAttempt({ ...target, generation: 0 })).toBeNull();
    expect(source.callsOf(target.datasourceId)).toEqual(["revoke", "erase"]);
  });

  test("not where one of several accounts was chosen at the last moment", async () => {
    const target = await late();
    await merchant.comeBack(target);
    await merchant.sql`insert into account_candidates (organisation_id, datasource_id, external_id, name, state)
      values (${target.organisationId}, ${target.datasourceId}, 'a', 'A', 'chosen')`;
    expect(await activities.releaseAttempt({ ...target, generation: 0 })).not.toBeNull();
    expect(source.callsOf(target.datasourceId)).toEqual([]);
  });

  test("or not, by whichever of a callback and a release commits first", async () => {
    for (let n = 0; n < 20; n += 1) {
      const target = await late();
      const [read, came] = await Promise.all([
        activities.releaseAttempt({ ...target, generation: 0 }),
        merchant.comeBack(target),
      ]);
      const row = await merchant.row(target);
      expect({ came, isGone: row === undefined }).toEqual({ came, isGone: came === "too late" });
      if (came === "sealed") expect(read?.facts.phase).toBe("AUTHORIZING");
    }
  });
});

test("the fifth failure in a row places one hold, and the count begins anew", async () => {
  const target = await alive();
  const fail = () => activities.countFailure({ ...target, generation: 0, said: "boom" });
  for (let n = 0; n < 4; n += 1) expect((await fail()).kind).toBe("failed");
  const spent = await fail();
  expect(spent.kind).toBe("changed");
  expect(spent.intent?.facts.holds).toHaveLength(1);
  const [row] = await merchant.sql`select failures from datasources where id = ${target.datasourceId}`;
  expect(row?.["failures"]).toEqual({ inARow: 0, inAll: 0, withProgress: 0 });
});

test("a disconnect by the system frees the slot, keeps the data, can not be undone, and is told once by mail", async () => {
  const target = await alive();
  const [person] = await merchant.sql<{ id: string }[]>`
    insert into users (name, email) values ('Mira', ${`${target.datasourceId}@example.com`}) returning id`;
  await merchant.sql`insert into memberships (organisation_id, user_id, role)
    values (${target.organisationId}, ${person?.id ?? ""}, 'owner')`;
  const read = await activities.disconnectBySystem({ ...target, generation: 0, seq: 5 });
  await activities.disconnectBySystem({ ...target, generation: 0, seq: 5 });
  const mails = await merchant.sql`select kind from mails where to_address = ${`${target.datasourceId}@example.com`}`;
  expect(mails).toEqual([{ kind: "accountGone" }]);
  expect(read?.facts).toMatchObject({ generation: 1, deleteData: false });
  expect(read?.facts.undoUntil).toBeLessThanOrEqual(Date.now());
  expect((await merchant.sql`select 1 from slots where datasource_id = ${target.datasourceId}`).length).toBe(0);
});

describe("what the plan holds goes on at once, its workflow rung, where a slot is freed", () => {
  /** Of the plan's one slot, this has none. */
  async function held(before: () => Promise<RingTarget>): Promise<{ slot: RingTarget; target: RingTarget }> {
    await merchant.sql`delete from slots`;
    await merchant.sql`update organisations set plan = 'one' where id = ${merchant.organisationId}`;
    const [slot, target] = [await before(), await alive()];
    await merchant.sql`update slots set since = since - interval '1 hour' where datasource_id = ${slot.datasourceId}`;
    await merchant.sql`insert into holds (organisation_id, scope, datasource_id, reason, by)
      values (${target.organisationId}, 'source', ${target.datasourceId}, 'plan', '{"kind":"system","name":"planSweep"}')`;
    return { slot, target };
  }
  const standing = async ({ datasourceId }: RingTarget) => {
    const [row] = await merchant.sql`
      select (select count(*)::int from holds where datasource_id = d.id and released_at is null) as holds,
        (select max(intent_version) from outbox where datasource_id = d.id) as rung, d.intent_version as version
      from datasources d where id = ${datasourceId}`;
    return row;
  };
  beforeAll(async () => {
    await merchant.sql`insert into plans (id, allowance, rank) values ('one', 1, 99)`;
    return async () => {
      await merchant.sql`update organisations set plan = 'growth' where id = ${merchant.organisationId}`;
    };
  });

  test("by an attempt that is given back, and not before", async () => {
    const { slot, target } = await held(() => merchant.connect());
    await activities.releaseAttempt({ ...slot, generation: 0 });
    expect(await standing(target)).toEqual({ holds: 1, rung: null, version: 0 });
    await merchant.sql`update datasources set authorizing_until = now() where id = ${slot.datasourceId}`;
    await activities.releaseAttempt({ ...slot, generation: 0 });
    expect(await standing(target)).toEqual({ holds: 0, rung: 1, version: 1 });
    expect(await audits(target, "holdReleased")).toBe(1);
  });

  test("by a disconnect of ours, also where the worker died between the two", async () => {
    const { slot, target } = await held(alive);
    const ended = { ...slot, generation: 0, seq: 5 };
    await merchant.sql`update datasources set disconnected_at = now(), generation = 1 where id = ${slot.datasourceId}`;
    await merchant.sql`delete from slots where datasource_id = ${slot.datasourceId}`;
    await activities.disconnectBySystem(ended);
    await activities.disconnectBySystem(ended);
    expect(await standing(target)).toEqual({ holds: 0, rung: 1, version: 1 });
  });
});

test("a run that was cut off is closed once a newer one of its kind is there, a nightly one as well", async () => {
  const target = await alive();
  const { organisationId, datasourceId } = target;
  for (const [kind, n] of [
    ["sync", 1],
    ["sync", 2],
    ["refresh", 1],
    ["refresh", 2],
    ["reread", 1],
    ["backfill", 1],
    ["backfill", 2],
  ] as const)
    await merchant.sql`insert into runs (organisation_id, id, datasource_id, kind, n)
      values (${organisationId}, ${`${datasourceId}:${kind}:${n}`}, ${datasourceId}, ${kind}, ${n})`;
  await activities.loadIntent(target);
  const closed = await merchant.sql`select kind, n::int from runs
    where datasource_id = ${datasourceId} and state = 'cancelled' and finished_at is not null order by kind`;
  expect(closed).toEqual([
    { kind: "refresh", n: 1 },
    { kind: "sync", n: 1 },
  ]);
});

test("a source that is down is one notice, however many runs meet it at once; a look that is answered closes it", async () => {
  const target = await alive();
  const notices = () => merchant.sql`
    select kind, times, detail, resolved_at is not null as over from notices
    where datasource_id = ${target.datasourceId} order by since`;
  const raise = (said: string) =>
    inTenantOf(deps, target, (tx) => raiseNotice(tx, target.datasourceId, "sourceDown", { said }));
  const isNews = await Promise.all(Array.from({ length: 20 }, () => raise("503")));
  expect(isNews.filter(Boolean)).toHaveLength(1);
  await raise("504");
  expect(await notices()).toEqual([{ kind: "sourceDown", times: 21, detail: { said: "504" }, over: false }]);
  await inTenantOf(deps, target, (tx) => closeNotices(tx, target.datasourceId, "sourceDown"));
  expect(await notices()).toMatchObject([{ times: 21, over: true }]);
  await raise("503");
  expect(await notices()).toMatchObject([{ over: true }, { times: 1, over: false }]);
});

describe("records that no sync can read any more", () => {
  const drifting = async () => {
    const target = await alive();
    const { datasourceId } = target;
    let n = 0;
    const synced = (read: number, rejected: number) =>
      inTenantOf(deps, target, (tx) =>
        noticeShape(tx, datasourceId, `${datasourceId}:sync:${n}`, {
          ...emptyLedger(),
          read,
          rejected,
          merged: read - rejected,
        }),
      );
    const refuse = async (ids: readonly string[], [reason, detail]: readonly [string, string]) => {
      n += 1;
      for (const id of ids)
        await merchant.sql`insert into quarantine (organisation_id, datasource_id, run_id, stream, source_id, reason, detail)
          values (${target.organisationId}, ${datasourceId}, ${`${datasourceId}:sync:${n}`}, 'orders', ${id}, ${reason}, ${detail})`;
    };
    const notices = () => merchant.sql`
      select times, detail, resolved_at is not null as over from notices
      where datasource_id = ${datasourceId} and kind = 'shapeChanged' order by since`;
    return { target, synced, refuse, notices };
  };
  const lost = ["missing", "totalPriceSet: undefined"] as const;

  test("are news where they are half of it and refused for the same; one poison record is not", async () => {
    const { synced, refuse, notices } = await drifting();
    await refuse(["a"], lost);
    await synced(1_000, 1);
    await synced(1, 1);
    await refuse(["b", "c"], ["textReplaced", "U+0000"]);
    await refuse(["d", "e"], ["notDay", "createdAt: soon"]);
    await synced(4, 2);
    expect(await notices()).toEqual([]);
    await refuse(["f", "g"], lost);
    await synced(10, 4);
    expect(await notices()).toEqual([]);
    await synced(3, 2);
    const detail = { said: "missing: totalPriceSet", reason: "missing", field: "totalPriceSet", read: 3, rejected: 2 };
    expect(await notices()).toEqual([{ times: 1, detail, over: false }]);
    await synced(3, 0);
    expect(await notices()).toMatchObject([{ over: true }]);
  });

  test("come whole again: the time since is read again, and what is refused then too is no second news", async () => {
    const { target, synced, refuse, notices } = await drifting();
    const { datasourceId, organisationId } = target;
    const whole = new Date(Date.now() - 5 * 3_600_000);
    await merchant.sql`update datasources set complete_through = ${whole} where id = ${datasourceId}`;
    await merchant.sql`insert into checkpoints (organisation_id, datasource_id, stream, through)
      select ${organisationId}, ${datasourceId}, stream, now() from unnest(array['orders', 'products']) as stream`;
    await refuse(["a", "b", "c"], lost);
    expect(await synced(4, 3)).toBe(false);
    expect(await synced(2, 0)).toBe(true);
    const through = () =>
      merchant.sql`select stream, through = ${whole} as again from checkpoints where datasource_id = ${datasourceId} order by 1`;
    expect(await through()).toEqual([
      { stream: "orders", again: true },
      { stream: "products", again: false },
    ]);
    await merchant.sql`update checkpoints set through = now() where datasource_id = ${datasourceId}`;
    expect(await synced(3, 3)).toBe(false);
    expect(await synced(2, 0)).toBe(false);
    expect(await notices()).toMatchObject([{ times: 1, over: true }]);
    expect(await through()).toMatchObject([{ again: false }, { again: false }]);
  });
});

test("whoever listens hears of a change by ids alone", async () => {
  const target = await alive();
  const heard: string[] = [];
  const listening = await merchant.sql.listen("changed", (payload) => void heard.push(payload));
  await activities.applyTransition({ ...target, generation: 0, seq: 9, to: "PAUSED", reason: "held" });
  await until(
    () => Promise.resolve(heard),
    (all) => all.includes(`${target.organisationId}:${target.datasourceId}`),
  );
  await listening.unlisten();
});
