/* oxlint-disable max-lines-per-function -- a describe is a list of tests, not a function */
import { MockActivityEnvironment } from "@temporalio/testing";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { inTenant, openDatabase, organisationId } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import type { RingTarget } from "../client.ts";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { exportHeads } from "./audit-heads.ts";
import type { AuditHead, OrphanRef, SweepDeps } from "./deps.ts";
import { announceExpiries } from "./expiries.ts";
import { endOrphans } from "./orphans.ts";
import { holdOverPlan } from "./plans.ts";
import { probeProviders } from "./probes.ts";
import { reconcile } from "./reconcile.ts";
import { createSweepActivities } from "./sweeps.ts";
import { audit } from "./writing.ts";
import { sweepDeps } from "./testing/own-rows.ts";

const own = ownDatabase();
let deps: SweepDeps;
let merchant: Merchant;
let running: Set<string> | null = null;
const rung: string[] = [];
const ended: string[] = [];
const probed: string[] = [];
let isUp = false;

beforeAll(() => {
  deps = sweepDeps(own.worker, {
    ringer: { ring: (target: RingTarget) => Promise.resolve(void rung.push(target.datasourceId)) },
    endOrphan: (ref) => {
      ended.push(ref.grantId);
      return Promise.resolve({ kind: "revoked" });
    },
    probe: (ref) => {
      probed.push(ref.datasourceId);
      return Promise.resolve(isUp ? "answers" : "down");
    },
    runningEntities: () => Promise.resolve(running),
  });
});
beforeEach(async () => {
  merchant = await newMerchant(own.ownerUrl, deps.ringer);
  await merchant.sql`delete from datasources`;
  await merchant.sql`delete from holds`;
  rung.length = 0;
  running = null;
  return () => merchant.close();
});

/** A live datasource, changed by what the test is about. */
async function source(change = "phase = 'LIVE'"): Promise<string> {
  const { datasourceId } = await merchant.connect();
  await merchant.sql`
    update datasources set phase = 'LIVE', auth = 'ok', next_run_at = now() + interval '30 minutes' where id = ${datasourceId}`;
  await merchant.sql.unsafe(`update datasources set ${change} where id = $1`, [datasourceId]);
  rung.length = 0;
  return datasourceId;
}

