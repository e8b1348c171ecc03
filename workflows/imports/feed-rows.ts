/** Feeds as a worker sees them: which are due, and what each pull leaves in its row. */
import type { FailureSummary } from "../load/outcome.ts";
import type { FeedMarks } from "@headwater/connectors/custom-costs/pull.ts";
import type { FeedId, GrantId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { SavedMapping } from "../costs/mapping.ts";
import type { DatasourceRef } from "../load/contract.ts";
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
  /** The key that a person agreed to. */
  host_key: string | null;
  /** Since when its certificate has been bad. */
  certificate_since: Date | null;
  grant_id: GrantId | null;
  credential: SealedRow | null;
}

/** A wake comes when it comes: what is due within it is not left for the next. */
const SLACK = "2 minutes";

/** A server that was met and whose key nobody has agreed to yet is left alone. */
const agreed = "(f.kind = 'https' or f.host_key is not null or f.met_key is null)";

/** Refused, a feed waits for a person; everything else is tried again at its time. */
export async function readDueFeeds(tx: TransactionSql, ref: DatasourceRef): Promise<Feed[]> {
  return tx.unsafe<Feed[]>(
    `select f.id, f.name, f.kind, f.host_key, f.certificate_since, f.address, f.mode, f.mapping, f.every_minutes, f.state, f.marks, f.misses, f.grant_id,
       (select json_build_object('id', c.id, 'sealed', encode(c.sealed, 'base64'), 'wrapped_key', encode(c.wrapped_key, 'base64'),
          'key_id', c.key_id)
        from grants as g join credentials as c on c.organisation_id = g.organisation_id
          and c.id = coalesce(g.candidate_credential_id, g.credential_id) and c.sealed is not null
        where g.organisation_id = $1 and g.id = f.grant_id) as credential
     from cost_feeds as f
     where f.organisation_id = $1 and f.datasource_id = $2 and f.removed_at is null
       and (f.asked_at is not null or (f.state <> 'refused' and ${agreed} and (f.due_at is null or f.due_at <= now() + '${SLACK}'::interval)))
     order by f.created_at, f.id`,
    [ref.organisationId, ref.datasourceId],
  );
}

/** A file is there that may still be written: looked at again in a minute. */
const SETTLING = "custom-costs.settling";

export interface FeedsLook {
  /** None of them failed when it was last tried, and something of this datasource counts already. */
  all_well: boolean;
  /** Without any, there is no next time. */
  has_feeds: boolean;
  /** There are some, and nothing comes in by any of them until a person has seen to one. */
  all_refused: boolean;
  /** When the first of those that failed is tried again. */
  retry_at: string | null;
  intent_version: number;
}

