import { randomUUID } from "node:crypto";
import { inTenant, organisationId } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { beforeEach, expect, test } from "vitest";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { takePlace } from "./replacing.ts";
import { sweepDeps } from "./testing/own-rows.ts";

const own = ownDatabase();
let merchant: Merchant;
beforeEach(async () => {
  merchant = await newMerchant(own.ownerUrl, sweepDeps(own.worker).ringer);
  return () => merchant.close();
});

const take = (id: string) => inTenant(own.worker, organisationId(merchant.organisationId), (tx) => takePlace(tx, id));
const slots = async () =>
  (await merchant.sql<{ id: string }[]>`select datasource_id as id from slots`).map(({ id }) => id);

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
