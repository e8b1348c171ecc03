/**
 * Tells people, in the app and by mail, what needs them: a grant that ends (14, 7, 3 and 1 days before), access that is
 * lost, a sync that Headwater paused. Each is one notice from its beginning to its end, and one mail for each of its steps.
 */
import { catalog } from "@headwater/connectors/catalog.ts";
import { inTenant, organisationId } from "@headwater/db";
import type { TenantTransaction } from "@headwater/db";
import type { NoticeKind } from "@headwater/db/schema/values.ts";
import type { SweepResult } from "./contract.ts";
import { datasourcePage } from "../mails/pages.ts";
import type { SweepDeps } from "./deps.ts";
import { announce } from "./writing.ts";

const DAYS = [1, 3, 7, 14] as const;
const nameOf = new Map<string, string>(catalog.map(({ platform, name }) => [platform, name]));

interface Told {
  readonly id: string;
  readonly platform: string;
  readonly account: string;
  readonly grantId: string | null;
  readonly holder: string;
  readonly endsAt: string | null;
  readonly daysLeft: number | null;
  /** When access was lost, or when we paused it: what tells one time from the next. */
  readonly since: string | null;
}

/** The organisations that have somebody to tell, or had: whoever has a datasource. */
export async function tellPeople(deps: SweepDeps): Promise<SweepResult> {
  const organisations = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`select distinct organisation_id as id from datasources`,
  );
  let acted = 0;
  for (const { id } of organisations) acted += await inTenant(deps.db, organisationId(id), tellOne);
  return { looked: organisations.length, acted };
}

async function tellOne(tx: TenantTransaction): Promise<number> {
  const [ending, lost, paused] = [await endingGrants(tx), await lostAccess(tx), await pausedByUs(tx)];
  let acted = 0;
  for (const one of ending) acted += await tellEnding(tx, one);
  for (const one of lost) acted += await tellLost(tx, one);
  for (const one of paused) acted += await raise(tx, one.id, "pausedByPlatform", { since: one.since });
  acted += await close(tx, "grantEnding", ending);
  acted += await close(tx, "accessLost", lost);
  return acted + (await close(tx, "pausedByPlatform", paused));
}

const endingGrants = (tx: TenantTransaction): Promise<Told[]> => tx.sql<Told[]>`
  select d.id, d.platform, coalesce(a.name, d.name) as account, g.id as "grantId",
    coalesce(g.holder ->> 'name', g.login_key) as holder, null as since,
    to_char(g.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "endsAt",
    extract(epoch from g.ends_at - now())::float8 / 86400 as "daysLeft"
  from datasources d
  join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
  left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
  where d.auth = 'ok' and d.disconnected_at is null and g.ends_at > now() and g.ends_at <= now() + interval '14 days'
  order by g.ends_at, d.id`;

/**
 * Also where it ended by its time while nothing was asked of the source: it is written down when something is, and a call that
 * is refused afterwards tells of the same end.
 */
const lostAccess = (tx: TenantTransaction): Promise<Told[]> => tx.sql<Told[]>`
  select d.id, d.platform, coalesce(a.name, d.name) as account, d.grant_id as "grantId", '' as holder, null as "endsAt",
    null as "daysLeft", to_char(case d.auth when 'ok' then g.ends_at else least(d.auth_since, g.ends_at) end at time zone 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
  from datasources d
  left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
  left join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
  where (d.auth in ('expired', 'revoked', 'notPermitted') or (d.auth = 'ok' and g.ends_at <= now()))
    and d.disconnected_at is null and d.connected_at is not null
    and coalesce(d.auth_reason ->> 'code', '') <> 'disconnectUndone'
  order by d.id`;

const pausedByUs = (tx: TenantTransaction): Promise<Told[]> => tx.sql<Told[]>`
  select d.id, d.platform, d.name as account, d.grant_id as "grantId", '' as holder, null as "endsAt", null as "daysLeft",
    to_char(h.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
  from holds h join datasources d on d.organisation_id = h.organisation_id and d.id = h.datasource_id
  where h.scope = 'source' and h.reason = 'repeatedFailures' and h.released_at is null and d.disconnected_at is null
  order by d.id`;

async function tellEnding(tx: TenantTransaction, one: Told): Promise<number> {
  const days = DAYS.find((threshold) => (one.daysLeft ?? Infinity) <= threshold);
  if (days === undefined) return 0;
  const { holder, endsAt } = one;
  const isNews = await raise(tx, one.id, "grantEnding", { holder, endsAt, days });
  // One login, one mail, however many datasources stand on it.
  if (isNews > 0)
    await mail(tx, "grantEnding", `grant ${one.grantId} ${endsAt} ${days}`, {
      ...(await aboutOf(tx, one)),
      holder,
      endsAt,
      days,
    });
  return isNews;
}

async function tellLost(tx: TenantTransaction, one: Told): Promise<number> {
  const isNews = await raise(tx, one.id, "accessLost", { since: one.since });
  if (isNews > 0) await mail(tx, "grantEnded", `lost ${one.grantId ?? one.id} ${one.since}`, await aboutOf(tx, one));
  return isNews;
}

type Detail = Readonly<Record<string, string | number | null>>;

/** What it is about, and where somebody can do something about it. */
async function aboutOf(tx: TenantTransaction, { id, platform, account }: Told): Promise<Detail> {
  const [{ slug } = { slug: "" }] = await tx.sql<{ slug: string }[]>`
    select slug from organisations where id = ${tx.organisationId}`;
  return { source: nameOf.get(platform) ?? platform, account, page: datasourcePage(slug, id) };
}

/** 1 where it is news: not known yet, or a step nearer. */
async function raise(tx: TenantTransaction, datasourceId: string, kind: NoticeKind, detail: Detail): Promise<number> {
  const told = JSON.stringify(detail);
  const changed = await tx.sql`
    insert into notices as n (organisation_id, datasource_id, kind, detail)
    values (${tx.organisationId}, ${datasourceId}, ${kind}, ${told}::text::jsonb)
    on conflict (organisation_id, datasource_id, kind) where resolved_at is null
      do update set times = n.times + 1, last_at = now(), detail = excluded.detail where n.detail <> excluded.detail
    returning id`;
  if (changed.count > 0) await announce(tx, datasourceId);
  return changed.count;
}

async function close(tx: TenantTransaction, kind: NoticeKind, standing: readonly Told[]): Promise<number> {
  const closed = await tx.sql<{ id: string }[]>`
    update notices set resolved_at = now()
    where kind = ${kind} and resolved_at is null and datasource_id <> all(${standing.map(({ id }) => id)}::uuid[])
    returning datasource_id as id`;
  for (const { id } of closed) await announce(tx, id);
  return closed.length;
}

async function mail(tx: TenantTransaction, kind: string, once: string, details: Detail): Promise<void> {
  await tx.sql`select mail_managers(${kind}, ${JSON.stringify(details)}::text::jsonb, ${once})`;
}
