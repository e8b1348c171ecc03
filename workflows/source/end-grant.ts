/** The end of a grant: revoked at the source when nothing else stands on the login, unreadable here when nothing of ours does. */
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import type { DatasourceRef, LoadDeps, RevokeOutcome, WorkOptions } from "../load/contract.ts";
import { summary } from "../load/failures.ts";
import { inOrganisation } from "../load/fence.ts";
import { openSource } from "./session.ts";
import { readLooseGrant, type Standing } from "./standing.ts";
import type { GrantId, OrganisationId } from "@headwater/db";
import type { TransactionSql } from "postgres";

/** With all that the login is held by: that one credential is dead at the source says nothing of the other. */
export async function revoke(
  deps: LoadDeps,
  ref: Pick<DatasourceRef, "organisationId">,
  standing: Standing,
  options: WorkOptions,
): Promise<RevokeOutcome> {
  const { grant } = standing;
  if (grant?.credential_id != null && grant.candidate_credential_id !== null && !isOfAnotherLogin(grant)) {
    const renewed = { ...standing, grant: { ...grant, credential_id: null } };
    const outcome = await revokeOne(deps, ref, renewed, options);
    if (outcome.kind === "failed") return outcome;
  }
  return revokeOne(deps, ref, standing, options);
}

/** Whether the sign-in that nobody has judged yet is another login's than the grant's. */
export const isOfAnotherLogin = ({ holder, login_key: key }: NonNullable<Standing["grant"]>): boolean =>
  (holder?.candidate?.loginKey ?? key) !== key;

async function revokeOne(
  deps: LoadDeps,
  ref: Pick<DatasourceRef, "organisationId">,
  standing: Standing,
  options: WorkOptions,
): Promise<RevokeOutcome> {
  try {
    const isCandidate = standing.grant?.credential_id == null;
    const source = openSource(deps, ref, standing, { signal: options.signal, candidate: isCandidate });
    if (source.connector.revoke === undefined) return { kind: "kept", because: "notRevocable" };
    await source.connector.revoke(source.session);
    return { kind: "revoked" };
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    // A login that the source does not know any more is a login that has ended.
    if (error.failure.class === "reauthorize" || error.failure.class === "gone") return { kind: "revoked" };
    return { kind: "failed", failure: summary(error.failure) };
  }
}

/** Whoever else stands on the login. */
export const othersStandOn = (deps: LoadDeps, { platform, grant }: Standing, but: string | null): Promise<boolean> =>
  isStoodOn(deps, { platform, loginKey: grant?.login_key ?? "" }, but);

/** By a datasource of any organisation: read with no organisation set, where a worker sees grants and datasources of all. */
async function isStoodOn(
  deps: LoadDeps,
  { platform, loginKey }: { platform: string; loginKey: string },
  but: string | null,
): Promise<boolean> {
  const [row] = await deps.sql.unsafe<[{ others: boolean }]>(
    `select exists (select 1 from grants as g join datasources as d on d.organisation_id = g.organisation_id and d.grant_id = g.id
       where g.platform = $1 and g.login_key = $2 and g.ended_at is null and ($3::uuid is null or d.id <> $3) and d.disconnected_at is null) as others`,
    [platform, loginKey, but],
    { prepare: true },
  );
  return row.others;
}

/** Of this generation alone: what was undone meanwhile, and perhaps authorized again, is no longer ours to erase. */
export async function eraseCredential(deps: LoadDeps, ref: DatasourceRef): Promise<{ kind: "erased" | "kept" }> {
  return inOrganisation(deps.sql, ref, async (tx) => {
    const [standing] = await tx.unsafe<[{ grant_id: GrantId | null }?]>(
      `select grant_id from datasources where organisation_id = $1 and id = $2 and generation = $3 for share`,
      [ref.organisationId, ref.datasourceId, ref.generation],
    );
    const grantId = standing?.grant_id ?? null;
    if (grantId === null) return { kind: "erased" as const };
    // What is asked from here on is asked of what is held: whoever came while this waited is seen.
    await tx.unsafe(`select 1 from grants where organisation_id = $1 and id = $2 for update`, [
      ref.organisationId,
      grantId,
    ]);
    const [other] = await tx.unsafe(
      `select 1 from datasources where organisation_id = $1 and grant_id = $2 and id <> $3 and disconnected_at is null limit 1`,
      [ref.organisationId, grantId, ref.datasourceId],
    );
    if (other !== undefined) return { kind: "kept" as const };
    await eraseAll(tx, ref.organisationId, grantId);
    return { kind: "erased" as const };
  });
}

/** Every version of the grant's credential, and the grant with it. */
export async function eraseAll(tx: TransactionSql, organisationId: OrganisationId, grantId: string): Promise<void> {
  await tx.unsafe(
    `update credentials set sealed = null, wrapped_key = null, erased_at = coalesce(erased_at, now())
       where organisation_id = $1 and grant_id = $2 and (sealed is not null or wrapped_key is not null)`,
    [organisationId, grantId],
  );
  await tx.unsafe(
    `update grants set ended_at = coalesce(ended_at, now()), credential_id = null, candidate_credential_id = null,
         version = version + 1, lease_owner = null, lease_until = null, revoking_since = null
       where organisation_id = $1 and id = $2 and (ended_at is null or candidate_credential_id is not null)`,
    [organisationId, grantId],
  );
}

/** Tried for so long, what a source will not end now is unreadable here all the same. */
const GIVEN_UP_AFTER_MS = 86_400_000;

/**
 * A grant that nobody stands on, such as a late callback or another person's consent leaves: revoked where no other stands on its
 * login, erased in any case.
 */
export async function endGrant(
  deps: LoadDeps,
  grant: { organisationId: OrganisationId; grantId: GrantId },
  options: WorkOptions,
): Promise<RevokeOutcome> {
  const standing = await inOrganisation(deps.sql, grant, async (tx) => {
    const [row] = await tx.unsafe<[{ is_loose: boolean }]>(
      `select not exists (select 1 from datasources where organisation_id = $1 and grant_id = $2 and disconnected_at is null) as is_loose`,
      [grant.organisationId, grant.grantId],
    );
    return row.is_loose ? readLooseGrant(tx, grant) : undefined;
  });
  if (standing === undefined) return { kind: "kept", because: "othersStandOnIt" };
  const outcome: RevokeOutcome =
    standing.credentials.length === 0
      ? { kind: "kept", because: "notRevocable" }
      : (await othersStandOn(deps, standing, null))
        ? { kind: "kept", because: "othersStandOnIt" }
        : await revoke(deps, grant, standing, options);
  const ageMs = standing.database_now.getTime() - Date.parse(standing.grant?.created_at ?? "");
  // Not ended there yet: the credential is kept for the next try.
  if (outcome.kind !== "failed" || ageMs > GIVEN_UP_AFTER_MS)
    await inOrganisation(deps.sql, grant, (tx) => eraseAll(tx, grant.organisationId, grant.grantId));
  return outcome;
}
