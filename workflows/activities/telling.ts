/**
 * Tells people, in the app and by mail, what needs them: a grant that ends (14, 7, 3 and 1 days before), access that is
 * lost, a sync that Headwater paused, data that do not come. Each is one notice from its beginning to its end, and one mail
 * for each of its steps.
 */
import { inTenant, organisationId } from "@headwater/db";
import type { TenantTransaction } from "@headwater/db";
import { settleRequests } from "./asked-for.ts";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";
import { aboutOf, mail, mailOf } from "./mailing.ts";
import type { Named, Telling } from "./mailing.ts";
import { tellRecovered } from "./recovery.ts";
import { tellReview } from "./review-due.ts";
import { close, keepMailed, raise } from "./standing-notices.ts";
import { tellTroubles } from "./telling-troubles.ts";

const DAYS = [1, 3, 7, 14] as const;

interface Told extends Named {
  readonly grantId: string | null;
  readonly holder: string;
  readonly endsAt: string | null;
  readonly daysLeft: number | null;
  /** When access was lost, or when we paused it: what tells one time from the next. */
  readonly since: string | null;
}

interface Lost extends Told {
  /** Of the login, not of one account behind it: whatever stands on the grant has lost it, known or not yet. */
  readonly isOfLogin: boolean;
  /** When its source last let us in: what tells one end of a login from the next, whoever finds out when. */
  readonly letInAt: string | null;
  /** By a disconnect of ours, which was undone: nothing else that stands on the login has lost it. */
  readonly isUndone: boolean;
}

/** The organisations that have somebody to tell, or had: whoever has a datasource. */
export async function tellPeople(deps: SweepDeps): Promise<SweepResult> {
  const organisations = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`select distinct organisation_id as id from datasources`,
  );
  let acted = 0;
  for (const { id } of organisations)
    acted += await inTenant(
      deps.db,
      organisationId(id),
      async (tx) => (await tellOne(tx)) + (await settleRequests(deps, tx)) + (await tellReview(tx)),
    );
  return { looked: organisations.length, acted };
}

async function tellOne(tx: TenantTransaction): Promise<number> {
  const [ending, lost, paused] = [await endingGrants(tx), await lostAccess(tx), await pausedByUs(tx)];
  let acted = 0;
  for (const one of ending) acted += await tellEnding(tx, one);
  for (const group of byLogin(lost)) acted += await tellLost(tx, group);
  for (const one of paused) acted += await tellPaused(tx, one);
  acted += await close(tx, "grantEnding", ending);
  acted += await close(tx, "accessLost", lost);
  acted += await close(tx, "pausedByPlatform", paused);
  return acted + (await tellTroubles(tx)) + (await tellRecovered(tx));
}

/** Not of what another took the place of: it is read once more and needs no grant after that. */
const endingGrants = (tx: Telling): Promise<Told[]> => tx.sql<Told[]>`
  select d.id, d.platform, coalesce(a.name, d.name) as account, g.id as "grantId",
    coalesce(g.holder ->> 'name', g.login_key) as holder, null as since,
    to_char(g.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "endsAt",
    extract(epoch from g.ends_at - now())::float8 / 86400 as "daysLeft"
  from datasources d
  join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
  left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
  where d.auth = 'ok' and d.disconnected_at is null and d.replaced_at is null and g.ends_at > now() and g.ends_at <= now() + interval '14 days'
  order by g.ends_at, d.id`;

/**
 * Not of what another took the place of: while it is read once more nobody is asked to mend it, however that turns out.
 * Also where it ended by its time while nothing was asked of the source: it is written down when something is, and a call that
 * is refused afterwards tells of the same end.
 */
const lostAccess = (tx: Telling): Promise<Lost[]> => tx.sql<Lost[]>`
  select d.id, d.platform, coalesce(a.name, d.name) as account, d.grant_id as "grantId", '' as holder, null as "endsAt",
    null as "daysLeft", to_char(case d.auth when 'ok' then g.ends_at else least(d.auth_since, g.ends_at) end at time zone 'UTC',
      'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since,
    d.auth <> 'notPermitted' and not undone.it and (d.auth = 'ok' or d.auth_since >= let_in.at) is true as "isOfLogin",
    extract(epoch from let_in.at)::text as "letInAt", undone.it as "isUndone"
  from datasources d
  left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
  left join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
  left join lateral (select coalesce(g.verified_at, g.created_at) as at) let_in on true
  cross join lateral (select d.auth <> 'ok' and coalesce(d.auth_reason ->> 'code', '') = 'disconnectUndone' as it) undone
  where (d.auth in ('expired', 'revoked', 'notPermitted') or (d.auth = 'ok' and g.ends_at <= now()))
    and d.disconnected_at is null and d.replaced_at is null and d.connected_at is not null
  order by account, d.id`;

