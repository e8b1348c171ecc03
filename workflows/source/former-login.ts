/**
 * Another person's consent has taken the place of the one before. In the same transaction that login, with its own credential,
 * becomes a grant on which nothing stands: it is ended at the source at once where that can be, and else by the sweep of
 * such grants, which tries again until it is.
 */
import { credentialId, type GrantId, grantId, publicKeyOf, seal, VaultError } from "@headwater/db";
import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps, RevokeOutcome, WorkOptions } from "../load/contract.ts";
import { endGrant } from "./end-grant.ts";
import { openSealed } from "./open-sealed.ts";
import type { Standing } from "./standing.ts";

type Of = Pick<DatasourceRef, "organisationId">;

/** The login before, sealed anew: what is sealed opens in the place alone that it was sealed for. */
export interface FormerLogin {
  readonly id: GrantId;
  layAside(tx: TransactionSql): Promise<void>;
}

/** Null where there is none: the same person again, nothing that worked before, a source where nothing can be ended. */
export async function formerLoginOf(deps: LoadDeps, ref: Of, before: Standing): Promise<FormerLogin | null> {
  const { platform, grant, grant_id: from, credentials } = before;
  const candidate = grant?.holder?.candidate?.loginKey;
  const sealed = credentials.find(({ id }) => id === grant?.credential_id);
  if (grant === null || from === null || sealed === undefined) return null;
  if (candidate === undefined || candidate === grant.login_key) return null;
  if (deps.connectorOf(platform)?.revoke === undefined) return null;
  const { organisationId } = ref;
  const binding = { organisationId, grantId: grantId(randomUUID()), credentialId: credentialId(randomUUID()) };
  try {
    const fields = await openSealed(deps, { organisationId, grantId: from }, sealed);
    const anew = seal(publicKeyOf(deps.vaultPrivateKey), binding, fields);
    return { id: binding.grantId, layAside: (tx) => write(tx, binding, anew, from) };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    deps.log.warn("a former login cannot be opened, so it is left to its time", { platform });
    return null;
  }
}

type Binding = Parameters<typeof seal>[1];

async function write(
  tx: TransactionSql,
  { organisationId, grantId: id, credentialId: credential }: Binding,
  { sealed, wrappedKey, keyId }: ReturnType<typeof seal>,
  from: GrantId,
): Promise<void> {
  await tx.unsafe(
    `insert into grants (organisation_id, id, platform, login_key, scopes, version, credential_id, access_expires_at, ends_at, refreshed_at, verified_at)
     select organisation_id, $3, platform, login_key, scopes, 1, $4, access_expires_at, ends_at, refreshed_at, verified_at
     from grants where organisation_id = $1 and id = $2`,
    [organisationId, from, id, credential],
  );
  await tx.unsafe(
    `insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id, last_used_at)
     values ($1, $2, $3, 1, $4, $5, $6, now())`,
    [organisationId, credential, id, sealed, wrappedKey, keyId],
  );
}

/** At once, where the source will hear of it now. */
export async function endFormerLogin(
  deps: LoadDeps,
  { organisationId }: Of,
  { id }: FormerLogin,
  options: WorkOptions,
): Promise<RevokeOutcome> {
  const outcome = await endGrant(deps, { organisationId, grantId: id }, options);
  if (outcome.kind === "failed")
    deps.log.warn("a former login could not be ended yet", { grant: id, code: outcome.failure.code });
  return outcome;
}
