// Postgres plans the question for histories once for each connection, however few are asked for.
import { randomUUID } from "node:crypto";
import { openDatabase, organisationId, readInTenant } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import { datasourceId } from "@headwater/db/schema/ids.ts";
import { expect, inject, test } from "vitest";
import { readHistory } from "./progress.ts";

/** Of the first five Postgres makes a plan each; only then it looks whether one would do for all. */
const TIMES = 8;

test("a history is not planned anew each time it is asked for", async () => {
  const made = await createTestDatabase(inject("postgresUrl"));
  const api = openDatabase({ url: made.apiUrl, max: 1 });
  try {
    const one = [datasourceId(randomUUID())];
    for (let n = 0; n < TIMES; n += 1)
      await readInTenant(api, organisationId(randomUUID()), ({ drizzle }) => readHistory(drizzle, one));
    const [kept] = await api.sql<[{ once: number; anew: number }]>`
      select generic_plans::int as once, custom_plans::int as anew from pg_prepared_statements
      where statement like '%"from_at"%' and statement not like '%pg_prepared_statements%'`;
    expect(kept).toEqual({ once: TIMES - 5, anew: 5 });
  } finally {
    await api.close();
    await made.close();
  }
});