const pausedByUs = (tx: Telling): Promise<Told[]> => tx.sql<Told[]>`
  select d.id, d.platform, coalesce(a.name, d.name) as account, d.grant_id as "grantId", '' as holder, null as "endsAt",
    null as "daysLeft", to_char(h.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as since
  from holds h join datasources d on d.organisation_id = h.organisation_id and d.id = h.datasource_id
  left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
  where h.scope = 'source' and h.reason = 'repeatedFailures' and h.released_at is null
    and d.disconnected_at is null and d.replaced_at is null
  order by d.id`;

/** A step may be met late, after an outage or with a login that was young already: the mail says the days that are left. */
async function tellEnding(tx: Telling, one: Told): Promise<number> {
  const left = one.daysLeft ?? Infinity;
  const step = DAYS.find((threshold) => left <= threshold);
  if (step === undefined) return 0;
  const { holder, endsAt } = one;
  const isNews = await raise(tx, one.id, "grantEnding", { holder, endsAt, days: step });
  // One login, one mail, however many datasources stand on it.
  if (isNews > 0)
    await mail(tx, {
      kind: "grantEnding",
      once: `grant ${one.grantId} ${endsAt} ${step}`,
      details: { ...(await aboutOf(tx, one)), holder, endsAt, days: Math.ceil(left) },
    });
  return isNews;
}

/** Told with the state itself, lost or back: nobody waits for the sweep, whose news are then none. */
export async function tellOfAccess(tx: Telling, datasourceIds: readonly string[]): Promise<void> {
  const lost = await lostAccess(tx);
  const own = lost.filter(({ id }) => datasourceIds.includes(id));
  const grants = new Set(own.map(({ grantId }) => grantId));
  const reached = lost.filter((one) => own.includes(one) || (one.grantId !== null && grants.has(one.grantId)));
  for (const group of byLogin(reached)) await tellLost(tx, group);
  await close(tx, "accessLost", lost, datasourceIds);
}

const byLogin = (lost: readonly Lost[]) =>
  Map.groupBy(lost, ({ id, grantId, isUndone }) => (isUndone ? id : (grantId ?? id))).values();

/** What stands on one grant. */
async function tellLost(tx: Telling, group: readonly Lost[]): Promise<number> {
  const news: Lost[] = [];
  for (const one of group) if ((await raise(tx, one.id, "accessLost", detailOf(one))) > 0) news.push(one);
  const [first] = news;
  const ofLogin = group.find(({ isOfLogin }) => isOfLogin);
  if (first === undefined) return 0;
  const once = ofLogin === undefined ? `lost ${first.id} ${first.since}` : `lost ${ofLogin.grantId} ${ofLogin.letInAt}`;
  const named = ofLogin === undefined ? news : await standingWith(tx, ofLogin);
  const one = first.isUndone ? "disconnectUndone" : "grantEnded";
  const people = await mailOf(tx, named, { kinds: { one, several: "loginEnded" }, once });
  await keepMailed(tx, "accessLost", { ids: news.map(({ id }) => id), once, people });
  return news.length;
}

const detailOf = ({ since, isUndone }: Lost) => ({ since, ...(isUndone ? { cause: "disconnectUndone" } : {}) });

/** What stands on the same grant is warned of its end no longer. */
export async function tellOfRenewal(tx: Telling, datasourceId: string): Promise<void> {
  const together = await tx.sql<{ id: string }[]>`
    select s.id from datasources d
    join datasources s on s.organisation_id = d.organisation_id and (s.id = d.id or s.grant_id = d.grant_id)
    where d.id = ${datasourceId}`;
  const ids = together.map(({ id }) => id);
  await close(tx, "grantEnding", await endingGrants(tx), ids);
}

/** With the hold itself. */
export async function tellOfPause(tx: Telling, datasourceId: string): Promise<void> {
  const own = (await pausedByUs(tx)).find(({ id }) => id === datasourceId);
  if (own !== undefined) await tellPaused(tx, own);
}

/** Nothing of ours holds it any more. */
export const closePause = (tx: Telling, datasourceId: string): Promise<number> =>
  close(tx, "pausedByPlatform", [], [datasourceId]);

async function tellPaused(tx: Telling, one: Told): Promise<number> {
  const isNews = await raise(tx, one.id, "pausedByPlatform", { since: one.since });
  if (isNews === 0) return 0;
  const once = `paused ${one.id} ${one.since}`;
  const people = await mail(tx, { kind: "pausedByUs", once, details: await aboutOf(tx, one) });
  await keepMailed(tx, "pausedByPlatform", { ids: [one.id], once, people });
  return isNews;
}

const standingWith = (tx: Telling, { grantId }: Lost): Promise<Named[]> => tx.sql<Named[]>`
  select d.id, d.platform, coalesce(a.name, d.name) as account
  from datasources d left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
  where d.grant_id = ${grantId} and d.disconnected_at is null and d.replaced_at is null and d.connected_at is not null
    and coalesce(d.auth_reason ->> 'code', '') <> 'disconnectUndone'
  order by account, d.id`;
