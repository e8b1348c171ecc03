import { randomUUID } from "node:crypto";
import { inTenant, organisationId } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { beforeEach, describe, expect, test } from "vitest";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { RingTarget } from "../client.ts";
import { RULES } from "../temporal/testing/rules.ts";
import { endReplaced, takePlace } from "./replacing.ts";
import { sweepDeps } from "./testing/own-rows.ts";

const own = ownDatabase();
let merchant: Merchant;
beforeEach(async () => {
  merchant = await newMerchant(own.ownerUrl, sweepDeps(own.worker).ringer);
  return () => merchant.close();
});

const take = (id: string) =>
  inTenant(own.worker, organisationId(merchant.organisationId), (tx) => takePlace(tx, id, () => RULES));
const slots = async () =>
  (
    await merchant.sql<{ id: string }[]>`
    select datasource_id as id from slots where organisation_id = ${merchant.organisationId}`
  ).map(({ id }) => id);

test("what takes the place of one that the plan holds is held by the plan as well", async () => {
  const standing = await merchant.connect();
  const old = standing.datasourceId;
  await merchant.sql`insert into holds (organisation_id, scope, datasource_id, reason, by)
    values (${merchant.organisationId}, 'source', ${old}, 'plan', '{"kind":"system","name":"planSweep"}'),
      (${merchant.organisationId}, 'source', ${old}, 'repeatedFailures', '{"kind":"system","name":"engine"}')`;
  const { datasourceId: next } = await merchant.connect({ replaces: standing });
  await take(next);
  expect(await slots()).toEqual([next]);
  const held =
    await merchant.sql`select datasource_id as id, reason from holds where released_at is null order by reason`;
  expect([...held], "its failures were its own").toEqual([
    { id: next, reason: "plan" },
    { id: old, reason: "repeatedFailures" },
  ]);
});

const accountOf = async (id: string, zone: string, externalId = id) => {
  const [account] = await merchant.sql<{ id: string }[]>`
    insert into accounts (organisation_id, id, platform, external_id, name, zone)
    values (${merchant.organisationId}, ${randomUUID()}, 'shopify', ${externalId}, 'A shop', ${zone})
    on conflict (organisation_id, platform, external_id) do update set zone = excluded.zone returning id`;
  await merchant.sql`update datasources set account_id = ${account?.id ?? null} where id = ${id}`;
};
const days = (id: string) =>
  merchant.sql`select counts_from::text as "from", counts_until::text as until from datasources where id = ${id}`;
const today = async (zone: string) =>
  (await merchant.sql<{ day: string }[]>`select (now() at time zone ${zone})::date::text as day`)[0]?.day ?? "";

// The clocks of these two are 25 hours apart: they never show the same day.
test.each([
  ["Pacific/Kiritimati", "Pacific/Niue"],
  ["Pacific/Niue", "Pacific/Kiritimati"],
])("days are switched by the brand's clock: in %s, though the new account's is %s", async (brand, theirs) => {
  await merchant.sql`update organisations set zone = ${brand} where id = ${merchant.organisationId}`;
  const old = await merchant.connect();
  const next = await merchant.connect({ replaces: old });
  await accountOf(next.datasourceId, theirs);
  const before = await today(brand);
  await take(next.datasourceId);
  const [from] = await days(next.datasourceId);
  expect([before, await today(brand)]).toContain(from?.["from"]);
  expect([...(await days(old.datasourceId))]).toEqual([{ from: null, until: from?.["from"] }]);
});

test("an account that was connected before keeps the days of then, and none between then and the switch", async () => {
  const former = await merchant.connect();
  await accountOf(former.datasourceId, "Asia/Kolkata", "twice.myshopify.com");
  await merchant.sql`update datasources set disconnected_at = '2026-03-04T18:29:59Z' where id = ${former.datasourceId}`;
  const old = await merchant.connect();
  const next = await merchant.connect({ replaces: old });
  await accountOf(next.datasourceId, "Asia/Kolkata", "twice.myshopify.com");
  await take(next.datasourceId);
  expect([...(await days(former.datasourceId))]).toEqual([{ from: null, until: "2026-03-05" }]);
});