describe("the reconciler rings", () => {
  test.each([
    [
      "an attempt five minutes past its time",
      "phase = 'AUTHORIZING', authorizing_until = now() - interval '6 minutes'",
    ],
    ["a sync that is ten minutes late", "next_run_at = now() - interval '11 minutes'"],
    ["a history that has not moved", "phase = 'BACKFILLING', phase_since = now() - interval '16 minutes'"],
    ["a disconnect whose undo has lapsed", "disconnected_at = now(), undo_until = now() - interval '3 minutes'"],
    [
      "a deletion that was chosen or lost after the end",
      "phase = 'END', disconnected_at = now(), undo_until = now() - interval '3 minutes', delete_data = true",
    ],
    ["what another has replaced and that has not ended", "replaced_at = now() - interval '16 minutes'"],
    ["one parked for a month", "phase = 'REAUTHORIZE', auth = 'revoked', phase_since = now() - interval '31 days'"],
  ])("%s", async (_title, change) => {
    const id = await source(change);
    await reconcile(deps);
    expect(rung).toEqual([id]);
  });

  test("a command that nobody has answered for two minutes", async () => {
    const id = await source();
    const target = { organisationId: merchant.organisationId, datasourceId: id };
    const command = await merchant.command(target, "setCadence", "cadence_ms = 60000", { ring: false });
    await reconcile(deps);
    expect(rung).toEqual([]);
    await merchant.sql`update commands set created_at = now() - interval '3 minutes' where id = ${command}`;
    await reconcile(deps);
    expect(rung).toEqual([id]);
  });

  test("for eight minutes at most where a command waits for work, which may take days", async () => {
    const id = await source();
    const target = { organisationId: merchant.organisationId, datasourceId: id };
    const command = await merchant.command(target, "extendHistory", "", { ring: false });
    const heldFor = async (minutes: number) => {
      rung.length = 0;
      await merchant.sql`
        update commands set created_at = now() - ${minutes}::int * interval '1 minute' where id = ${command}`;
      await reconcile(deps);
      return [...rung];
    };
    expect(await heldFor(3)).toEqual([id]);
    expect(await heldFor(9)).toEqual([]);
  });

  test("one that Temporal does not run, and no other", async () => {
    const [lost, there] = [await source(), await source()];
    running = new Set([there]);
    await reconcile(deps);
    expect(rung).toEqual([lost]);
  });

  test("a deletion that Temporal does not run, and none that it does, however long that takes", async () => {
    const chosen = "phase = 'END', disconnected_at = now(), undo_until = now() - interval '1 hour', delete_data = true";
    const [lost, goesOn] = [await source(chosen), await source(chosen)];
    running = new Set([goesOn]);
    await reconcile(deps);
    expect(rung).toEqual([lost]);
  });

  test("with a version of its own, so that who has read the last one reads again", async () => {
    const id = await source("next_run_at = now() - interval '11 minutes', intent_version = 7");
    await reconcile(deps);
    const [row] = await merchant.sql`select intent_version from datasources where id = ${id}`;
    expect(row).toEqual({ intent_version: 8 });
  });

  test("nobody who is well, paused by a person, or done", async () => {
    await source();
    await source("phase = 'PAUSED', user_paused_at = now()");
    const over = "phase = 'END', disconnected_at = now(), undo_until = now() - interval '1 day'";
    await source(over);
    await source(`${over}, delete_data = true, data_deleted_at = now()`);
    await reconcile(deps);
    expect(rung).toEqual([]);
  });

  test("nobody who is late for the quiet hours alone; whatever else is lost in them is rung", async () => {
    await merchant.sql`update organisations set zone = 'UTC' where id = ${merchant.organisationId}`;
    const quietAround = (fromHours: number, toHours: number) => {
      const minutes = (hours: number) =>
        `extract(hour from (now() + interval '${hours} hours') at time zone 'UTC') * 60`;
      return `quiet_from = ${minutes(fromHours)}, quiet_to = ${minutes(toHours)}, quiet_by = '{}', quiet_since = now()`;
    };
    const late = "next_run_at = now() - interval '11 minutes'";
    const stuck = "phase = 'BACKFILLING', phase_since = now() - interval '16 minutes'";
    await source(`${late}, ${quietAround(-2, 2)}`);
    await source(`${stuck}, ${quietAround(-2, 2)}`);
    const expected = [
      await source(`${late}, ${quietAround(-4, -2)}`),
      await source(`${stuck}, ${quietAround(2, 4)}`),
      await source(`phase = 'VERIFYING', phase_since = now() - interval '16 minutes', ${quietAround(-2, 2)}`),
    ];
    rung.length = 0;
    const { acted } = await reconcile(deps);
    expect([rung.toSorted(), acted]).toEqual([expected.toSorted(), 3]);
    const asked: string[] = [];
    own.worker.sql.options.debug = (_connection, text) => void asked.push(text);
    await reconcile(deps).finally(() => (own.worker.sql.options.debug = false));
    expect(
      asked.filter((text) => text.includes("from organisations")),
      "of three late ones",
    ).toHaveLength(1);
  });

  test("those whom a platform's hold let go, spread over three ticks, and nobody while it stands", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, () => source("phase = 'PAUSED'")));
    await merchant.sql`
      insert into holds (organisation_id, scope, platform, reason, until, by)
      values ('00000000-0000-0000-0000-000000000000', 'platform', 'shopify', 'providerOutage', now() + interval '1 hour', '{}')`;
    const ticks = async () => {
      const counts: number[] = [];
      for (const tick of [0, 1, 2]) {
        const before = rung.length;
        await reconcile(deps, tick);
        counts.push(rung.length - before);
      }
      return counts;
    };
    expect(await ticks()).toEqual([0, 0, 0]);
    await merchant.sql`update holds set until = now() - interval '1 second'`;
    const counts = await ticks();
    expect(rung.toSorted()).toEqual(ids.toSorted());
    expect(Math.max(...counts)).toBeLessThan(ids.length);
  });
});

