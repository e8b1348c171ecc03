import { describe, expect, test } from "vitest";
import { writeVerdict } from "./judging.ts";
import { tellPeople } from "./telling.ts";
import { tellingRig } from "./testing/telling-rig.ts";
import { inTenantOf } from "./writing.ts";

const rig = tellingRig();
const { source, told, mails } = rig;

const endsIn = (id: string, days: number) => rig.merchant.sql`
  update grants set holder = '{"name": "Priya"}', ends_at = date_trunc('second', now()) + ${days}::float8 * interval '1 day'
  where id = (select grant_id from datasources where id = ${id})`;

/** Nobody's clock is set: the end comes nearer, and so does the end that was told of. */
async function dayPasses(id: string): Promise<void> {
  const { sql } = rig.merchant;
  await sql`
    with nearer as (
      update grants g set ends_at = g.ends_at - interval '1 day' from datasources d
      where d.id = ${id} and g.id = d.grant_id returning g.ends_at at time zone 'UTC' as at),
    ends as (select to_char(at + interval '1 day', ${ENDS_AT}) as before, to_char(at, ${ENDS_AT}) as now from nearer),
    notice as (update notices n set detail = n.detail || jsonb_build_object('endsAt', e.now) from ends e where n.datasource_id = ${id})
    update mails m set once = replace(m.once, e.before, e.now) from ends e where m.organisation_id = ${rig.merchant.organisationId}`;
}
const ENDS_AT = 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"';

describe("a grant that ends", () => {
  test("is told at 14, 7, 3 and 1 days, each once to each who manages, and to nobody else", async () => {
    const id = await source();
    await endsIn(id, 16.5);
    for (let day = 0; day < 16; day += 1) {
      await tellPeople(rig.deps);
      await tellPeople(rig.deps);
      await dayPasses(id);
    }
    await tellPeople(rig.deps);
    const sent = await mails();
    expect(sent.map(({ details }) => details.days)).toEqual([14, 14, 7, 7, 3, 3, 1, 1]);
    expect(sent.every(({ kind, locale }) => kind === "grantEnding" && locale === "hi")).toBe(true);
    expect(new Set(sent.map(({ to }) => to.split("-")[0]))).toEqual(new Set(["owner", "admin"]));
    expect(new Set(sent.map(({ details }) => details.page))).toEqual(new Set([await rig.pageOf(id)]));
  });

  test("first seen between two steps says the days that are left, and the organisation's zone and region", async () => {
    const id = await source();
    await rig.merchant
      .sql`update organisations set zone = 'Asia/Kolkata', region = 'IN' where id = ${rig.merchant.organisationId}`;
    await endsIn(id, 7.9);
    await tellPeople(rig.deps);
    expect((await mails())[0]?.details).toMatchObject({ days: 8, zone: "Asia/Kolkata", region: "IN" });
    await endsIn(id, 7.2);
    await tellPeople(rig.deps);
    expect(await told(id)).toMatchObject([{ detail: { days: 14 } }]);
  });

  test("is one notice for as long as it stands, and over once it was renewed", async () => {
    const id = await source();
    await endsIn(id, 13.5);
    await tellPeople(rig.deps);
    await tellPeople(rig.deps);
    expect(await told(id)).toMatchObject([
      { kind: "grantEnding", times: 1, isOver: false, detail: { days: 14, holder: "Priya" } },
    ]);
    await endsIn(id, 300);
    await tellPeople(rig.deps);
    expect(await told(id)).toMatchObject([{ kind: "grantEnding", isOver: true }]);
    expect(await mails()).toHaveLength(2);
  });

  test("is told of nothing that another took the place of, while that is read once more", async () => {
    const id = await source();
    await rig.merchant.sql`update datasources set replaced_at = now() where id = ${id}`;
    await endsIn(id, 2.5);
    await tellPeople(rig.deps);
    expect([await told(id), await mails()].map(({ length }) => length)).toEqual([0, 0]);
  });

  test("with two datasources on one login is one mail for each who manages, and a notice for each datasource", async () => {
    const [one, two] = [await source(), await source()];
    await rig.merchant
      .sql`update datasources set grant_id = (select grant_id from datasources where id = ${one}) where id = ${two}`;
    await endsIn(one, 2.5);
    await tellPeople(rig.deps);
    expect(await mails()).toHaveLength(2);
    expect((await told(one)).length + (await told(two)).length).toBe(2);
  });
});