export async function lookAtFeeds(tx: TransactionSql, ref: DatasourceRef): Promise<FeedsLook> {
  const [look] = await tx.unsafe<[FeedsLook]>(
    `select not exists (select 1 from cost_feeds where organisation_id = $1 and datasource_id = $2 and removed_at is null
         and state not in ('ok', 'unproven'))
       and exists (select 1 from cost_books where organisation_id = $1 and datasource_id = $2 and head > 0) as all_well,
       exists (select 1 from cost_feeds where organisation_id = $1 and datasource_id = $2 and removed_at is null) as has_feeds,
       (select coalesce(bool_and(state = 'refused' and asked_at is null), false) from cost_feeds
         where organisation_id = $1 and datasource_id = $2 and removed_at is null) as all_refused,
       (select to_json(min(due_at))#>>'{}' from cost_feeds where organisation_id = $1 and datasource_id = $2 and removed_at is null
         and (state in ('failing', 'missing') or reason->>'code' = '${SETTLING}') and due_at > now()) as retry_at,
       (select intent_version from datasources where organisation_id = $1 and id = $2) as intent_version`,
    [ref.organisationId, ref.datasourceId],
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

/** The server's key, met for the first time: shown to a person, and nothing else is asked of the server before that. */
export async function feedMet(tx: TransactionSql, ref: DatasourceRef, feed: Feed, met: string): Promise<void> {
  await tx.unsafe(
    `update cost_feeds set met_key = $3, reason = $4::text::jsonb, asked_at = null, misses = 0, tried_at = now(), due_at = null
     where organisation_id = $1 and id = $2`,
    [
      ref.organisationId,
      feed.id,
      met,
      JSON.stringify({ code: "custom-costs.hostKeyNew", values: { fingerprint: met } }),
    ],
  );
  await tx.unsafe("select announce_change($1::uuid)", [ref.datasourceId]);
}

export interface Answered {
  readonly marks: FeedMarks;
  readonly isNew: boolean;
  /** What keeps the next file from coming in now. */
  readonly waits?: "settling" | "firstFile";
  /** Sooner than its rhythm says. */
  readonly dueAt?: Date;
}

/** What proves a feed proves its secret. */
export async function feedAnswered(tx: TransactionSql, ref: DatasourceRef, feed: Feed, came: Answered): Promise<void> {
  const { waits, dueAt } = came;
  const reason = waits === undefined ? null : JSON.stringify({ code: waits === "settling" ? SETTLING : FIRST_FILE });
  await tx.unsafe(
    `update cost_feeds set state = 'ok', reason = $5::text::jsonb,
       state_since = case when state = 'ok' then state_since else now() end, met_key = host_key, certificate_since = null,
       asked_at = null, marks = $3::text::jsonb, misses = 0, tried_at = now(),
       pulled_at = case when $4 then now() else pulled_at end,
       due_at = coalesce($6::timestamptz, now() + make_interval(mins => every_minutes))
     where organisation_id = $1 and id = $2`,
    [ref.organisationId, feed.id, JSON.stringify(came.marks), came.isNew, reason, dueAt ?? null],
  );
  if (feed.grant_id === null) return;
  await tx.unsafe(
    `update grants set credential_id = coalesce(candidate_credential_id, credential_id), candidate_credential_id = null,
       verified_at = now() where organisation_id = $1 and id = $2 and ended_at is null`,
    [ref.organisationId, feed.grant_id],
  );
}

/** Its first file waits for somebody to look at it; the others come after it. */
export const FIRST_FILE = "custom-costs.firstFile";
const RETRIES_MINUTES = [1, 5, 30];
/** No file so often in a row, and it is missing. */
const MISSES = 3;
const DAY_MS = 86_400_000;

/** What is wrong with a feed, as its row says it. Null: nothing a person would have to see to yet. */
export async function feedFailed(
  tx: TransactionSql,
  ref: DatasourceRef,
  feed: Feed,
  given: FailureSummary,
  met: string | null = null,
): Promise<FailureSummary | null> {
  const since = badCertificateSince(feed, given, Date.now());
  const failure = since !== null && Date.now() - since >= DAY_MS ? lasting(given) : given;
  const misses = feed.misses + 1;
  const state = stateAfter(failure, misses);
  await tx.unsafe(
    `update cost_feeds set state = $3, reason = $4::text::jsonb, state_since = case when state = $3 then state_since else now() end,
       asked_at = null, misses = $5, tried_at = now(), due_at = $6::timestamptz, met_key = coalesce($7, met_key),
       certificate_since = $8::timestamptz
     where organisation_id = $1 and id = $2`,
    [
      ref.organisationId,
      feed.id,
      state,
      JSON.stringify({ code: failure.code, values: valuesOf(feed, failure, met) }),
      misses,
      nextTry(feed, failure, state, misses),
      met,
      since === null ? null : new Date(since),
    ],
  );
  return state === "failing" && misses < MISSES ? null : failure;
}

const valuesOf = (feed: Feed, { said }: FailureSummary, met: string | null): object =>
  met === null ? { said } : { said, before: feed.host_key, now: met };

function nextTry(feed: Feed, failure: FailureSummary, state: Feed["state"], misses: number): string {
  if (failure.class === "rate_limit") return failure.retryAt;
  // A folder is looked into when a file is expected: only those looks count as missing ones.
  const isByRhythm = state === "invalid" || (failure.class === "gone" && feed.kind === "sftp");
  const minutes = isByRhythm ? feed.every_minutes : (RETRIES_MINUTES[misses - 1] ?? feed.every_minutes);
  return new Date(Date.now() + minutes * 60_000).toISOString();
}

const CERTIFICATE = "custom-costs.certificate";

/** From the first time on, until the server was reached safely again. That it could not be reached at all says nothing. */
function badCertificateSince(feed: Feed, { code }: FailureSummary, now: number): number | null {
  const before = feed.certificate_since?.getTime() ?? null;
  if (code === CERTIFICATE) return before ?? now;
  return code === "custom-costs.unreachable" ? before : null;
}

/** A day is time enough to renew one: from then on somebody has to see to it. */
const lasting = (failure: FailureSummary): FailureSummary =>
  failure.code === CERTIFICATE
    ? { class: "invalid_request", code: "custom-costs.certificateDay", said: failure.said }
    : failure;

function stateAfter(failure: FailureSummary, misses: number): Feed["state"] {
  if (failure.class === "reauthorize" || failure.class === "permission") return "refused";
  if (failure.class === "gone") return misses >= MISSES ? "missing" : "failing";
  return failure.class === "transient" || failure.class === "rate_limit" ? "failing" : "invalid";
}
