/** Gives back what a connect attempt holds. The row's lock decides between this and a callback: the first commit wins. */
import type { TenantTransaction } from "@headwater/db";
import type { AtGeneration, Read } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { goOnWhereRoom } from "./plans.ts";
import { loadRef } from "./refs.ts";
import { giveUpReplacement } from "./replacing.ts";
import { announce, audit, inTenantOf, writeAndRead } from "./writing.ts";

export async function releaseAttempt(deps: WorkDeps, ref: AtGeneration): Promise<Read> {
  if (await inTenantOf(deps, ref, (tx) => letChoiceLapse(tx, ref))) await endLogin(deps, ref);
  const read = await writeAndRead(deps, ref, (tx) => release(tx, ref));
  await goOnWhereRoom(deps, ref);
  return read;
}

interface Attempt {
  readonly platform: string;
  readonly name: string;
  readonly grantId: string | null;
}

/** Locked in a statement of its own: what is looked at next then sees whatever committed while it waited for the lock. */
async function lockLate(tx: TenantTransaction, ref: AtGeneration): Promise<Attempt | null> {
  const [attempt] = await tx.sql<Attempt[]>`
    select platform, name, grant_id as "grantId" from datasources
    where id = ${ref.datasourceId} and generation = ${ref.generation} and phase = 'AUTHORIZING'
      and authorizing_until <= now()
    for update`;
  return attempt ?? null;
}

/**
 * A login of several accounts came back, and nobody chose one in time: from here on nobody can, and what it was given is
 * handed back before the row goes.
 */
async function letChoiceLapse(tx: TenantTransaction, ref: AtGeneration): Promise<boolean> {
  if ((await lockLate(tx, ref)) === null) return false;
  const lapsed = await tx.sql`
    update account_candidates set state = 'lapsed'
    where datasource_id = ${ref.datasourceId} and not exists (select 1 from account_candidates chosen
      where chosen.datasource_id = ${ref.datasourceId} and chosen.state = 'chosen')`;
  return lapsed.count > 0;
}

async function endLogin(deps: WorkDeps, ref: AtGeneration): Promise<void> {
  const options = { signal: AbortSignal.timeout(20_000), heartbeat: () => undefined };
  try {
    await deps.load.revokeGrant(deps.loadDeps, loadRef(ref), options);
  } catch (error) {
    deps.log.warn("revoke of an unused login failed", { datasourceId: ref.datasourceId, error: String(error) });
  }
  await deps.load.eraseCredential(deps.loadDeps, loadRef(ref));
}

/** A credential that came in time is for VERIFYING to judge; one that waits for a choice has lapsed above. */
async function isWanted(tx: TenantTransaction, { grantId }: Attempt, datasourceId: string): Promise<boolean> {
  const [found] = await tx.sql`
    select 1 from grants g where g.id = ${grantId}
      and (g.candidate_credential_id is not null or g.credential_id is not null)
      and not exists (select 1 from account_candidates a where a.datasource_id = ${datasourceId} and a.state = 'lapsed')`;
  return found !== undefined;
}

async function release(tx: TenantTransaction, ref: AtGeneration): Promise<void> {
  const attempt = await lockLate(tx, ref);
  if (attempt === null || (await isWanted(tx, attempt, ref.datasourceId))) return;
  await audit(tx, ref.datasourceId, {
    verb: "attemptReleased",
    before: { platform: attempt.platform, name: attempt.name },
  });
  await announce(tx, ref.datasourceId);
  await tx.sql`
    update commands set state = 'done', outcome = '{"code":"applied"}', settled_at = now()
    where datasource_id = ${ref.datasourceId} and state = 'accepted'`;
  await giveUpReplacement(tx, ref.datasourceId);
  await tx.sql`delete from slots where datasource_id = ${ref.datasourceId}`;
  await tx.sql`delete from account_candidates where datasource_id = ${ref.datasourceId}`;
  await tx.sql`delete from datasources where id = ${ref.datasourceId}`;
  if (attempt.grantId !== null)
    await tx.sql`
      delete from grants g where g.id = ${attempt.grantId} and not exists (select 1 from datasources d
        where d.organisation_id = g.organisation_id and d.grant_id = g.id)`;
}
