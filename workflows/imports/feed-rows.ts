/** Feeds as a worker sees them: which are due, and how they stand together. */
import type { FeedMarks } from "@headwater/connectors/custom-costs/pull.ts";
import type { FeedId, GrantId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { SavedMapping } from "../costs/mapping.ts";
import type { DatasourceRef, RunRef } from "../load/contract.ts";
import type { SealedRow } from "../source/open-sealed.ts";

export interface Feed {
  id: FeedId;
  name: string;
  kind: "https" | "sftp";
  address: unknown;
  mode: "upsert" | "replace_range";
  mapping: SavedMapping;
  every_minutes: number;
  state: "unproven" | "ok" | "refused" | "missing" | "failing" | "invalid";
  marks: FeedMarks;
  misses: number;
  /** Why it does not go. */
  reason_code: string | null;
  /** The key that a person agreed to. */
  host_key: string | null;
  /** Since when its certificate has been bad. */
  certificate_since: Date | null;
  grant_id: GrantId | null;
  credential: SealedRow | null;
  /** When somebody last asked for it, to the microsecond. */
  asked_at: string | null;
}

/** A wake comes when it comes: what is due within it is not left for the next. */
const SLACK = "2 minutes";

/** A server that was met and whose key nobody has agreed to yet is left alone. */
const agreed = "(f.kind = 'https' or f.host_key is not null or f.met_key is null)";

/** A server that has named a time is not called before it; at another address there may be another server. */
export const IS_THROTTLED = `(f.reason->>'code' = 'custom-costs.throttled' and f.reason->'values'->>'at' = md5(f.address::text)
  and f.due_at > now())`;

/** Asked for, it does not wait. */
const asked = `(f.asked_at is not null and ${IS_THROTTLED} is not true)`;

/** Refused, a feed waits for a person; everything else is tried again at its time. */
export async function readDueFeeds(tx: TransactionSql, ref: DatasourceRef): Promise<Feed[]> {
  return tx.unsafe<Feed[]>(
    `select f.id, f.name, f.kind, f.host_key, f.certificate_since, f.address, f.mode, f.mapping, f.every_minutes, f.state, f.marks, f.misses,
       f.reason->>'code' as reason_code, f.grant_id, f.asked_at::text,
       (select json_build_object('id', c.id, 'sealed', encode(c.sealed, 'base64'), 'wrapped_key', encode(c.wrapped_key, 'base64'),
          'key_id', c.key_id)
        from grants as g join credentials as c on c.organisation_id = g.organisation_id
          and c.id = coalesce(g.candidate_credential_id, g.credential_id) and c.sealed is not null
        where g.organisation_id = $1 and g.id = f.grant_id) as credential
     from cost_feeds as f
     where f.organisation_id = $1 and f.datasource_id = $2 and f.removed_at is null
       and (${asked} or (f.state <> 'refused' and ${agreed} and (f.due_at is null or f.due_at <= now() + '${SLACK}'::interval)))
     order by f.created_at, f.id`,
    [ref.organisationId, ref.datasourceId],
  );
}

/** Its first file waits for somebody to look at it; the others come after it. */
export const FIRST_FILE = "custom-costs.firstFile";
/** A file is there that may still be written: looked at again in a minute. */
export const SETTLING = "custom-costs.settling";

export interface FeedsLook {
  /** None of them failed when it was last tried, and something of this datasource counts already. */
  all_well: boolean;
  /** There are some, and nothing comes in by any of them until a person has seen to one. */
  all_refused: boolean;
  /** Somebody asked for one of them that its server lets nobody ask for yet. */
  asked_waits: boolean;
  /** When the first of those is looked at again that are looked at sooner than their rhythm says. */
  retry_at: string | null;
  intent_version: number;
  /** Pulls of this sync are written down: also where it was cut off since, and is made again. */
  has_pulls: boolean;
  /** One of them failed, whether it is tried again or not. */
  has_failed: boolean;
  /** How the last pull of each feed ended in it. */
  ends: string[];
}

export async function lookAtFeeds(tx: TransactionSql, ref: RunRef): Promise<FeedsLook> {
  const [look] = await tx.unsafe<[FeedsLook]>(
    `select not exists (select 1 from cost_feeds where organisation_id = $1 and datasource_id = $2 and removed_at is null
         and state not in ('ok', 'unproven'))
       and exists (select 1 from cost_books where organisation_id = $1 and datasource_id = $2 and head > 0) as all_well,
       (select coalesce(bool_and(state = 'refused' and asked_at is null), false) from cost_feeds
         where organisation_id = $1 and datasource_id = $2 and removed_at is null) as all_refused,
       exists (select 1 from cost_feeds as f where f.organisation_id = $1 and f.datasource_id = $2 and f.removed_at is null
         and f.asked_at is not null and ${IS_THROTTLED}) as asked_waits,
       (select to_json(min(due_at))#>>'{}' from cost_feeds where organisation_id = $1 and datasource_id = $2 and removed_at is null
         and (state in ('failing', 'missing') or reason->>'code' = '${SETTLING}'
           or due_at < tried_at + make_interval(mins => every_minutes - 1)) and due_at > now()) as retry_at,
       (select intent_version from datasources where organisation_id = $1 and id = $2) as intent_version,
       count(*) > 0 as has_pulls, coalesce(bool_or(t.ended <> 'well'), false) as has_failed,
       coalesce(array_agg(distinct t.ended) filter (where not exists (select from run_attempts as o
         where o.organisation_id = $1 and o.run_id = $3 and o.feed_id = t.feed_id and o.n > t.n)), '{}') as ends
     from run_attempts as t where t.organisation_id = $1 and t.run_id = $3 and t.feed_id is not null`,
    [ref.organisationId, ref.datasourceId, ref.runId],
  );
  return look;
}

/** False where a person has removed it, or given it another address or secret, since it was read. */
export async function lockFeed(tx: TransactionSql, ref: DatasourceRef, feed: Feed): Promise<boolean> {
  const [same] = await tx.unsafe(
    `select 1 from cost_feeds where organisation_id = $1 and id = $2 and removed_at is null and address = $3::text::jsonb
       and grant_id is not distinct from $4 for update`,
    [ref.organisationId, feed.id, JSON.stringify(feed.address), feed.grant_id],
  );
  return same !== undefined;
}