describe("the plan's sweep", () => {
  const heldIds = async () =>
    (
      await merchant.sql<{ id: string }[]>`
      select datasource_id as id from holds where reason = 'plan' and released_at is null`
    ).map(({ id }) => id);

  test("holds the newest beyond the allowance, and lets them go when they fit again", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.push(await source());
      await merchant.sql`update slots set since = now() + ${n}::int * interval '1 second' where datasource_id = ${ids[n] ?? ""}`;
    }
    await merchant.sql`update organisations set plan = 'free' where id = ${merchant.organisationId}`;
    await holdOverPlan(deps);
    await holdOverPlan(deps);
    expect((await heldIds()).toSorted()).toEqual(ids.slice(3).toSorted());
    const rungOnce = await merchant.sql<{ id: string }[]>`
      select datasource_id as id from outbox where datasource_id in ${merchant.sql(ids)} order by id`;
    expect(rungOnce.map(({ id }) => id).toSorted(), "and their workflows are rung").toEqual(ids.slice(3).toSorted());
    await merchant.sql`update organisations set plan = 'growth' where id = ${merchant.organisationId}`;
    await holdOverPlan(deps);
    expect(await heldIds()).toEqual([]);
  });

  test("holds nobody else where somebody has chosen what pauses, and lets that one go on first", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      ids.push(await source());
      await merchant.sql`update slots set since = now() + ${n}::int * interval '1 second' where datasource_id = ${ids[n] ?? ""}`;
    }
    const [first = "", second = ""] = ids;
    for (const id of [first, second])
      await merchant.sql`insert into holds (organisation_id, scope, datasource_id, reason, by)
        values (${merchant.organisationId}, 'source', ${id}, 'plan', '{"kind":"person"}')`;
    await merchant.sql`update organisations set plan = 'free' where id = ${merchant.organisationId}`;
    await holdOverPlan(deps);
    expect((await heldIds()).toSorted()).toEqual([first, second].toSorted());
    await merchant.sql`delete from slots where datasource_id = ${ids[4] ?? ""}`;
    await holdOverPlan(deps);
    expect(await heldIds()).toEqual([second]);
  });

  test("waits for what is being replaced, and neither ends the other", async () => {
    const id = await source();
    await merchant.sql`insert into holds (organisation_id, scope, datasource_id, reason, by)
      values (${merchant.organisationId}, 'source', ${id}, 'plan', '{"kind":"person"}')`;
    const { promise: swept, resolve } = Promise.withResolvers<unknown>();
    await merchant.sql.begin(async (tx) => {
      await tx`select 1 from datasources where id = ${id} for no key update`;
      void holdOverPlan(deps).then(() => resolve("swept"), resolve);
      await expect
        .poll(
          () => merchant.sql`select 1 from pg_locks where not granted and database =
            (select oid from pg_database where datname = current_database())
            union select 1 from pg_locks where not granted and locktype = 'transactionid'`,
        )
        .not.toHaveLength(0);
      await tx`update holds set reason = reason where datasource_id = ${id}`;
    });
    expect(await swept).toBe("swept");
    expect(await heldIds()).toEqual([]);
  });

  test("an allowance without end holds nobody", async () => {
    await source();
    await merchant.sql`update organisations set plan = 'custom' where id = ${merchant.organisationId}`;
    await holdOverPlan(deps);
    expect(await heldIds()).toEqual([]);
  });
});

describe("the freshness sweep", () => {
  test("says that a grant ends at 14, 7, 3 and 1 days, once each", async () => {
    const id = await source();
    const end = Date.UTC(2030, 0, 1);
    await merchant.sql`
      update grants set ends_at = to_timestamp(${end / 1000}::float8)
      where id = (select grant_id from datasources where id = ${id})`;
    for (const days of [20, 13.5, 13, 6.9, 6, 2.5, 0.9, 0.5]) await announceExpiries(deps, end - days * 86_400_000);
    const said = await merchant.sql<{ days: string }[]>`
      select after->>'days' as days from audit_log where datasource_id = ${id} and verb = 'grantExpiring' order by n`;
    expect(said.map(({ days }) => days)).toEqual(["14", "7", "3", "1"]);
  });
});

describe("the probe of platforms", () => {
  const down = `last_attempt_at = now(), throttle_reason = '{"code":"providerDown"}'`;
  const outages = async () =>
    (await merchant.sql`select 1 from holds where scope = 'platform' and reason = 'providerOutage'`).length;

  test("one merchant's broken shops are no outage", async () => {
    for (let n = 0; n < 4; n += 1) await source(down);
    await probeProviders(deps);
    expect(await outages()).toBe(0);
  });

  test("half of what was tried, of three merchants, is one row for all of them", async () => {
    for (let n = 0; n < 3; n += 1) {
      const other = await newMerchant(own.ownerUrl, deps.ringer);
      const { datasourceId } = await other.connect();
      await other.sql.unsafe(`update datasources set phase = 'LIVE', auth = 'ok', ${down} where id = $1`, [
        datasourceId,
      ]);
      await other.close();
    }
    const standing = async () => (await merchant.sql`select 1 from holds where released_at is null`).length;
    probed.length = 0;
    isUp = true;
    await probeProviders(deps); // it answers: what the rows say is over already
    expect([await outages(), probed.length]).toEqual([0, 1]);
    isUp = false;
    for (let minute = 0; minute < 3; minute += 1) await probeProviders(deps);
    expect([await outages(), await standing(), probed.length]).toEqual([1, 1, 1 + 3 * 2]);
    isUp = true;
    await probeProviders(deps);
    expect([await outages(), await standing()]).toEqual([1, 0]);
  });
});