test("access that is lost is told once, and that it is back", async () => {
  const id = await source();
  await rig.merchant.sql`update datasources set auth = 'revoked', auth_since = now() where id = ${id}`;
  await tellPeople(rig.deps);
  await tellPeople(rig.deps);
  expect(await told(id)).toMatchObject([{ kind: "accessLost", times: 1, isOver: false }]);
  const page = await rig.pageOf(id);
  expect((await mails()).map(({ kind, details }) => [kind, details.page])).toEqual([
    ["grantEnded", page],
    ["grantEnded", page],
  ]);
  await rig.merchant.sql`update datasources set auth = 'ok' where id = ${id}`;
  await tellPeople(rig.deps);
  expect(await told(id)).toMatchObject([{ isOver: true }]);
});

test("a mail names the way in, so that a key is asked for and no sign-in", async () => {
  const [key, consent] = [await source("Letters"), await source("Tea")];
  await rig.merchant.sql`update datasources set platform = 'klaviyo' where id = ${key}`;
  await rig.merchant.sql`update datasources set auth = 'revoked', auth_since = now(),
    auth_reason = '{"code": "disconnectUndone"}' where id in ${rig.merchant.sql([key, consent])}`;
  await tellPeople(rig.deps);
  const sent = (await mails()).map(({ details }) => `${details.account} ${details.login}`);
  expect([...new Set(sent)].toSorted((a, b) => a.localeCompare(b))).toEqual(["Letters key", "Tea oauth"]);
});

test("access that our own disconnect ended is told as that, of the datasource alone, and whatever else its login has lost as before", async () => {
  const [undone, beside] = [await source("Tea"), await source("Two")];
  await rig.merchant
    .sql`update datasources set grant_id = (select grant_id from datasources where id = ${undone}) where id = ${beside}`;
  await rig.merchant
    .sql`update datasources set auth = 'revoked', auth_since = now(), auth_reason = '{"code": "disconnectUndone"}' where id = ${undone}`;
  await rig.merchant
    .sql`update datasources set auth = 'revoked', auth_since = clock_timestamp(), auth_reason = '{"code": "revokedAtSource"}' where id = ${beside}`;
  await tellPeople(rig.deps);
  await tellPeople(rig.deps);
  expect(await told(undone)).toMatchObject([
    { kind: "accessLost", isOver: false, detail: { cause: "disconnectUndone" } },
  ]);
  const sent = (await mails()).map(({ kind, details, to }) => `${kind} ${details.account} ${to.split("-")[0]}`);
  expect(sent.toSorted((a, b) => a.localeCompare(b))).toEqual([
    "disconnectUndone Tea admin",
    "disconnectUndone Tea owner",
    "grantEnded Two admin",
    "grantEnded Two owner",
  ]);
});

test("access that is lost is told with the state itself, in the app and by mail; the sweep tells nothing more", async () => {
  const id = await source();
  const revoked = {
    kind: "credential",
    auth: "revoked",
    reason: { code: "revokedAtSource", said: "401" },
  } as const;
  const ref = { organisationId: rig.merchant.organisationId, datasourceId: id };
  await inTenantOf(rig.deps, ref, (tx) => writeVerdict(tx, id, revoked));
  expect(await told(id)).toMatchObject([{ kind: "accessLost", times: 1, isOver: false }]);
  expect((await mails()).map(({ kind }) => kind)).toEqual(["grantEnded", "grantEnded"]);
  await inTenantOf(rig.deps, ref, (tx) => writeVerdict(tx, id, revoked));
  await tellPeople(rig.deps);
  expect(await told(id)).toMatchObject([{ kind: "accessLost", times: 1, isOver: false }]);
  expect(await mails()).toHaveLength(2);
});

