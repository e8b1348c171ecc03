/**
 * Everything a run must know before its first call, in one statement: datasource with fence, grant, account, sealed
 * credentials, checkpoints. An hourly run with nothing new is mostly this.
 */
import type { Cursor } from "@headwater/connectors/contract.ts";
import type { AccountId, CredentialId, GrantId, OrganisationId } from "@headwater/db";
import { type FenceRow, fenceColumns } from "../load/fence.ts";
import type { Sql, TransactionSql } from "postgres";
import type { DatasourceRef } from "../load/contract.ts";
import type { SealedRow } from "./open-sealed.ts";

export interface SealedVersion extends SealedRow {
  version: number;
  is_used: boolean;
}

/** A window that was not read to its end, and the connector's own place in it, as it was given to us. */
export type HalfRead = {
  from: string | null;
  to: string;
  cursor: Cursor | null;
  /** The run that opened it, and the commands that it was to answer: whoever asked later wants more than `to`. */
  run?: string;
  askedBy?: readonly string[];
};

export interface Checkpoint {
  cursor: HalfRead | null;
  through: string | null;
}

export interface Standing extends FenceRow {
  platform: string;
  cadence_ms: string;
  grant_id: GrantId | null;
  account_id: AccountId | null;
  /** Percent of what the source allows; null for all of it. */
  quota_ceiling: number | null;
  /** What a person chose behind a login of several accounts, while it has not been seen yet. */
  chosen: string | null;
  grant: {
    login_key: string;
    holder: { login?: Record<string, string>; candidate?: { loginKey?: string } } | null;
    scopes: string[];
    version: number;
    credential_id: CredentialId | null;
    candidate_credential_id: CredentialId | null;
    access_expires_at: string | null;
    refreshed_at: string | null;
    created_at: string;
    /** When the source last showed an account to it. */
    verified_at: string | null;
  } | null;
  account: {
    external_id: string;
    name: string;
    domain: string | null;
    currency: string | null;
    zone: string | null;
    details: Record<string, string | number | boolean | null>;
  } | null;
  credentials: SealedVersion[];
  checkpoints: Record<string, Checkpoint>;
  /** The database's clock beside ours, for leases. */
  database_now: Date;
}

/**
 * The setting must be made before any protected table is looked at: the lateral join cannot begin without its row, and
 * the sub-selects run per row of the join. Were it otherwise the answer would be no rows, never somebody else's.
 */
const standingText = `
  select ${fenceColumns}, d.platform, d.cadence_ms::text, d.grant_id, d.account_id, d.quota_ceiling, now() as database_now,
    (select to_jsonb(g) from grants as g where g.organisation_id = d.organisation_id and g.id = d.grant_id) as grant,
    (select c.external_id from account_candidates as c where c.organisation_id = d.organisation_id and c.datasource_id = d.id
      and c.state = 'chosen' limit 1) as chosen,
    (select to_jsonb(a) from accounts as a where a.organisation_id = d.organisation_id and a.id = d.account_id) as account,
    coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'version', c.version, 'sealed', encode(c.sealed, 'base64'),
        'wrapped_key', encode(c.wrapped_key, 'base64'), 'key_id', c.key_id, 'is_used', c.last_used_at is not null))
      from credentials as c where c.organisation_id = d.organisation_id and c.grant_id = d.grant_id and c.sealed is not null), '[]') as credentials,
    coalesce((select jsonb_object_agg(p.stream, jsonb_build_object('cursor', p.cursor, 'through', p.through))
      from checkpoints as p where p.organisation_id = d.organisation_id and p.datasource_id = d.id), '{}') as checkpoints
  from (select set_config('app.tenant', $1, true) as id offset 0) as tenant,
    lateral (select * from datasources where organisation_id = tenant.id::uuid and id = $2 offset 0) as d`;

export async function readStanding(
  sql: Sql,
  ref: Pick<DatasourceRef, "datasourceId"> & { organisationId: OrganisationId },
): Promise<Standing | undefined> {
  const [row] = await sql.unsafe<[Standing?]>(standingText, [ref.organisationId, ref.datasourceId], { prepare: true });
  return row;
}

const grantText = `
  select 0 as generation, 0 as intent_version, false as is_disconnected, false as is_paused, false as is_held, 'none' as auth,
    g.platform, '3600000' as cadence_ms, g.id as grant_id, null::uuid as account_id, null::smallint as quota_ceiling, now() as database_now, to_jsonb(g) as grant,
    null::jsonb as account, null::text as chosen, '{}'::jsonb as checkpoints,
    coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'version', c.version, 'sealed', encode(c.sealed, 'base64'),
        'wrapped_key', encode(c.wrapped_key, 'base64'), 'key_id', c.key_id, 'is_used', c.last_used_at is not null))
      from credentials as c where c.organisation_id = g.organisation_id and c.grant_id = g.id and c.sealed is not null), '[]') as credentials
  from grants as g where g.organisation_id = $1 and g.id = $2`;

/** A grant on which no datasource stands: a callback that came too late left it. Inside a transaction of its organisation. */
export async function readLooseGrant(
  tx: TransactionSql,
  grant: { organisationId: OrganisationId; grantId: GrantId },
): Promise<Standing | undefined> {
  const [row] = await tx.unsafe<[Standing?]>(grantText, [grant.organisationId, grant.grantId], { prepare: true });
  return row;
}
