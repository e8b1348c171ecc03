/** An organisation that holds more connected apps than its plan allows: the newest ones are held until it fits again. */
import { inTenant, organisationId } from "@headwater/db";
import type { TenantTransaction } from "@headwater/db";
import type { Ref, SweepResult } from "./contract.ts";
import type { RowDeps, SweepDeps } from "./deps.ts";
import { announce, audit, inTenantOf, ringLater } from "./writing.ts";

export async function holdOverPlan(deps: Pick<SweepDeps, "db">): Promise<SweepResult> {
  const organisations = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`
    select distinct organisation_id as id from datasources where disconnected_at is null`,
  );
  let acted = 0;
  for (const { id } of organisations) acted += await inTenant(deps.db, organisationId(id), settlePlan);
  return { looked: organisations.length, acted };
}

/** A slot was freed: what the plan holds and has room for now goes on at once. In a transaction after the one that freed it. */
export const goOnWhereRoom = (deps: Pick<RowDeps, "db">, ref: Ref): Promise<number> => inTenantOf(deps, ref, letGo);

/** What a person chose to pause, or what was paused before, first; then what came last. */
const surplusOf = ({ sql, organisationId: id }: TenantTransaction) => sql`
  select s.datasource_id from slots s
  where s.organisation_id = ${id}
  order by exists (select from holds h where h.organisation_id = s.organisation_id and h.datasource_id = s.datasource_id
    and h.reason = 'plan' and h.released_at is null), s.since, s.datasource_id
  offset (select coalesce(p.allowance, 2147483647) from organisations o join plans p on p.id = o.plan where o.id = ${id})`;

async function settlePlan(tx: TenantTransaction): Promise<number> {
  const placed = await tx.sql<{ id: string }[]>`
    insert into holds (organisation_id, scope, datasource_id, reason, by)
    select ${tx.organisationId}, 'source', over.datasource_id, 'plan', '{"kind":"system","name":"planSweep"}'
    from (${surplusOf(tx)}) over
    where not exists (select 1 from holds h where h.datasource_id = over.datasource_id and h.reason = 'plan'
      and h.released_at is null)
    returning datasource_id as id`;
  for (const id of inOrder(placed)) await say(tx, "holdPlaced", id);
  return placed.length + (await letGo(tx));
}

async function letGo(tx: TenantTransaction): Promise<number> {
  const fitting = tx.sql`
    organisation_id = ${tx.organisationId} and reason = 'plan' and released_at is null and datasource_id not in (${surplusOf(tx)})`;
  // A datasource before its hold, as whoever replaces one locks them.
  await tx.sql`
    select 1 from datasources where id in (select datasource_id from holds where ${fitting}) order by id for no key update`;
  const released = await tx.sql<{ id: string }[]>`
    update holds set released_at = now() where ${fitting} returning datasource_id as id`;
  for (const id of inOrder(released)) await say(tx, "holdReleased", id);
  return released.length;
}

const inOrder = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id).toSorted();

async function say(tx: TenantTransaction, verb: "holdPlaced" | "holdReleased", datasourceId: string): Promise<void> {
  await ringLater(tx, datasourceId);
  await audit(tx, datasourceId, { verb, after: { reason: "plan" } });
  await announce(tx, datasourceId);
}
