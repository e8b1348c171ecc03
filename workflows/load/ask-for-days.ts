/** What the engine asks for by itself: all days of a history again, aside and swapped in window by window. */
import type { TransactionSql } from "postgres";
import type { DatasourceRef } from "./contract.ts";

/** What the account says of itself, or has, as the timeline tells it. */
export interface Changed {
  readonly before: object | null;
  readonly after: { readonly kind: string; readonly [name: string]: string | null };
}

/** Told each time, and asked for once: what waits to begin will read with all that has changed by then. */
export async function askForAllDays(
  tx: TransactionSql,
  ref: Pick<DatasourceRef, "organisationId" | "datasourceId">,
  { before, after }: Changed,
): Promise<void> {
  await tx.unsafe(
    `with rung as (update datasources set intent_version = intent_version + 1 where organisation_id = $1 and id = $2
         returning organisation_id, id, intent_version),
       asked as (insert into commands (organisation_id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version)
         select organisation_id, id, 'resync', '{"because":"accountChanged"}', 'accountChanged',
           'accountChanged ' || id || ' ' || intent_version, '{"kind":"system","name":"engine"}', intent_version from rung
         where not exists (select 1 from commands as c where c.organisation_id = $1 and c.datasource_id = $2 and c.kind = 'resync'
           and c.state = 'accepted' and c.args->>'because' = 'accountChanged'
           and not exists (select 1 from runs as r where r.organisation_id = $1 and r.datasource_id = $2 and r.asked_by = c.id)))
     insert into outbox (organisation_id, datasource_id, intent_version) select organisation_id, id, intent_version from rung`,
    [ref.organisationId, ref.datasourceId],
  );
  await tx.unsafe(
    `select append_audit('{"kind":"system","name":"engine"}', 'accountChanged', 'datasource', $1::uuid::text, $1::uuid, $2::jsonb, $3::jsonb),
       announce_change($1::uuid)`,
    [ref.datasourceId, before === null ? null : { ...before }, { ...after }],
  );
}
