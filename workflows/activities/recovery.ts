/**
 * Whoever a mail told of trouble is told once that it is over: when a sync has come through since, and nothing of it has failed
 * again for a quarter of an hour. What fails again within it is told as failing, and all of it is over in one mail.
 */
import type { TenantTransaction } from "@headwater/db";
import { mailOf } from "./mailing.ts";
import type { Named } from "./mailing.ts";

interface Mailed extends Named {
  readonly notice: string;
  readonly mailedAs: string;
  readonly mailedTo: readonly string[];
  /** It has been over for long enough. */
  readonly isCalm: boolean;
  readonly hasWorked: boolean;
  readonly isGone: boolean;
}

const mailedOf = (tx: TenantTransaction): Promise<Mailed[]> => tx.sql<Mailed[]>`
  select n.id as notice, n.mailed_as as "mailedAs", n.mailed_to as "mailedTo", d.id, d.platform,
    coalesce(a.name, d.name) as account, d.disconnected_at is not null as "isGone",
    coalesce(n.resolved_at <= now() - interval '15 minutes', false) as "isCalm",
    coalesce(d.last_success_at >= n.resolved_at, false) or exists (select 1 from slices s
      where s.organisation_id = d.organisation_id and s.datasource_id = d.id and s.state = 'done'
        and s.finished_at >= n.resolved_at) as "hasWorked"
  from notices n
  join datasources d on d.organisation_id = n.organisation_id and d.id = n.datasource_id
  left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
  where n.organisation_id = ${tx.organisationId} and n.mailed_as is not null
  order by account, d.id, n.since`;

export async function tellRecovered(tx: TenantTransaction): Promise<number> {
  const mailed = await mailedOf(tx);
  const told = new Set<string>();
  let acted = 0;
  for (const [mailedAs, group] of Map.groupBy(mailed, (one) => one.mailedAs)) {
    const reached = new Set(group.map(({ id }) => id));
    const all = mailed.filter(({ id, notice }) => reached.has(id) && !told.has(notice));
    const standing = all.filter(({ isGone }) => !isGone);
    if (!standing.every(({ isCalm }) => isCalm)) continue;
    if (standing.length > 0 && !standing.some(({ hasWorked }) => hasWorked)) continue;
    const named = [...new Map(standing.map((one) => [one.id, one])).values()];
    const people = [...new Set(standing.flatMap(({ mailedTo }) => mailedTo))];
    const kinds = { one: "recovered", several: "loginRecovered" };
    await mailOf(tx, named, { kinds, once: `recovered ${mailedAs}`, people });
    const notices = all.map(({ notice }) => notice);
    await tx.sql`update notices set mailed_as = null, mailed_to = null where id = any(${notices}::uuid[])`;
    for (const notice of notices) told.add(notice);
    acted += named.length;
  }
  return acted;
}
