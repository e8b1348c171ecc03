/** Says in time that a grant is about to end: 14, 7, 3 and 1 days before, once each. */
import { inTenant, organisationId } from "@headwater/db";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";
import { announce, audit } from "./writing.ts";

const DAYS = [1, 3, 7, 14] as const;

interface Expiring {
  readonly organisationId: string;
  readonly datasourceId: string;
  readonly endsAt: Date;
  readonly daysLeft: number;
}

export async function announceExpiries(deps: SweepDeps, now = Date.now()): Promise<SweepResult> {
  const at = now / 1000;
  const expiring = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Expiring[]>`
    select d.organisation_id as "organisationId", d.id as "datasourceId", g.ends_at as "endsAt",
      extract(epoch from g.ends_at - to_timestamp(${at}::float8))::float8 / 86400 as "daysLeft"
    from datasources d join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
    where d.auth = 'ok' and d.disconnected_at is null and g.ends_at between to_timestamp(${at}::float8) and to_timestamp(${at}::float8) + interval '14 days'`,
  );
  let acted = 0;
  for (const one of expiring) {
    const days = DAYS.find((threshold) => one.daysLeft <= threshold);
    if (days !== undefined && (await sayOnce(deps, one, days))) acted += 1;
  }
  return { looked: expiring.length, acted };
}

const sayOnce = (
  deps: SweepDeps,
  { organisationId: id, datasourceId, endsAt }: Expiring,
  days: number,
): Promise<boolean> =>
  inTenant(deps.db, organisationId(id), async (tx) => {
    const [said] = await tx.sql`
      select 1 from audit_log where datasource_id = ${datasourceId} and verb = 'grantExpiring'
        and after->>'endsAt' = ${endsAt.toISOString()}::text and (after->>'days')::int <= ${days}::int limit 1`;
    if (said !== undefined) return false;
    await audit(tx, datasourceId, { verb: "grantExpiring", after: { endsAt: endsAt.toISOString(), days } });
    await announce(tx, datasourceId);
    return true;
  });
