/** Sample brands that nobody removed end by themselves, and with them all that they hold. */
import { SAMPLE_PLATFORMS } from "@headwater/connectors/platforms.ts";
import { inTenant, organisationId } from "@headwater/db";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";
import { announce } from "./writing.ts";

export async function endSamples(deps: Pick<SweepDeps, "db">): Promise<SweepResult> {
  const organisations = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`
      select distinct organisation_id as id from datasources
      where disconnected_at is null and platform = any(${[...SAMPLE_PLATFORMS]}::text[])`,
  );
  let acted = 0;
  for (const { id } of organisations)
    acted += await inTenant(deps.db, organisationId(id), async (tx) => {
      const [due] = await tx.sql`select 1 from organisations where id = ${id} and sample_until <= now()`;
      if (due === undefined) return 0;
      const ended = await tx.sql<{ datasource: string }[]>`select datasource from end_sample()`;
      for (const { datasource } of ended) await announce(tx, datasource);
      return ended.length;
    });
  return { looked: organisations.length, acted };
}