test("the head of every audit log is put down once a day, in the table and in the file, as it stood first", async () => {
  const id = await source();
  const kept: { readonly day: string; readonly heads: readonly AuditHead[] }[] = [];
  const keeping = {
    ...deps,
    keepHeads: (day: string, heads: readonly AuditHead[]) => Promise.resolve(void kept.push({ day, heads })),
  };
  const write = (verb: string) =>
    inTenant(deps.db, organisationId(merchant.organisationId), (tx) => audit(tx, id, { verb }));
  await write("first");
  await exportHeads(keeping, new Date("2026-11-20T12:00:00Z"));
  await write("second");
  await exportHeads(keeping, new Date("2026-11-20T18:00:00Z"));
  await exportHeads(keeping, new Date("2026-11-21T12:00:00Z"));
  const rows = await merchant.sql`select day::text, n::int from audit_heads order by day`;
  expect(rows).toEqual([
    { day: "2026-11-20", n: 1 },
    { day: "2026-11-21", n: 2 },
  ]);
  expect(kept.map(({ day, heads }) => [day, heads[0]?.n])).toEqual([
    ["2026-11-20", 1],
    ["2026-11-20", 1],
    ["2026-11-21", 2],
  ]);
  expect(kept[0]?.heads[0]).toMatchObject({
    organisationId: merchant.organisationId,
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("a grant on which nothing stands is ended, once its attempt is surely over", async () => {
  const id = await source();
  const [grant] = await merchant.sql<{ id: string }[]>`
    update grants set candidate_credential_id = uuidv7() where id = (select grant_id from datasources where id = ${id}) returning id`;
  await endOrphans(deps);
  expect(ended).toEqual([]);
  await merchant.sql`delete from datasources where id = ${id}`;
  await endOrphans(deps);
  expect(ended).toEqual([]);
  await merchant.sql`update grants set created_at = now() - interval '2 minutes' where id = ${grant?.id ?? ""}`;
  await endOrphans(deps);
  expect(ended).toEqual([grant?.id]);
  const said = await merchant.sql`select verb from audit_log where object_id = ${grant?.id ?? ""}`;
  expect(said).toEqual([{ verb: "grantRevoked" }]);
});

test("one that the source will not end now is looked at again, and written down once, when it is over", async () => {
  const id = await source();
  const [grant] = await merchant.sql<{ id: string }[]>`
    update grants set credential_id = uuidv7(), created_at = now() - interval '2 minutes'
    where id = (select grant_id from datasources where id = ${id}) returning id`;
  await merchant.sql`delete from datasources where id = ${id}`;
  const asked: string[] = [];
  const refuse = (ref: OrphanRef) => {
    asked.push(ref.grantId);
    const failure = { class: "transient", code: "down", said: "503" } as const;
    return Promise.resolve({ kind: "failed" as const, failure });
  };
  const ourOwn = () => asked.filter((one) => one === grant?.id).length;
  const said = () => merchant.sql`select after->>'kind' as kind from audit_log where object_id = ${grant?.id ?? ""}`;
  for (let sweep = 0; sweep < 2; sweep += 1) await endOrphans({ ...deps, endOrphan: refuse });
  expect([ourOwn(), await said()]).toEqual([2, []]);
  const giveUp = async (ref: OrphanRef) => {
    await merchant.sql`update grants set ended_at = now(), credential_id = null where id = ${ref.grantId}`;
    return refuse(ref);
  };
  await endOrphans({ ...deps, endOrphan: giveUp });
  expect(await said()).toEqual([{ kind: "failed" }]);
  await endOrphans({ ...deps, endOrphan: refuse });
  expect(ourOwn()).toBe(3);
});

test("the reconciler ends a session of ours that waits for a rest nobody sends", async () => {
  const impatient = openDatabase({ url: `${own.workerUrl}?lock_timeout=100ms` });
  const sweeps = createSweepActivities({ ...deps, db: impatient });
  const waiting = own.worker.sql
    .begin(async (tx) => {
      await tx`create temporary table sent (line text) on commit drop`;
      const sink = await tx`copy sent from stdin`.writable();
      await new Promise((_, reject) => void sink.once("error", reject));
    })
    .catch((error: unknown) => error);
  const acted = async (): Promise<number> => {
    let found = 0;
    await new MockActivityEnvironment().run(async () => {
      found = (await sweeps.reconcile()).acted;
    });
    return found;
  };
  await expect.poll(acted).toBe(1);
  expect(await waiting).toBeInstanceOf(Error);
  await impatient.close();
});
