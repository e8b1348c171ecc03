/**
 * One login, one grant. A person who connects a further account signs in anew, which makes a grant of its own; once its credential
 * is proven, and opens all that stands on the others of that login too, they stand on it with it: renewed once, told once.
 */
import type { GrantId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";
import { eraseAll } from "./end-grant.ts";
import type { Standing } from "./standing.ts";

interface Apart {
  readonly id: GrantId;
  readonly accounts: readonly string[];
}

/** The organisation's other grants of the login that the candidate is of, where it opens every account on them. */
export async function grantsOpened(
  deps: LoadDeps,
  ref: DatasourceRef,
  standing: Standing,
  opens: (account: string) => Promise<boolean>,
): Promise<readonly GrantId[]> {
  const opened: GrantId[] = [];
  for (const { id, accounts } of await grantsApart(deps, ref, standing))
    if (await everyOf(accounts, opens)) opened.push(id);
  return opened;
}

async function everyOf(accounts: readonly string[], opens: (account: string) => Promise<boolean>): Promise<boolean> {
  for (const account of accounts) if (!(await opens(account))) return false;
  return true;
}

/** Whoever has more is left as it is: a look at each would hold up the one that somebody waits for. */
const ACCOUNTS_MOST = 10;

/** One that waits for a choice, or to be judged itself, is not there yet; one that is to be ended at the source must be. */
const grantsApart = (deps: LoadDeps, ref: DatasourceRef, { platform, grant, grant_id: grantId }: Standing) =>
  inOrganisation(deps.sql, ref, (tx) =>
    tx.unsafe<Apart[]>(
      `select g.id, array_agg(coalesce(a.external_id, c.external_id)) as accounts
       from grants as g join datasources as d on d.organisation_id = $1 and d.grant_id = g.id and d.disconnected_at is null
       left join accounts as a on a.organisation_id = $1 and a.id = d.account_id
       left join account_candidates as c on c.organisation_id = $1 and c.datasource_id = d.id and c.state = 'chosen' and d.account_id is null
       where g.organisation_id = $1 and g.platform = $2 and g.login_key = $3 and g.id <> $4
         and g.ended_at is null and g.revoking_since is null and g.candidate_credential_id is null
       group by g.id having bool_and(coalesce(a.external_id, c.external_id) is not null) and count(*) <= $5`,
      [
        ref.organisationId,
        platform,
        grant?.holder?.candidate?.loginKey ?? grant?.login_key ?? "",
        grantId,
        ACCOUNTS_MOST,
      ],
    ),
  );

/** In the transaction that proves it, with their datasources locked. A consent that came to one of them meanwhile is judged where it came. */
export async function standTogether(
  tx: TransactionSql,
  { organisationId }: DatasourceRef,
  grantId: GrantId | null,
  others: readonly GrantId[],
): Promise<void> {
  if (others.length === 0) return;
  const still = await tx.unsafe<{ id: GrantId }[]>(
    `select id from grants where organisation_id = $1 and id = any($2::uuid[]) and ended_at is null and revoking_since is null
       and candidate_credential_id is null
     order by id for update`,
    [organisationId, [...others]],
  );
  await tx.unsafe(
    `with moved as (
       update datasources set grant_id = $2, intent_version = intent_version + 1
       where organisation_id = $1 and grant_id = any($3::uuid[])
       returning organisation_id, id, intent_version, disconnected_at)
     insert into outbox (organisation_id, datasource_id, intent_version)
     select organisation_id, id, intent_version from moved where disconnected_at is null`,
    [organisationId, grantId, still.map(({ id }) => id)],
  );
  for (const { id } of still) await eraseAll(tx, organisationId, id);
}
