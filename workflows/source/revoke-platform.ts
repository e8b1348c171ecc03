/**
 * Every token of a platform ended, by an operator who must assume that they were stolen. First it is written down which
 * grants are meant, all in one transaction; from then on nothing of ours reads with them. Then each is revoked at its
 * source where that can be, and made unreadable here. Killed and begun again, it goes on with the same grants.
 */
import { grantId, organisationId } from "@headwater/db";
import type { OrganisationId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import { tellOfAccess } from "../activities/telling.ts";
import type { LoadDeps, RevokeOutcome } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";
import { eraseAll, revoke } from "./end-grant.ts";
import type { GrantRef } from "./grant-ref.ts";
import { readLooseGrant, type Standing } from "./standing.ts";

/** `failed`: neither revoked nor erased, for the next time. `erased`: unreadable here, and alive at the source. */
export type Ended = "revoked" | "notRevocable" | "erased" | "failed";

export interface RevocationOptions {
  /** Erases also what the source would not end now. */
  readonly eraseFailed: boolean;
  readonly signal: AbortSignal;
  readonly told?: (ended: Ended, grant: GrantRef) => void;
}

const OPERATOR = `{"kind":"system","name":"operator"}`;
const REASON = `{"code":"revokedByOperator","values":{}}`;
/** 10,000 take five minutes where each answer takes a second. */
export const AT_ONCE = 32;
const ONE_MS = 20_000;
/** A grant that is renewed while it is revoked is revoked again, with what came of that. */
const TRIES = 3;
/** So many in a row, and the source does not answer at all: the rest is left for later. */
const FAILURES_MOST = 100;

const STANDING = "ended_at is null and (credential_id is not null or candidate_credential_id is not null)";

/** What would be ended: for an operator to look at first. */
export async function countStanding(
  deps: Pick<LoadDeps, "sql">,
): Promise<{ platform: string; grants: number; organisations: number; ordered: number }[]> {
  return deps.sql.unsafe(
    `select platform, count(*)::int as grants, count(distinct organisation_id)::int as organisations,
       count(revoking_since)::int as ordered from grants where ${STANDING} group by platform order by platform`,
  );
}

/** Which grants are meant: all that stand now, or those of an order that is not carried out yet. Gives how many. */
export async function orderRevocation({ sql }: Pick<LoadDeps, "sql">, platform: string): Promise<number> {
  return sql.begin(async (tx) => {
    await tx.unsafe("select pg_advisory_xact_lock(hashtextextended('revoke ' || $1, 0))", [platform]);
    const open = (await ordered(tx, platform)).length;
    if (open > 0) return open;
    const organisations = await tx.unsafe<{ id: string }[]>(
      `select distinct organisation_id as id from grants where platform = $1 and ${STANDING} order by 1`,
      [platform],
    );
    let count = 0;
    for (const { id } of organisations) {
      await tx.unsafe("select set_config('app.tenant', $1, true)", [id]);
      const marked = await tx.unsafe(
        `update grants set revoking_since = now() where organisation_id = $1 and platform = $2 and ${STANDING}`,
        [id, platform],
      );
      count += marked.count;
    }
    return count;
  });
}

const ordered = (sql: Pick<TransactionSql, "unsafe">, platform: string) =>
  sql.unsafe<{ organisation: string; grant: string }[]>(
    `select organisation_id as organisation, id as grant from grants
     where platform = $1 and revoking_since is not null and ended_at is null order by organisation_id, id`,
    [platform],
  );

/** Carries the order out. Gives how many ended how; `failed` and what was not reached stay ordered. */
export async function carryOut(
  deps: LoadDeps,
  platform: string,
  options: RevocationOptions,
): Promise<Record<Ended, number>> {
  const grants = (await ordered(deps.sql, platform)).map((row): GrantRef => ({
    organisationId: organisationId(row.organisation),
    grantId: grantId(row.grant),
  }));
  await inLanes([...new Set(grants.map((one) => one.organisationId))], options.signal, (id) =>
    inOrganisation(deps.sql, { organisationId: id }, (tx) => stopReading(tx, id, platform)),
  );
  const counted: Record<Ended, number> = { revoked: 0, notRevocable: 0, erased: 0, failed: 0 };
  const silent = new AbortController();
  let inARow = 0;
  await inLanes(grants, AbortSignal.any([options.signal, silent.signal]), async (grant) => {
    const ended = await endOne(deps, grant, options);
    counted[ended] += 1;
    inARow = ended === "failed" ? inARow + 1 : 0;
    if (inARow >= FAILURES_MOST) silent.abort();
    options.told?.(ended, grant);
  });
  return counted;
}

async function inLanes<T>(list: readonly T[], signal: AbortSignal, work: (one: T) => Promise<unknown>): Promise<void> {
  const rest = list.values();
  const lane = async (): Promise<void> => {
    for (const one of rest) {
      if (signal.aborted) return;
      await work(one);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** Reauthorize, with a reason of its own; the fence of every run's transaction sees it, and the workflow is rung. */
async function stopReading(tx: TransactionSql, organisation: OrganisationId, platform: string): Promise<void> {
  const stopped = await tx.unsafe<{ id: string; was: string }[]>(
    `with meant as (
       select d.id, d.auth from datasources as d join grants as g on g.organisation_id = $1 and g.id = d.grant_id
       where d.organisation_id = $1 and g.platform = $2 and g.revoking_since is not null and g.ended_at is null
         and d.disconnected_at is null and d.auth <> 'none'
         and (d.auth <> 'revoked' or d.auth_reason->>'code' is distinct from 'revokedByOperator')
       order by d.id for no key update of d),
     stopped as (
       update datasources as d set auth = 'revoked', auth_reason = $3::text::jsonb, auth_since = now(), intent_version = d.intent_version + 1
       from meant where d.organisation_id = $1 and d.id = meant.id returning d.id, d.intent_version, meant.auth as was),
     rung as (insert into outbox (organisation_id, datasource_id, intent_version) select $1::uuid, id, intent_version from stopped)
     select id, was from stopped`,
    [organisation, platform, REASON],
  );
  await tx.unsafe(
    `select append_audit($1::text::jsonb, 'authChanged', 'datasource', s.id::text, s.id, jsonb_build_object('auth', s.was),
       jsonb_build_object('auth', 'revoked', 'code', 'revokedByOperator')), announce_change(s.id)
     from unnest($2::uuid[], $3::text[]) as s (id, was)`,
    [OPERATOR, stopped.map(({ id }) => id), stopped.map(({ was }) => was)],
  );
  const telling = { sql: tx, organisationId: organisation };
  await tellOfAccess(
    telling,
    stopped.map(({ id }) => id),
  );
}

async function endOne(deps: LoadDeps, grant: GrantRef, { signal, eraseFailed }: RevocationOptions): Promise<Ended> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const outcome = await revokeNow(deps, grant, AbortSignal.any([signal, AbortSignal.timeout(ONE_MS)]));
    if (outcome === null) return "revoked";
    const ended = outcome.kind === "failed" && eraseFailed ? "erased" : outcome.kind;
    if (ended === "failed") return ended;
    if (await inOrganisation(deps.sql, grant, (tx) => settle(tx, grant, outcome.version, ended))) return ended;
  }
  return "failed";
}

/** Null where there is nothing left to end. */
async function revokeNow(
  deps: LoadDeps,
  grant: GrantRef,
  signal: AbortSignal,
): Promise<{ kind: "revoked" | "notRevocable" | "failed"; version: number } | null> {
  const standing = await inOrganisation(deps.sql, grant, (tx) => readLooseGrant(tx, grant));
  if (standing?.grant == null) return null;
  const { version } = standing.grant;
  if (standing.credentials.length === 0) return { kind: "notRevocable", version };
  try {
    const options = { signal, heartbeat: () => undefined };
    const outcome = await revoke(deps, grant, standing, options);
    const beside = unjudged(standing);
    const besideToo = beside === null ? outcome : await revoke(deps, grant, beside, options);
    return { kind: kindOf(besideToo.kind === "failed" ? besideToo : outcome), version };
  } catch (error) {
    deps.log.warn("a grant was not revoked", { grant: grant.grantId, error: String(error) });
    return { kind: "failed", version };
  }
}

/** A sign-in with another login that nobody has judged yet, as if it stood alone. */
function unjudged(standing: Standing): Standing | null {
  const { grant } = standing;
  const key = grant?.holder?.candidate?.loginKey;
  if (grant === null || key === undefined || key === grant.login_key) return null;
  if (grant.credential_id === null || grant.candidate_credential_id === null) return null;
  return { ...standing, grant: { ...grant, login_key: key, credential_id: null } };
}

const kindOf = (outcome: RevokeOutcome): "revoked" | "notRevocable" | "failed" =>
  outcome.kind === "kept" ? "notRevocable" : outcome.kind;

/** Erased and written down, both or neither. False where it was renewed meanwhile: what came of that lives on. */
async function settle(
  tx: TransactionSql,
  { organisationId: organisation, grantId: id }: GrantRef,
  seen: number,
  ended: Ended,
): Promise<boolean> {
  const [grant] = await tx.unsafe<[{ version: number }?]>(
    `select version from grants where organisation_id = $1 and id = $2 and revoking_since is not null and ended_at is null for update`,
    [organisation, id],
  );
  if (grant === undefined) return true;
  if (grant.version !== seen) return false;
  await eraseAll(tx, organisation, id);
  await tx.unsafe(
    `select append_audit($3::text::jsonb, 'grantRevoked', 'grant', $2::text, d.id, null, jsonb_build_object('kind', $4::text))
     from (select 1) as once left join datasources as d
       on d.organisation_id = $1 and d.grant_id = $2::uuid and d.disconnected_at is null`,
    [organisation, id, OPERATOR, ended],
  );
  return true;
}
