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
