/** What a disconnect ends at the source: the login that stands, and one whose consent nobody has judged yet. */
import type { DatasourceRef, LoadDeps, RevokeOutcome, WorkOptions } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";
import { isOfAnotherLogin, othersStandOn, revoke } from "./end-grant.ts";
import { readStanding, type Standing } from "./standing.ts";
import { unfitCandidate } from "./unfit.ts";

export async function revokeGrant(deps: LoadDeps, ref: DatasourceRef, options: WorkOptions): Promise<RevokeOutcome> {
  const standing = await readStanding(deps.sql, ref);
  if (standing === undefined || standing.grant === null || standing.credentials.length === 0) {
    return { kind: "kept", because: "notRevocable" };
  }
  await endCandidate(deps, ref, standing, options);
  if (await othersStandOn(deps, standing, ref.datasourceId)) return { kind: "kept", because: "othersStandOnIt" };
  return revoke(deps, ref, standing, options);
}

/** Of another login it has an end of its own, and else the grant's; beside others on the grant it waits for their verdict. */
async function endCandidate(
  deps: LoadDeps,
  ref: DatasourceRef,
  standing: Standing,
  options: WorkOptions,
): Promise<void> {
  const { grant, grant_id: grantId } = standing;
  if (grant?.credential_id == null || grant.candidate_credential_id == null || !isOfAnotherLogin(grant)) return;
  const [row] = await inOrganisation(deps.sql, ref, (tx) =>
    tx.unsafe<[{ shared: boolean }]>(
      `select exists (select 1 from datasources where organisation_id = $1 and grant_id = $2 and id <> $3 and disconnected_at is null) as shared`,
      [ref.organisationId, grantId, ref.datasourceId],
    ),
  );
  if (row.shared) return;
  const unfit = await unfitCandidate(deps, ref, standing, { isDead: false });
  await inOrganisation(deps.sql, ref, (tx) => unfit.drop(tx));
  await unfit.endLogin?.(options);
}
