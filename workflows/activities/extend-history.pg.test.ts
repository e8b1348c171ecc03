import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Merchant } from "../temporal/testing/merchant.ts";
import type { WorkDeps } from "./deps.ts";
import { beginBackfill } from "./history.ts";
import { makeHistoryRig } from "./testing/history-rig.ts";

let deps: WorkDeps;
let merchant: Merchant;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ deps, merchant, close } = await makeHistoryRig(inject("postgresUrl")));
});
afterAll(() => close());

test.each(["UTC", "America/New_York", "Asia/Kolkata"])(
  "a history that began in another zone than %s is extended up to its first whole day, so that no day is left between",
  async (zone) => {
    const { organisationId, datasourceId } = await merchant.connect();
    await merchant.sql`
      with account as (insert into accounts (organisation_id, platform, external_id, name, zone)
          values (${organisationId}, 'shopify', ${datasourceId}, 'Shop', 'UTC') returning id),
        granted as (update grants set scopes = '{read}' where login_key = ${datasourceId})
      update datasources set auth = 'ok', account_id = account.id from account where datasources.id = ${datasourceId}`;
    const ref = { organisationId, datasourceId, generation: 0 };
    await beginBackfill(deps, { ...ref, seq: 1, n: 1, quickStart: false });
    const [began] = await merchant.sql<{ at: Date }[]>`
      select min(from_at) as at from slices where datasource_id = ${datasourceId}`;
    await merchant.sql`
      with ended as (update runs set finished_at = now(), state = 'succeeded' where datasource_id = ${datasourceId}),
        moved as (update accounts set zone = ${zone} where external_id = ${datasourceId})
      update datasources set phase = 'LIVE', backfill = 'done' where id = ${datasourceId}`;
    const args = { from: "2019-05-04" };
    const command = await merchant.command({ organisationId, datasourceId }, "extendHistory", "", {
      ring: false,
      args,
    });
    await beginBackfill(deps, { ...ref, seq: 2, n: 2, quickStart: false, command });
    const [extended] = await merchant.sql<{ at: Date }[]>`
      select max(s.to_at) as at from slices s join runs r on r.id = s.run_id where s.datasource_id = ${datasourceId} and r.n = 2`;
    expect(extended?.at.getTime()).toBeGreaterThanOrEqual(began?.at.getTime() ?? Infinity);
  },
);
