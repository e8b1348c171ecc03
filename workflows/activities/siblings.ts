/** One renewal is every datasource's that stands on the grant. */
import type { TenantTransaction } from "@headwater/db";

/** All of the grant's, and the one whose place it takes, by their ids: two who each held one first would wait for each other. */
export async function lockTogether(tx: TenantTransaction, datasourceId: string): Promise<void> {
  await tx.sql`
    with own as (select id, grant_id, replaces from datasources where id = ${datasourceId})
    select 1 from datasources d
    where d.id in (select id from own union all select replaces from own) or d.grant_id in (select grant_id from own)
    order by d.id for no key update`;
}

/** Those that waited for it look again. */
export async function ringSiblings(tx: TenantTransaction, datasourceId: string): Promise<void> {
  await tx.sql`
    with rung as (
      update datasources s set intent_version = s.intent_version + 1
      from datasources d
      where d.id = ${datasourceId} and s.organisation_id = d.organisation_id and s.grant_id = d.grant_id and s.id <> d.id
        and s.disconnected_at is null and s.auth not in ('ok', 'none')
      returning s.organisation_id, s.id, s.intent_version)
    insert into outbox (organisation_id, datasource_id, intent_version)
    select organisation_id, id, intent_version from rung`;
}
