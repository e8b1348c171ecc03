/**
 * One token refresh at a time for a grant, across all workers. Who wins the lease calls the provider, outside of any
 * transaction and with a deadline inside the lease; everyone else looks at the row until it has moved. The old pair
 * stays until the new one has been used once, so a crash between issue and commit costs one more try, not the grant.
 */
import type { Tokens } from "@headwater/connectors/authorization.ts";
import { credentialId, type CredentialId, publicKeyOf, seal } from "@headwater/db";
import type { Sql } from "postgres";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { inOrganisation } from "../load/fence.ts";
import type { GrantRef } from "./grant-ref.ts";

export const LEASE_MS = 15_000;
/** The provider's answer must be here, and written, before anyone else may take the lease. */
const REFRESH_DEADLINE_MS = 11_000;
const POLL_MS = { least: 100, most: 500 };

export interface GrantState {
  version: number;
  credential_id: CredentialId | null;
  access_expires_at: Date | null;
}

/** Compare-and-set: nobody holds a lease that still runs, and nobody has refreshed since we read the version. */
async function takeLease(sql: Sql, grant: GrantRef, version: number, owner: string): Promise<boolean> {
  const rows = await inOrganisation(sql, grant, (tx) =>
    tx.unsafe(
      `update grants set lease_owner = $4, lease_until = now() + $5::int * interval '1 ms'
       where organisation_id = $1 and id = $2 and version = $3 and ended_at is null and (lease_until is null or lease_until < now())
       returning 1`,
      [grant.organisationId, grant.grantId, version, owner, LEASE_MS],
      { prepare: true },
    ),
  );
  return rows.length === 1;
}

async function releaseLease(sql: Sql, grant: GrantRef, owner: string): Promise<void> {
  await inOrganisation(sql, grant, (tx) =>
    tx.unsafe(
      `update grants set lease_owner = null, lease_until = null where organisation_id = $1 and id = $2 and lease_owner = $3`,
      [grant.organisationId, grant.grantId, owner],
      { prepare: true },
    ),
  );
}

export async function readGrant(sql: Sql, grant: GrantRef): Promise<(GrantState & { is_leased: boolean }) | undefined> {
  const [row] = await inOrganisation(sql, grant, (tx) =>
    tx.unsafe<[(GrantState & { is_leased: boolean })?]>(
      `select version, credential_id, access_expires_at, lease_until is not null and lease_until >= now() as is_leased
       from grants where organisation_id = $1 and id = $2 and ended_at is null`,
      [grant.organisationId, grant.grantId],
      { prepare: true },
    ),
  );
  return row;
}

export interface RefreshDeps {
  sql: Sql;
  vaultPrivateKey: string;
  workerId: string;
}

/**
 * Leaves the grant at a version above `seen`, by us or by somebody else. Throws what the provider's refusal was, when
 * it was ours to call and nobody has moved the grant meanwhile.
 */
export async function refreshOnce(
  deps: RefreshDeps,
  { grant, seen }: Pick<Turn, "grant" | "seen">,
  call: (signal: AbortSignal) => Promise<Tokens>,
  signal: AbortSignal,
): Promise<GrantState> {
  const owner = `${deps.workerId}:${randomUUID()}`;
  for (;;) {
    signal.throwIfAborted();
    const state = await readGrant(deps.sql, grant);
    if (state === undefined) throw new Error("the grant has ended");
    if (state.version > seen) return state;
    if (!state.is_leased && (await takeLease(deps.sql, grant, seen, owner))) {
      return callAndKeep({ deps, grant, seen, owner }, call, signal);
    }
    await sleep(POLL_MS.least + Math.random() * (POLL_MS.most - POLL_MS.least), undefined, { signal });
  }
}

/** Whose turn it is: the lease on the grant at the version that was seen. */
interface Turn {
  readonly deps: RefreshDeps;
  readonly grant: GrantRef;
  readonly seen: number;
  readonly owner: string;
}

async function callAndKeep(
  turn: Turn,
  call: (signal: AbortSignal) => Promise<Tokens>,
  signal: AbortSignal,
): Promise<GrantState> {
  const { deps, grant, seen, owner } = turn;
  let tokens: Tokens;
  try {
    tokens = await call(AbortSignal.any([signal, AbortSignal.timeout(REFRESH_DEADLINE_MS)]));
  } catch (error) {
    // A refusal may mean that another worker's pair has replaced ours: then the newer pair is the answer.
    const state = await readGrant(deps.sql, grant);
    if (state !== undefined && state.version > seen) return state;
    await releaseLease(deps.sql, grant, owner);
    throw error;
  }
  return keep(turn, tokens);
}

async function keep({ deps, grant, seen, owner }: Turn, tokens: Tokens): Promise<GrantState> {
  const id = credentialId(randomUUID());
  const binding = { organisationId: grant.organisationId, grantId: grant.grantId, credentialId: id };
  const sealed = seal(publicKeyOf(deps.vaultPrivateKey), binding, tokens.credential);
  const [row] = await inOrganisation(deps.sql, grant, async (tx) => {
    await tx.unsafe(
      `insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [grant.organisationId, id, grant.grantId, seen + 1, sealed.sealed, sealed.wrappedKey, sealed.keyId],
      { prepare: true },
    );
    const moved = await tx.unsafe<[GrantState?]>(
      `update grants set version = version + 1, credential_id = $4, access_expires_at = $5, ends_at = coalesce($6, ends_at),
         refreshed_at = now(), lease_owner = null, lease_until = null
       where organisation_id = $1 and id = $2 and version = $3 and lease_owner = $7 and ended_at is null
       returning version, credential_id, access_expires_at`,
      [grant.organisationId, grant.grantId, seen, id, tokens.accessExpiresAt, tokens.endsAt, owner],
      { prepare: true },
    );
    if (moved.length === 0) throw new Error("the lease on the grant was lost while the provider answered");
    return moved;
  });
  if (row === undefined) throw new Error("the grant did not move");
  return row;
}

/** The new pair has worked: the older ones, kept for a lost answer, are made unreadable. */
export async function noteFirstUse(sql: Sql, grant: GrantRef, used: CredentialId): Promise<void> {
  await inOrganisation(sql, grant, (tx) =>
    tx.unsafe(
      `with used as (update credentials set last_used_at = now() where organisation_id = $1 and id = $3 returning version)
       update credentials as c set sealed = null, wrapped_key = null, erased_at = now() from used
       where c.organisation_id = $1 and c.grant_id = $2 and c.version < used.version and c.sealed is not null
         and not exists (select 1 from grants as g where g.organisation_id = $1 and g.id = $2 and g.candidate_credential_id = c.id)`,
      [grant.organisationId, grant.grantId, used],
      { prepare: true },
    ),
  );
}
