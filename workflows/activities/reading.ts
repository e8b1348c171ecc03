/** One reading of everything the engine decides on: one statement, whatever there is. */
import type { RunKind } from "@headwater/db/schema/values.ts";
import type { ISql } from "postgres";
import { IS_THROTTLED } from "../imports/feed-rows.ts";
import { factsOf, isDailyKind } from "../lifecycle/rows.ts";
import type { DatasourceRow, GrantRow, HoldRow } from "../lifecycle/rows.ts";
import type { DailyKind } from "../lifecycle/due.ts";
import type { Millis } from "../lifecycle/facts.ts";
import type { Intent, OpenChild, OpenCommand } from "../lifecycle/phases.ts";
import { quietAround } from "../lifecycle/quiet-hours.ts";
import type { QuietHours } from "../lifecycle/quiet-hours.ts";
import type { QuietStanding } from "../lifecycle/quiet.ts";
import type { PlatformRules } from "./deps.ts";

interface Found extends DatasourceRow {
  readonly platform: string;
  readonly nextRunAt: Date | null;
  readonly grant:
    | (Omit<GrantRow, "endsAt" | "verifiedAt" | "candidateSince"> & {
        readonly endsAt: string | null;
        readonly verifiedAt: string | null;
        readonly candidateSince: string | null;
      })
    | null;
  readonly holds: (Omit<HoldRow, "createdAt" | "until"> & {
    readonly createdAt: string;
    readonly until: string | null;
  })[];
  readonly open: OpenCommand[];
  readonly child: OpenChild | null;
  readonly upload: { readonly id: string } | null;
  readonly feedsMayWork: boolean;
  readonly hasFeeds: boolean;
  readonly feedAsked: boolean;
  readonly newestIn: boolean;
  readonly webhooksDue: boolean;
  readonly quiet:
    | (QuietHours & { readonly goOnAskedAt: string | null; readonly childAsked: "all" | "some" | null })
    | null;
  readonly listed: boolean;
  readonly chosen: boolean;
  readonly lastRuns: { readonly kind: RunKind; readonly n: number; readonly at: string | null }[];
}

const MOST_COMMANDS = 20;
const MOST_HOLDS = 4;

export async function readIntent(
  tx: { readonly sql: ISql },
  datasourceId: string,
  platformRules: (platform: string) => PlatformRules,
): Promise<Intent | null> {
  const [row] = await tx.sql<Found[]>`
    select d.platform, d.phase, d.phase_since as "phaseSince", d.phase_reason as "phaseReason", d.seq, d.generation,
      d.intent_version as "intentVersion", d.auth, d.auth_reason as "authReason", d.auth_since as "authSince",
      d.authorizing_until as "authorizingUntil", d.account_id as "accountId", d.user_paused_at as "userPausedAt",
      null as "userPausedBy", d.user_paused_until as "userPausedUntil", null as "userPausedNote", d.backfill,
      d.backfill_n as "backfillN", d.first_numbers_at as "firstNumbersAt", d.last_success_at as "lastSuccessAt",
      d.last_attempt_at as "lastAttemptAt", d.failures, d.throttled_until as "throttledUntil",
      d.throttle_reason as "throttleReason", d.cadence_ms::float8 as "cadenceMs",
      d.disconnected_at as "disconnectedAt", d.undo_until as "undoUntil", d.delete_data as "deleteData",
      d.next_run_at as "nextRunAt", d.replaced_at as "replacedAt", d.data_deleted_at as "dataDeletedAt",
      (select json_build_object('credentialId', g.credential_id, 'candidateCredentialId', g.candidate_credential_id,
          'endsAt', g.ends_at, 'verifiedAt', g.verified_at, 'candidateSince', (select c.created_at from credentials c
            where c.organisation_id = g.organisation_id and c.id = g.candidate_credential_id))
        from grants g where g.organisation_id = d.organisation_id and g.id = d.grant_id) as "grant",
      exists (select 1 from grants g where g.organisation_id = d.organisation_id and g.id = d.grant_id
        and (g.webhooks is null or (g.webhooks->>'retryAt')::timestamptz <= now())) as "webhooksDue",
      (select coalesce(json_agg(json_build_object('id', h.id, 'scope', h.scope, 'reason', h.reason, 'detail', '{}'::json,
          'createdAt', h.created_at, 'until', h.until)), '[]'::json)
        from (select id, scope, reason, created_at, until from holds where released_at is null
          and (until is null or until > now()) and (scope = 'all' or (scope = 'platform' and platform = d.platform)
            or (organisation_id = d.organisation_id and (scope = 'organisation' or datasource_id = d.id)))
          order by created_at limit ${MOST_HOLDS}) h) as holds,
      (select coalesce(json_agg(json_build_object('id', c.id, 'kind', c.kind)), '[]'::json)
        from (select id, kind from commands where organisation_id = d.organisation_id and datasource_id = d.id
          and state = 'accepted' and kind in ('syncNow', 'resync', 'extendHistory', 'checkNow') order by id limit ${MOST_COMMANDS}) c) as open,
      (select json_build_object('runId', r.id, 'kind', r.kind, 'n', r.n)
        from runs r where r.organisation_id = d.organisation_id and r.datasource_id = d.id and r.finished_at is null
          and r.kind in ('backfill', 'resync') order by r.n limit 1) as child,
      (select json_build_object('id', u.id) from uploads u where u.organisation_id = d.organisation_id
        and u.datasource_id = d.id and u.asked is not null order by u.asked = 'check', u.asked_at, u.id limit 1) as upload,
      coalesce((select bool_or(f.state <> 'refused' or f.asked_at is not null) from cost_feeds f
        where f.organisation_id = d.organisation_id and f.datasource_id = d.id and f.removed_at is null), true) as "feedsMayWork",
      exists (select 1 from cost_feeds f where f.organisation_id = d.organisation_id and f.datasource_id = d.id
        and f.removed_at is null) as "hasFeeds",
      exists (select 1 from cost_feeds f where f.organisation_id = d.organisation_id and f.datasource_id = d.id
        and f.removed_at is null and f.asked_at is not null
        and ${tx.sql.unsafe(IS_THROTTLED)} is not true) as "feedAsked",
      case when d.quiet_from is not null then (select json_build_object('from', d.quiet_from, 'to', d.quiet_to, 'zone', o.zone,
          'goOnAskedAt', (select max(c.created_at) from commands c where c.organisation_id = d.organisation_id
            and c.datasource_id = d.id and c.kind in ('resume', 'reauthorized', 'extendHistory') and c.actor->>'kind' is distinct from 'system'),
          'childAsked', (select case when r.kind = 'resync' and c.actor->>'kind' is distinct from 'system' then 'all'
              when exists (select 1 from slices s where s.organisation_id = r.organisation_id and s.run_id = r.id
                and s.priority > 0 and s.state in ('queued', 'running')) then 'some' end
            from runs r left join commands c on c.organisation_id = r.organisation_id and c.id = r.asked_by
            where r.organisation_id = d.organisation_id and r.datasource_id = d.id and r.finished_at is null
              and r.kind in ('backfill', 'resync') order by r.n limit 1)) from organisations o where o.id = d.organisation_id) end as quiet,
      exists (select 1 from account_candidates a where a.organisation_id = d.organisation_id
        and a.datasource_id = d.id and a.listed_at >= coalesce((select c.created_at from grants g
          join credentials c on c.organisation_id = g.organisation_id and c.id = g.candidate_credential_id
          where g.organisation_id = d.organisation_id and g.id = d.grant_id), '-infinity')) as listed,
      d.account_id is not null or exists (select 1 from account_candidates a where a.organisation_id = d.organisation_id
        and a.datasource_id = d.id and a.state = 'chosen') as chosen,
      (select count(*) filter (where s.position < first.newest and s.state in ('queued', 'running')) = 0
          and count(*) > 0
        from (select coalesce(nullif(count(distinct stream) filter (where from_at is not null), 0), count(distinct stream)) as newest
          from slices
          where organisation_id = d.organisation_id and run_id = d.id || ':backfill:' || d.backfill_n) first
        left join slices s on s.organisation_id = d.organisation_id
          and s.run_id = d.id || ':backfill:' || d.backfill_n) as "newestIn",
      (select coalesce(json_agg(json_build_object('kind', k.kind, 'n', k.n, 'at', k.at)), '[]'::json)
        from (select kind, max(n) as n, max(started_at) filter (where state = 'succeeded' and asked_by is null) as at
          from runs where organisation_id = d.organisation_id and datasource_id = d.id group by kind) k) as "lastRuns"
    from datasources d where d.id = ${datasourceId}`;
  return row === undefined ? null : intentOf(row, platformRules(row.platform));
}