describe("a login that several datasources stand on, when it is lost", () => {
  const three = async () => {
    const ids = [await source(), await source(), await source()];
    for (const [n, id] of ids.entries())
      await rig.merchant.sql`
        update datasources set name = ${`Account ${n}`}, grant_id = (select grant_id from datasources where id = ${ids[0] ?? ""})
        where id = ${id}`;
    return ids;
  };
  const lose = (id: string, auth = "revoked") => rig.merchant.sql`
    update datasources set auth = ${auth}, auth_since = clock_timestamp() where id = ${id}`;
  const renew = async (ids: readonly string[]) => {
    await rig.merchant.sql`update datasources set auth = 'ok' where id in ${rig.merchant.sql(ids)}`;
    await rig.merchant.sql`
      update grants set verified_at = clock_timestamp() where id = (select grant_id from datasources where id = ${ids[0] ?? ""})`;
    await tellPeople(rig.deps);
  };
  const named = async () =>
    (await mails())
      .filter(({ to }) => to.startsWith("owner"))
      .map(({ details }) => details.accounts ?? details.account);
  const ALL = ["Account 0", "Account 1", "Account 2"];

  test("is one mail that names them all, though they find out one after the other; a later end is told anew", async () => {
    const ids = await three();
    for (const id of ids) {
      await lose(id);
      await tellPeople(rig.deps);
      await tellPeople(rig.deps);
    }
    expect(await named()).toEqual([ALL]);
    for (const id of ids) expect(await told(id)).toMatchObject([{ kind: "accessLost", isOver: false }]);
    await renew(ids);
    for (const id of ids) await lose(id);
    await tellPeople(rig.deps);
    expect(await named()).toEqual([ALL, ALL]);
  });

  test("is told whole where the first telling was cut off", async () => {
    const ids = await three();
    for (const id of ids) await lose(id);
    await rig.merchant.sql`alter table mails rename to mails_away`;
    try {
      await expect(tellPeople(rig.deps)).rejects.toThrow("mails");
    } finally {
      await rig.merchant.sql`alter table mails_away rename to mails`;
    }
    await tellPeople(rig.deps);
    expect(await named()).toEqual([ALL]);
  });

  test("and a right that is lost at some of the accounts is a mail of those alone", async () => {
    const [one = "", two = "", third = ""] = await three();
    for (const id of [one, two]) await lose(id, "notPermitted");
    await tellPeople(rig.deps);
    await lose(third, "notPermitted");
    await tellPeople(rig.deps);
    const sent = await named();
    expect(sent).toHaveLength(2);
    expect(sent).toEqual(expect.arrayContaining([["Account 0", "Account 1"], "Account 2"]));
  });
});

test("a grant that ended while its sync stood still is lost, though no call ever failed", async () => {
  const id = await source();
  await rig.merchant.sql`update datasources set phase = 'PAUSED', user_paused_at = now() where id = ${id}`;
  await endsIn(id, 0.5);
  await tellPeople(rig.deps);
  await endsIn(id, -0.01);
  await tellPeople(rig.deps);
  expect((await told(id)).toSorted((a, b) => a.kind.localeCompare(b.kind))).toMatchObject([
    { kind: "accessLost", isOver: false },
    { kind: "grantEnding", isOver: true },
  ]);
  const ended = async () => (await mails()).filter(({ kind }) => kind === "grantEnded").length;
  expect(await ended()).toBe(2);
  await rig.merchant.sql`
    update datasources d set auth = 'expired', auth_since = g.ends_at from grants g where d.id = ${id} and g.id = d.grant_id`;
  await tellPeople(rig.deps);
  expect(await ended(), "written down later, it is the same end").toBe(2);
  await rig.merchant.sql`update datasources set auth = 'revoked', auth_since = now() where id = ${id}`;
  await tellPeople(rig.deps);
  expect(await ended(), "refused by its source later, it is the same end").toBe(2);
});

test("a sync that we paused is a notice until it is resumed", async () => {
  const id = await source();
  await rig.merchant.sql`
    insert into holds (organisation_id, scope, datasource_id, reason, by)
    values (${rig.merchant.organisationId}, 'source', ${id}, 'repeatedFailures', '{"kind":"system","name":"engine"}')`;
  await tellPeople(rig.deps);
  expect(await told(id)).toMatchObject([{ kind: "pausedByPlatform", isOver: false }]);
  await rig.merchant.sql`update holds set released_at = now()`;
  await tellPeople(rig.deps);
  expect(await told(id)).toMatchObject([{ kind: "pausedByPlatform", isOver: true }]);
});

test("what a run tells of its source is left to the runs", async () => {
  const id = await source();
  await rig.merchant.sql`
    insert into notices (organisation_id, datasource_id, kind) values (${rig.merchant.organisationId}, ${id}, 'sourceDown')`;
  await tellPeople(rig.deps);
  expect(await told(id)).toMatchObject([{ kind: "sourceDown", isOver: false }]);
});
