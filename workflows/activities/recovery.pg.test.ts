import { expect, test } from "vitest";
import { tellPeople } from "./telling.ts";
import { tellingRig } from "./testing/telling-rig.ts";

const rig = tellingRig();
const { source, told, mails } = rig;

const sent = async () =>
  (await mails())
    .filter(({ to }) => to.startsWith("owner"))
    .map(({ kind, details }) => [kind, details.accounts ?? details.account]);
const lose = (id: string, auth = "revoked") => rig.merchant.sql`
  update datasources set auth = ${auth}, auth_since = clock_timestamp() where id = ${id}`;
const renew = (id: string) => rig.merchant.sql`
  with proven as (update grants set verified_at = clock_timestamp() where id = (select grant_id from datasources where id = ${id}))
  update datasources set auth = 'ok' where id = ${id}`;
const hold = (id: string) => rig.merchant.sql`
  insert into holds (organisation_id, scope, datasource_id, reason, by)
  values (${rig.merchant.organisationId}, 'source', ${id}, 'repeatedFailures', '{"kind":"system","name":"engine"}')`;
const release = () => rig.merchant.sql`update holds set released_at = now()`;
const sync = (id: string) =>
  rig.merchant.sql`update datasources set last_success_at = clock_timestamp() where id = ${id}`;
/** A quarter of an hour goes by. */
const wait = () => rig.merchant.sql`
  update notices set since = since - interval '15 minutes', resolved_at = resolved_at - interval '15 minutes'
  where organisation_id = ${rig.merchant.organisationId}`;
const tell = () => tellPeople(rig.deps);
test("whoever was told of lost access is told that it works again, once it has stood for a while and a sync has come through it; the mail leads to it", async () => {
  const id = await source("Tea");
  await lose(id);
  await tell();
  await renew(id);
  await tell();
  await wait();
  await tell();
  expect(await sent(), "renewed, and nothing has come yet").toEqual([["grantEnded", "Tea"]]);
  await sync(id);
  await tell();
  await tell();
  expect(await sent()).toEqual([
    ["grantEnded", "Tea"],
    ["recovered", "Tea"],
  ]);
  const last = (await mails()).filter(({ kind }) => kind === "recovered");
  expect(new Set(last.map(({ to }) => to.split("-")[0]))).toEqual(new Set(["owner", "admin"]));
  expect(new Set(last.map(({ details }) => details.page))).toEqual(new Set([await rig.pageOf(id)]));
  expect(await told(id)).toMatchObject([{ kind: "accessLost", isOver: true }]);
});

test("and so of a pause of ours, which is mailed when it begins", async () => {
  const id = await source("Tea");
  await hold(id);
  await tell();
  await tell();
  expect(await sent()).toEqual([["pausedByUs", "Tea"]]);
  await release();
  await tell();
  await sync(id);
  await tell();
  expect(await sent(), "not in the quarter of an hour in which it may fail again").toHaveLength(1);
  await wait();
  await tell();
  await tell();
  expect(await sent()).toEqual([
    ["pausedByUs", "Tea"],
    ["recovered", "Tea"],
  ]);
});

test("one mail tells of all that is over, however often it fails again meanwhile", async () => {
  const id = await source("Tea");
  for (let n = 0; n < 3; n += 1) {
    await lose(id);
    await tell();
    await renew(id);
    await sync(id);
    await tell();
  }
  await hold(id);
  await tell();
  await wait();
  await tell();
  const failures = [...Array.from({ length: 3 }, () => ["grantEnded", "Tea"]), ["pausedByUs", "Tea"]];
  expect(await sent()).toEqual(failures);
  await release();
  await tell();
  await sync(id);
  await wait();
  await tell();
  await tell();
  expect(await sent()).toEqual([...failures, ["recovered", "Tea"]]);
});

test("one login that works again is one mail, once all that stood on it work again", async () => {
  const [one, two] = [await source("One"), await source("Two")];
  await rig.merchant.sql`
    update datasources set grant_id = (select grant_id from datasources where id = ${one}) where id = ${two}`;
  await lose(one);
  await tell();
  await lose(two);
  await tell();
  await renew(one);
  await sync(one);
  await tell();
  await wait();
  await tell();
  expect(await sent(), "one of them does not").toEqual([["loginEnded", ["One", "Two"]]]);
  await renew(two);
  await tell();
  await wait();
  await tell();
  await tell();
  expect(await sent()).toEqual([
    ["loginEnded", ["One", "Two"]],
    ["loginRecovered", ["One", "Two"]],
  ]);
});

test("nobody is told of what was disconnected, or who was not mailed of it or has left since", async () => {
  const [gone, unmailed, left] = [await source(), await source(), await source("Tea")];
  for (const id of [gone, unmailed, left]) await lose(id);
  await rig.merchant.sql`
    insert into notices (organisation_id, datasource_id, kind) values (${rig.merchant.organisationId}, ${unmailed}, 'accessLost')`;
  await tell();
  await rig.merchant.sql`update notices set mailed_as = null, mailed_to = null where datasource_id = ${unmailed}`;
  await rig.merchant.sql`update datasources set disconnected_at = now() where id = ${gone}`;
  await rig.merchant.sql`
    delete from memberships where organisation_id = ${rig.merchant.organisationId} and role = 'admin'`;
  for (const id of [unmailed, left]) {
    await renew(id);
    await sync(id);
  }
  await tell();
  await wait();
  for (const id of [unmailed, left]) await sync(id);
  await tell();
  expect(
    (await mails())
      .filter(({ kind }) => kind === "recovered")
      .map(({ to, details }) => [to.split("-")[0], details.account]),
  ).toEqual([["owner", "Tea"]]);
  const open = await rig.merchant.sql`select 1 from notices where mailed_as is not null and datasource_id = ${gone}`;
  expect([...open]).toEqual([]);
});
