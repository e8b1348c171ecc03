/** Consents that come back in the same moment for what stands on one grant: none waits for a row that the other holds. */
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, inject, test } from "vitest";
import { commands, connectAttempts, datasources, grants } from "@headwater/db/schema/tables.ts";
import { startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { MUTATIONS } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import { comeHome, makeShop, signedQuery, stateIn } from "../testing/shop.ts";
import { signUp } from "../testing/visitor.ts";

const ROUNDS = 12;
const ON_ONE_GRANT = 3;

/** What the server itself counted; a connection that has ended has told all that it counted. */
async function deadlocks(api: TestApi): Promise<number> {
  await api.serving.stop();
  await expect
    .poll(async () => {
      const [row] = await api.owner.sql<[{ open: number }]>`
        select count(*)::int as open from pg_stat_activity where datname = current_database() and usename = 'headwater_api'`;
      return row?.open;
    })
    .toBe(0);
  const [row] = await api.owner.sql<[{ deadlocks: number }]>`
    select deadlocks::int from pg_stat_database where datname = current_database()`;
  return row?.deadlocks ?? NaN;
}

test("each is kept, every datasource of the grant is rung by each, and no two wait for each other for ever", async () => {
  const api = await startApi(inject("postgresUrl"), { outbound: makeShop().outbound });
  try {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId);
    const ids = [made.gid];
    for (let n = 1; n < ON_ONE_GRANT; n += 1) {
      const twin = await makeDatasource(api, owner.organisationId);
      await api.owner.drizzle.update(datasources).set({ grantId: made.grantId }).where(eq(datasources.id, twin.id));
      ids.push(twin.gid);
    }
    const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
    for (let round = 0; round < ROUNDS; round += 1) {
      const queries: string[] = [];
      for (const datasource of ids) {
        const { data } = await owner.ask(MUTATIONS.reauthorize, {
          input: { datasource, idempotencyKey: randomUUID() },
        });
        queries.push(signedQuery({ code: "c", shop: grant?.loginKey ?? "", state: stateIn(data.result.authorizeUrl) }));
      }
      const homes = await Promise.all(queries.map((query) => comeHome(api, query, owner.cookie)));
      expect(homes.map(({ status, headers }) => [status, headers.get("location")])).toEqual(
        ids.map(() => [303, expect.stringContaining("outcome=returned")]),
      );
    }
    const attempts = await api.owner.drizzle.select().from(connectAttempts);
    expect(new Set(attempts.map(({ outcome }) => outcome?.["kind"]))).toEqual(new Set(["granted"]));
    const given = await api.owner.drizzle.select().from(commands).where(eq(commands.kind, "reauthorized"));
    expect(given.length).toBe(ROUNDS * ON_ONE_GRANT * ON_ONE_GRANT);
    expect(await deadlocks(api)).toBe(0);
  } finally {
    await api.close();
  }
});
