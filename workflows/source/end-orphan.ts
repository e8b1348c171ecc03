/**
 * A consent that came home too late: a grant on which no datasource stands. What it was given is ended at the source,
 * unless another datasource of any organisation stands on the same login, and our copy is erased either way.
 */
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import type { DatasourceId, GrantId, OrganisationId } from "@headwater/db";
import { inOrganisation } from "../load/fence.ts";
import type { RevokeOutcome } from "../load/contract.ts";
import { summary } from "../load/failures.ts";
import type { SourceDeps } from "./contract.ts";
import { openSource } from "./session.ts";
import type { SealedVersion, Standing } from "./standing.ts";

export interface OrphanRef {
  readonly organisationId: OrganisationId;
  readonly grantId: GrantId;
}

interface Found {
  readonly platform: string;
  readonly grant: NonNullable<Standing["grant"]>;
  readonly credentials: SealedVersion[];
  readonly othersStandOnIt: boolean;
  readonly now: Date;
}

/** Null where a datasource stands on it after all, or it has ended already. What failed is kept for another try, an hour long. */
export async function endOrphan(deps: SourceDeps, ref: OrphanRef, signal: AbortSignal): Promise<RevokeOutcome | null> {
  const found = await read(deps, ref);
  if (found === undefined) return null;
  const outcome = await revoke(deps, ref, found, signal);
  const isOld = found.now.getTime() - Date.parse(found.grant.created_at) > MAY_FAIL_FOR_MS;
  if (outcome.kind !== "failed" || isOld) await erase(deps, ref);
  return outcome;
}

const MAY_FAIL_FOR_MS = 3_600_000;

async function revoke(deps: SourceDeps, ref: OrphanRef, found: Found, signal: AbortSignal): Promise<RevokeOutcome> {
  if (found.othersStandOnIt) return { kind: "kept", because: "othersStandOnIt" };
  if (found.credentials.length === 0) return { kind: "kept", because: "notRevocable" };
  try {
    const at = { organisationId: ref.organisationId, datasourceId: noDatasource, generation: 0 };
    const candidate = found.grant.credential_id === null;
    const source = openSource(deps, at, standingOn(ref, found), { signal, candidate });
    if (source.connector.revoke === undefined) return { kind: "kept", because: "notRevocable" };
    await source.connector.revoke(source.session);
    return { kind: "revoked" };
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    if (error.failure.class === "reauthorize" || error.failure.class === "gone") return { kind: "revoked" };
    return { kind: "failed", failure: summary(error.failure) };
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the nil id: no row has it, nothing is written under it
const noDatasource = "00000000-0000-0000-0000-000000000000" as DatasourceId;

const standingOn = ({ grantId }: OrphanRef, { platform, grant, credentials, now }: Found): Standing => ({
  generation: 0,
  intent_version: 0,
  is_disconnected: false,
  is_paused: false,
  is_held: false,
  auth: "none",
  platform,
  cadence_ms: "3600000",
  grant_id: grantId,
  account_id: null,
  grant,
  account: null,
  credentials,
  checkpoints: {},
  database_now: now,
});

const read = (deps: SourceDeps, ref: OrphanRef): Promise<Found | undefined> =>
  inOrganisation(deps.sql, ref, async (tx) => {
    const [found] = await tx.unsafe<[Found?]>(
      `select g.platform, to_jsonb(g) as grant, now() as now,
         coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'version', c.version, 'sealed', encode(c.sealed, 'base64'),
             'wrapped_key', encode(c.wrapped_key, 'base64'), 'key_id', c.key_id, 'is_used', c.last_used_at is not null))
           from credentials as c where c.organisation_id = g.organisation_id and c.grant_id = g.id and c.sealed is not null), '[]') as credentials
       from grants as g where g.organisation_id = $1 and g.id = $2 and g.ended_at is null
         and not exists (select 1 from datasources as d where d.organisation_id = g.organisation_id and d.grant_id = g.id)`,
      [ref.organisationId, ref.grantId],
    );
    return found;
  }).then(async (found) => found && { ...found, othersStandOnIt: await othersStandOn(deps, found) });

/** Of any organisation: read with no organisation set, where a worker sees grants and datasources of all. */
async function othersStandOn(deps: SourceDeps, { platform, grant }: Found): Promise<boolean> {
  const [row] = await deps.sql.unsafe<[{ others: boolean }]>(
    `select exists (select 1 from grants as g join datasources as d on d.organisation_id = g.organisation_id and d.grant_id = g.id
       where g.platform = $1 and g.login_key = $2 and g.ended_at is null and d.disconnected_at is null) as others`,
    [platform, grant.login_key],
  );
  return row.others;
}

const erase = (deps: SourceDeps, ref: OrphanRef): Promise<void> =>
  inOrganisation(deps.sql, ref, async (tx) => {
    await tx.unsafe(
      `update credentials set sealed = null, wrapped_key = null, erased_at = coalesce(erased_at, now())
       where organisation_id = $1 and grant_id = $2 and (sealed is not null or wrapped_key is not null)`,
      [ref.organisationId, ref.grantId],
    );
    await tx.unsafe(
      `update grants set ended_at = now(), credential_id = null, candidate_credential_id = null, version = version + 1,
         lease_owner = null, lease_until = null where organisation_id = $1 and id = $2 and ended_at is null`,
      [ref.organisationId, ref.grantId],
    );
  });
