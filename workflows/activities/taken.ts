/** An account is connected once within an organisation: who proves it second gives back what it holds, and is told. */
import type { TenantTransaction } from "@headwater/db";
import type { AtSeq, Read } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { loadRef } from "./refs.ts";
import { audit, writeAndRead, writePhase } from "./writing.ts";

/**
 * One that works comes before one that did, that before an attempt; among equals the older. In the transaction that lets it
 * work: whoever proves the same account beside it waits for that, and sees it.
 */
export async function isTaken(tx: TenantTransaction, datasourceId: string): Promise<boolean> {
  await tx.sql`
    select 1 from accounts where id = (select account_id from datasources where id = ${datasourceId}) for no key update`;
  const [taken] = await tx.sql`
    with alike as (
      select o.id, case o.auth when 'ok' then 2 when 'none' then 0 else 1 end as rank
      from datasources d join datasources o on o.organisation_id = d.organisation_id and o.account_id = d.account_id
      where d.id = ${datasourceId} and o.disconnected_at is null)
    select 1 from alike ours join alike theirs on theirs.id <> ours.id
    where ours.id = ${datasourceId} and (theirs.rank > ours.rank or (theirs.rank = ours.rank and theirs.id < ours.id))
    limit 1`;
  return taken !== undefined;
}

/** Back to an attempt whose time is over: the next step releases it. The other's grant stands on the same login, so nothing is revoked. */
export async function giveBack(deps: WorkDeps, ref: AtSeq): Promise<Read> {
  await deps.load.eraseCredential(deps.loadDeps, loadRef(ref));
  return writeAndRead(deps, ref, (tx) => write(tx, ref));
}

async function write(tx: TenantTransaction, ref: AtSeq): Promise<void> {
  if (!(await writePhase(tx, { ...ref, to: "AUTHORIZING", reason: "alreadyConnected" }))) return;
  // One that was replaced lets go of the account by itself: with nothing else on it, it can be connected soon.
  await tx.sql`
    update connect_attempts a set outcome = jsonb_build_object('kind', 'failed', 'problem', jsonb_build_object('code', (
      select case when bool_and(o.replaced_at is not null) then 'replaced' else 'alreadyConnected' end
      from datasources d join datasources o on o.organisation_id = d.organisation_id and o.account_id = d.account_id and o.id <> d.id
      where d.id = a.datasource_id and o.disconnected_at is null and o.auth <> 'none')))
    where datasource_id = ${ref.datasourceId} and purpose = 'connect'`;
  // Others may stand on the login already: then it is theirs, and this one lets go of it.
  await tx.sql`
    update datasources d set account_id = null, authorizing_until = now(), grant_id = case when exists (
        select 1 from datasources o where o.organisation_id = d.organisation_id and o.grant_id = d.grant_id and o.id <> d.id
          and o.disconnected_at is null) then null else d.grant_id end
    where id = ${ref.datasourceId}`;
  await tx.sql`
    update grants g set credential_id = null, candidate_credential_id = null
    from datasources d where d.id = ${ref.datasourceId} and g.organisation_id = d.organisation_id and g.id = d.grant_id`;
  await tx.sql`delete from account_candidates where datasource_id = ${ref.datasourceId}`;
  await audit(tx, ref.datasourceId, { verb: "accountTaken" });
}