const grantOf = (grant: NonNullable<Found["grant"]>): GrantRow => ({
  ...grant,
  endsAt: date(grant.endsAt),
  verifiedAt: date(grant.verifiedAt),
  candidateSince: date(grant.candidateSince),
});

const date = (text: string | null): Date | null => (text === null ? null : new Date(text));

function intentOf(row: Found, rules: PlatformRules): Intent {
  const { grant } = row;
  const facts = factsOf(row, {
    grant: rules.isNative === true ? nativeGrant(row) : grant === null ? null : grantOf(grant),
    holds: row.holds.map((hold) => ({ ...hold, createdAt: new Date(hold.createdAt), until: date(hold.until) })),
    accountsListed: row.listed,
    accountChosen: row.chosen,
    newestIn: row.newestIn,
  });
  return {
    facts,
    platform: row.platform,
    manyAccounts: rules.manyAccounts,
    daily: rules.daily,
    lastDaily: lastDaily(row.lastRuns),
    open: row.open,
    child: row.child,
    ...(row.upload === null ? {} : { upload: row.upload }),
    nextRunAt: row.nextRunAt?.getTime() ?? null,
    ...(rules.streams.length === 0 && !row.hasFeeds ? { hasStreams: false } : {}),
    ...(row.feedAsked ? { feedAsked: true } : {}),
    ...(rules.webhooks === true ? { webhooksDue: row.webhooksDue } : {}),
    ...(row.quiet === null ? {} : { quiet: quietOf(row.quiet) }),
    lastN: Object.fromEntries(row.lastRuns.map(({ kind, n }) => [kind, n])),
  };
}

const quietOf = ({ goOnAskedAt, childAsked, ...hours }: NonNullable<Found["quiet"]>): QuietStanding => ({
  windows: quietAround(hours, Date.now()),
  goOnAskedAt: date(goOnAskedAt)?.getTime() ?? null,
  childAsked: childAsked ?? "none",
});

/**
 * Files need no credential, so there is one as if by nature; feeds have secrets of their own. Refused by all of them, it
 * is a candidate again once somebody has seen to one, or none is left.
 */
const nativeGrant = ({ auth, feedsMayWork }: Found) => ({
  credentialId: "native",
  candidateCredentialId: auth !== "ok" && feedsMayWork ? "native" : null,
  endsAt: null,
  verifiedAt: null,
});

function lastDaily(runs: Found["lastRuns"]): Partial<Record<DailyKind, Millis>> {
  const dailies: Partial<Record<DailyKind, Millis>> = {};
  for (const { kind, at } of runs) if (at !== null && isDailyKind(kind)) dailies[kind] = new Date(at).getTime();
  return dailies;
}