/** One that syncs, last read an hour ago, and what has just taken its place. */
async function switched(change = "phase = 'LIVE'"): Promise<{ old: RingTarget; next: RingTarget }> {
  const old = await merchant.connect();
  await merchant.comeBack(old);
  await merchant.sql`update grants set credential_id = candidate_credential_id, candidate_credential_id = null`;
  await merchant.sql`
    update datasources set auth = 'ok', phase = 'LIVE', backfill = 'done', complete_through = now() - interval '1 hour'
    where id = ${old.datasourceId}`;
  await merchant.sql.unsafe(`update datasources set ${change} where id = $1`, [old.datasourceId]);
  const next = await merchant.connect({ replaces: old });
  await take(next.datasourceId);
  return { old, next };
}
const end = (old: RingTarget, isRead: boolean, generation = 0) =>
  inTenant(own.worker, organisationId(merchant.organisationId), (tx) =>
    endReplaced(tx, { ...old, generation, seq: 9, isRead }),
  );
/** What a sync leaves that began so long before or after the switch, and how far behind it it came. */
const read = ({ organisationId: of, datasourceId: id }: RingTarget, began: string, behind = "1 second") =>
  merchant.sql`
    with run as (insert into runs (organisation_id, id, datasource_id, kind, n, state, started_at, finished_at)
      select ${of}, ${`${id}:sync:1`}, id, 'sync', 1, 'succeeded', replaced_at + ${began}::interval, now()
      from datasources where id = ${id})
    update datasources set complete_through = replaced_at - ${behind}::interval where id = ${id}`;
const rowOf = async ({ datasourceId: id }: RingTarget) => {
  const [row] = await merchant.sql`
    select disconnected_at is not null as ended, replaced_at is not null as replaced, counts_until is not null as handed,
      complete_through >= replaced_at as whole, complete_through > now() - interval '1 minute' as moved, generation,
      (select count(*)::int from outbox where datasource_id = ${id}) as rung from datasources where id = ${id}`;
  return row;
};
const verbs = async ({ datasourceId: id }: RingTarget) =>
  (await merchant.sql`select verb from audit_log where datasource_id = ${id} order by n`).map(({ verb }) => verb);

describe("the hours of the old one before the switch", () => {
  test("while its source would answer it stands on without a slot, its workflow rung to read it once more", async () => {
    const { old, next } = await switched();
    expect(await rowOf(old)).toMatchObject({ ended: false, replaced: true, handed: true, generation: 0, rung: 1 });
    expect(await slots()).toEqual([next.datasourceId]);
  });

  test("read after the switch it is whole up to it, though the source's own clock is a little behind", async () => {
    const { old } = await switched();
    await read(old, "1 ms");
    await end(old, true);
    expect(await rowOf(old)).toMatchObject({ ended: true, whole: true, generation: 1 });
    await end(old, true);
    expect((await verbs(old)).slice(-2), "asked twice, ended once").toEqual(["replaced", "readToSwitch"]);
  });

  test("a reading that began before the switch claims nothing, however near to it it came", async () => {
    const { old } = await switched();
    await read(old, "-1 ms");
    await end(old, true);
    expect(await rowOf(old)).toMatchObject({ ended: true, whole: false });
    expect((await verbs(old)).slice(-2)).toEqual(["replaced", "notReadToSwitch"]);
  });

  test("a reading that failed, and one that brought less than the hours before the switch, claim nothing", async () => {
    const { old: failed } = await switched();
    await end(failed, false);
    expect(await rowOf(failed)).toMatchObject({ ended: true, whole: false, moved: false });
    expect((await verbs(failed)).slice(-2)).toEqual(["replaced", "notReadToSwitch"]);
    const { old: lagging } = await switched();
    await read(lagging, "1 ms", "1 hour");
    await end(lagging, true);
    expect(await rowOf(lagging), "its own data is an hour late").toMatchObject({ ended: true, whole: false });
  });

  test("a disconnect that came between the two is not written over", async () => {
    const { old } = await switched();
    await merchant.sql`update datasources set generation = 1 where id = ${old.datasourceId}`;
    await end(old, true);
    expect(await rowOf(old)).toMatchObject({ ended: false, generation: 1 });
  });

  test.each([
    ["its login is gone", "auth = 'revoked', phase = 'REAUTHORIZE'"],
    ["somebody stopped it", "user_paused_at = now(), phase = 'PAUSED'"],
    ["its newest days are not in", "phase = 'BACKFILLING', backfill = 'running'"],
  ])("where %s it is disconnected with the switch, as far as it was read", async (_why, change) => {
    const { old } = await switched(change);
    expect(await rowOf(old)).toMatchObject({ ended: true, replaced: true, handed: true, whole: false, rung: 1 });
    expect((await verbs(old)).slice(-2)).toEqual(["replaced", "notReadToSwitch"]);
  });
});
