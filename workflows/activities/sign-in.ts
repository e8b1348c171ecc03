/** An undone disconnect is connected again by whoever signs in since, and by nothing else. */
import type { TenantTransaction } from "@headwater/db";
import type { Facts } from "../lifecycle/facts.ts";
import type { AtSeq } from "./contract.ts";
import type { RowDeps } from "./deps.ts";
import { readIntent } from "./reading.ts";
import { settleCommands, writePhase } from "./writing.ts";

/**
 * Undone before its access was ended, the old credential would still open the source: that is no authorizing again, nor is a
 * look at another on the login. A sign-in there is, as is a login that came to be since.
 */
export async function lacksSignIn(tx: TenantTransaction, datasourceId: string, facts: Facts): Promise<boolean> {
  const { authReason, candidate, disconnectedAt } = facts;
  if (authReason?.code !== "disconnectUndone" || candidate || disconnectedAt !== null) return false;
  const signedIn = await tx.sql`
    select 1 from datasources d join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
    where d.id = ${datasourceId} and (g.created_at >= d.auth_since or exists (
      select 1 from datasources s join commands c on c.organisation_id = s.organisation_id and c.datasource_id = s.id
      where s.organisation_id = d.organisation_id and s.grant_id = d.grant_id
        and c.kind = 'reauthorized' and c.state <> 'refused' and c.created_at >= d.auth_since))`;
  return signedIn.length === 0;
}

/** What was consented to before went with the disconnect. Its rows are locked, and read anew: somebody may have signed in. */
export async function waitForSignIn(deps: RowDeps, tx: TenantTransaction, ref: AtSeq): Promise<void> {
  const intent = await readIntent(tx, ref.datasourceId, deps.platformRules);
  if (intent === null || !(await lacksSignIn(tx, ref.datasourceId, intent.facts))) return;
  await settleCommands(
    tx,
    ref.datasourceId,
    { kinds: ["reauthorized"] },
    { state: "refused", outcome: { code: "disconnected" } },
  );
  await tx.sql`update datasources set last_attempt_at = now() where id = ${ref.datasourceId}`;
  const { generation } = intent.facts;
  await writePhase(tx, { ...ref, generation, to: "REAUTHORIZE", reason: "credentialFailed" });
}
