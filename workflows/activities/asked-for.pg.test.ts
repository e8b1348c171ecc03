import { randomUUID } from "node:crypto";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { tellOpened } from "./asked-for.ts";
import type { SweepDeps } from "./deps.ts";
import { tellPeople } from "./telling.ts";
import { sweepDeps } from "./testing/own-rows.ts";

const own = ownDatabase();
let deps: SweepDeps;
let merchant: Merchant;
let person: string;
beforeAll(() => {
  deps = sweepDeps(own.worker);
});
beforeEach(async () => {
  merchant = await newMerchant(own.ownerUrl, deps.ringer);
  person = await member();
  return () => merchant.close();
});

async function member(): Promise<string> {
  const id = randomUUID();
  await merchant.sql`insert into users (id, name, email, locale) values (${id}, 'Mira', ${`${id}@example.com`}, 'as')`;
  await merchant.sql`insert into memberships (organisation_id, user_id, role) values (${merchant.organisationId}, ${id}, 'viewer')`;
  return id;
}

async function source(auth: "ok" | "revoked"): Promise<string> {
  const { datasourceId } = await merchant.connect();
  await merchant.sql`
    update datasources set phase = 'LIVE', auth = ${auth}, auth_since = now(), connected_at = now(),
      last_success_at = now(), first_numbers_at = now(), backfill = 'done' where id = ${datasourceId}`;
  return datasourceId;
}

const ask = (of: string | null, detail: object) => merchant.sql`
  insert into notices (organisation_id, datasource_id, kind, detail, since)
  values (${merchant.organisationId}, ${of}, 'requested', ${JSON.stringify(detail)}::text::jsonb, now() - interval '1 minute')`;
const standing = async () =>
  (
    await merchant.sql<{ detail: object }[]>`select detail from notices
      where organisation_id = ${merchant.organisationId} and kind = 'requested' and resolved_at is null order by id`
  ).map(({ detail }) => detail);

test("what is asked of a datasource is over once that needs nobody", async () => {
  const id = await source("revoked");
  await ask(id, { about: "reconnect" });
  await tellPeople(deps);
  expect(await standing()).toEqual([{ about: "reconnect" }]);
  await merchant.sql`update datasources set auth = 'ok' where id = ${id}`;
  await tellPeople(deps);
  expect(await standing()).toEqual([]);
});

test("to connect something is over once that is connected, the rest when somebody says so", async () => {
  const others = [{ about: "connect", platform: "klaviyo" }, { about: "changePlan" }];
  await ask(null, { about: "connect", platform: "shopify" });
  await ask(null, { about: "connect" });
  for (const one of others) await ask(null, one);
  await merchant.connect();
  await tellPeople(deps);
  expect(await standing(), "under way").toHaveLength(4);
  await source("ok");
  await tellPeople(deps);
  expect(await standing()).toEqual(others);
});

test("who waits for a platform is told of it when the catalog has it ready, in the app and by mail, once", async () => {
  const other = await member();
  for (const [who, platform] of [
    [person, "mountain"],
    [other, "mountain"],
    [other, "adroll"],
  ] as const)
    await merchant.sql`insert into wishes (organisation_id, user_id, platform) values (${merchant.organisationId}, ${who}, ${platform})`;
  const wishes = () =>
    merchant.sql`select user_id as who, platform from wishes where organisation_id = ${merchant.organisationId}`;
  const told = () => merchant.sql`select for_user as who, detail from notices
    where organisation_id = ${merchant.organisationId} and kind = 'platformOpened' order by since, id`;
  expect(await tellOpened(deps, []), "only who waits for what opened is read").toEqual({ looked: 0, acted: 0 });
  expect([(await wishes()).length, (await told()).length], "nothing opened").toEqual([3, 0]);
  for (const _ of [1, 2]) await tellOpened(deps, ["mountain"]);
  expect(await wishes()).toEqual([{ who: other, platform: "adroll" }]);
  const rows = await told();
  expect(new Set(rows.map(({ who }) => who))).toEqual(new Set([person, other]));
  expect(rows.map(({ detail }) => detail)).toEqual([{ platform: "mountain" }, { platform: "mountain" }]);
  const mails = await merchant.sql<{ kind: string; locale: string; source: string }[]>`
    select kind, locale, details->>'source' as source from mails where organisation_id = ${merchant.organisationId}`;
  expect([...mails]).toEqual([1, 2].map(() => ({ kind: "platformOpened", locale: "as", source: "Mountain" })));
});
