/** Gives back what a connect attempt holds. The row's lock decides between this and a callback: the first commit wins. */
import type { TenantTransaction } from "@headwater/db";
import type { AtGeneration, Read } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { readIntent } from "./reading.ts";
import { loadRef } from "./refs.ts";
import { announce, audit, inTenantOf } from "./writing.ts";

export async function releaseAttempt(deps: WorkDeps, ref: AtGeneration): Promise<Read> {
  if (await hasUnchosenLogin(deps, ref)) await endLogin(deps, ref);
  return inTenantOf(deps, ref, async (tx) => {
    await release(tx, ref);
    return readIntent(tx, ref.datasourceId, deps.platformRules);
  });
}

/** A login of several accounts came back, and nobody chose one in time: what it was given is handed back. */
const hasUnchosenLogin = (deps: WorkDeps, ref: AtGeneration): Promise<boolean> =>
  inTenantOf(deps, ref, async (tx) => {
    const [found] = await tx.sql<{ id: string }[]>`
      select d.id from datasources d join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
      where d.id = ${ref.datasourceId} and d.generation = ${ref.generation} and d.phase = 'AUTHORIZING'
        and d.authorizing_until <= now() and g.candidate_credential_id is not null`;
    return found !== undefined;
  });

async function endLogin(deps: WorkDeps, ref: AtGeneration): Promise<void> {
  const options = { signal: AbortSignal.timeout(20_000), heartbeat: () => undefined };
  try {
    await deps.load.revokeGrant(deps.loadDeps, loadRef(ref), options);
  } catch (error) {
    deps.log.warn("revoke of an unused login failed", { datasourceId: ref.datasourceId, error: String(error) });
  }
  await deps.load.eraseCredential(deps.loadDeps, loadRef(ref));
}

async function release(tx: TenantTransaction, ref: AtGeneration): Promise<void> {
  const [attempt] = await tx.sql<{ platform: string; name: string; grantId: string | null }[]>`
    select d.platform, d.name, d.grant_id as "grantId" from datasources d
    where d.id = ${ref.datasourceId} and d.generation = ${ref.generation} and d.phase = 'AUTHORIZING'
      and d.authorizing_until <= now()
      and not exists (select 1 from grants g where g.organisation_id = d.organisation_id and g.id = d.grant_id
        and (g.credential_id is not null and d.account_id is not null))
      and (not exists (select 1 from grants g where g.organisation_id = d.organisation_id and g.id = d.grant_id
          and g.candidate_credential_id is not null)
        or exists (select 1 from account_candidates a where a.organisation_id = d.organisation_id
          and a.datasource_id = d.id))
      and not exists (select 1 from account_candidates a where a.organisation_id = d.organisation_id
        and a.datasource_id = d.id and a.state = 'chosen')
    for update of d`;
  if (attempt === undefined) return;
  await audit(tx, "attemptReleased", ref.datasourceId, { platform: attempt.platform, name: attempt.name }, null);
  await announce(tx, ref.datasourceId);
  await tx.sql`
    update commands set state = 'done', outcome = '{"code":"applied"}', settled_at = now()
    where datasource_id = ${ref.datasourceId} and state = 'accepted'`;
  await tx.sql`delete from slots where datasource_id = ${ref.datasourceId}`;
  await tx.sql`delete from account_candidates where datasource_id = ${ref.datasourceId}`;
  await tx.sql`delete from datasources where id = ${ref.datasourceId}`;
  if (attempt.grantId !== null)
    await tx.sql`
      delete from grants g where g.id = ${attempt.grantId} and g.credential_id is null
        and not exists (select 1 from datasources d where d.organisation_id = g.organisation_id and d.grant_id = g.id)`;
}
