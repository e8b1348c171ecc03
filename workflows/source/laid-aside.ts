/**
 * A login of which nothing here is needed any more: the one before, whose place another person's consent has taken, or one that
 * was judged and is of no use. In the transaction that decides so, it becomes a grant on which nothing stands, with its own
 * credential: ended at the source at once where that can be, and else by the sweep of such grants, which tries again until it is.
 */
import {
  type CredentialId,
  credentialId,
  type GrantId,
  grantId,
  type OrganisationId,
  publicKeyOf,
  seal,
  VaultError,
} from "@headwater/db";
import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps, RevokeOutcome, WorkOptions } from "../load/contract.ts";
import { endGrant } from "./end-grant.ts";
import { openSealed } from "./open-sealed.ts";
import type { Standing } from "./standing.ts";

/** Sealed anew: what is sealed opens in the place alone that it was sealed for. */
export interface LaidAside {
  readonly id: GrantId;
  layAside(tx: TransactionSql): Promise<void>;
}

/** Null where there is none: the same person again, nothing that worked before. */
export function formerLoginOf(deps: LoadDeps, ref: DatasourceRef, standing: Standing): Promise<LaidAside | null> {
  const { grant } = standing;
  const which = { credential: grant?.credential_id, ends: "access_expires_at, ends_at", key: "login_key" };
  return laidAside(deps, ref, standing, { ...which, verb: "formerLoginEnded" });
}

/** Null where the candidate is of the login that stands. */
export function unusedLoginOf(deps: LoadDeps, ref: DatasourceRef, standing: Standing): Promise<LaidAside | null> {
  const ends = ["accessExpiresAt", "endsAt"].map((name) => `(holder->'candidate'->>'${name}')::timestamptz`).join(", ");
  const which = { credential: standing.grant?.candidate_credential_id, ends, key: "holder->'candidate'->>'loginKey'" };
  return laidAside(deps, ref, standing, { ...which, verb: "unusedLoginEnded" });
}

interface Which {
  readonly credential: CredentialId | null | undefined;
  /** Where the grant's row has them. */
  readonly ends: string;
  readonly key: string;
  /** What the timeline calls its end. */
  readonly verb: "formerLoginEnded" | "unusedLoginEnded";
}

/** Null also of a source where nothing can be ended. */
async function laidAside(
  deps: LoadDeps,
  { organisationId, datasourceId }: DatasourceRef,
  { platform, grant, grant_id: from, credentials }: Standing,
  which: Which,
): Promise<LaidAside | null> {
  const candidate = grant?.holder?.candidate?.loginKey;
  const sealed = credentials.find(({ id }) => id === which.credential);
  if (grant === null || from === null || sealed === undefined) return null;
  if (candidate === undefined || candidate === grant.login_key) return null;
  if (deps.connectorOf(platform)?.revoke === undefined) return null;
  const binding = { organisationId, grantId: grantId(randomUUID()), credentialId: credentialId(randomUUID()) };
  try {
    const fields = await openSealed(deps, { organisationId, grantId: from }, sealed);
    const anew = seal(publicKeyOf(deps.vaultPrivateKey), binding, fields);
    const left = { datasource: datasourceId, verb: which.verb };
    return { id: binding.grantId, layAside: (tx) => write(tx, { binding, anew, from, which, left }) };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    deps.log.warn("a login of no use cannot be opened, so it is left to its time", { platform });
    return null;
  }
}

interface Written {
  readonly binding: { organisationId: OrganisationId; grantId: GrantId; credentialId: CredentialId };
  readonly anew: ReturnType<typeof seal>;
  readonly from: GrantId;
  readonly which: Which;
  /** For the timeline of whoever left it. */
  readonly left: { readonly datasource: string; readonly verb: string };
}

async function write(tx: TransactionSql, { binding, anew, from, which, left }: Written): Promise<void> {
  const { organisationId, grantId: id, credentialId: credential } = binding;
  await tx.unsafe(
    `insert into grants (organisation_id, id, platform, login_key, scopes, version, credential_id, access_expires_at, ends_at, refreshed_at,
         verified_at, holder)
     select organisation_id, $3, platform, ${which.key}, scopes, 1, $4, ${which.ends}, refreshed_at, verified_at,
       jsonb_build_object('left', $5::jsonb)
     from grants where organisation_id = $1 and id = $2`,
    [organisationId, from, id, credential, left],
  );
  await tx.unsafe(
    `insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id, last_used_at)
     values ($1, $2, $3, 1, $4, $5, $6, now())`,
    [organisationId, credential, id, anew.sealed, anew.wrappedKey, anew.keyId],
  );
}

/** At once, where the source will hear of it now. */
export async function endLogin(
  deps: LoadDeps,
  { organisationId }: DatasourceRef,
  { id }: LaidAside,
  options: WorkOptions,
): Promise<RevokeOutcome> {
  const outcome = await endGrant(deps, { organisationId, grantId: id }, options);
  if (outcome.kind === "failed")
    deps.log.warn("a login of no use could not be ended yet", { grant: id, code: outcome.failure.code });
  return outcome;
}
