/** The accounts that a login reaches, as rows for a person to choose from. Only a worker can open the credential, so only it can ask. */
import type { AccountFacts } from "@headwater/connectors/contract.ts";
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps, LoadPath, WorkOptions } from "../load/contract.ts";
import { summary } from "../load/failures.ts";
import { type OpenSource, openSource } from "./session.ts";
import { readStanding, type Standing } from "./standing.ts";
import { unfitCandidate } from "./unfit.ts";

/** By a person, or by the time that there was for it: listed once more they stay so. */
const DECIDED = "('chosen', 'lapsed')";

export async function listAccounts(
  deps: LoadDeps,
  ref: DatasourceRef,
  options: WorkOptions,
): ReturnType<LoadPath["listAccounts"]> {
  const standing = await readStanding(deps.sql, ref);
  if (standing === undefined) throw new Error("the datasource is not there");
  const candidate = standing.grant?.candidate_credential_id != null;
  let source: OpenSource | null = null;
  try {
    source = openSource(deps, ref, standing, { signal: options.signal, candidate });
    const accounts = await source.connector.account.list(source.session);
    await source.calls.writeWith(deps.sql, ref, async (tx) => {
      if (await isStillAsked(tx, ref, standing)) await offer(tx, ref, accounts);
    });
    return { kind: "listed", count: accounts.length };
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    const { failure } = error;
    const isOver = failure.class === "reauthorize" || (failure.class === "permission" && failure.curedBy === "grant");
    // Left standing it would read as still being looked at, though it has been found wanting.
    const isUnfit = candidate && isOver;
    const isDead = failure.class === "reauthorize";
    return {
      kind: "failed",
      failure: summary(failure),
      ...(isUnfit ? { unfit: await unfitCandidate(deps, ref, standing, { isDead }) } : {}),
    };
  } finally {
    await source?.calls.writeLeft(deps.sql, ref);
  }
}

/**
 * What a sign-in reaches is written only while no other has come home: it would pass for the other's. The datasource is
 * locked first, as by whoever keeps one.
 */
async function isStillAsked(tx: TransactionSql, ref: DatasourceRef, standing: Standing): Promise<boolean> {
  await tx.unsafe(`select 1 from datasources where organisation_id = $1 and id = $2 for share`, [
    ref.organisationId,
    ref.datasourceId,
  ]);
  const [same] = await tx.unsafe(
    `select 1 from datasources as d join grants as g on g.organisation_id = d.organisation_id and g.id = d.grant_id
     where d.organisation_id = $1 and d.id = $2 and g.id = $3 and g.candidate_credential_id is not distinct from $4`,
    [ref.organisationId, ref.datasourceId, standing.grant_id, standing.grant?.candidate_credential_id ?? null],
  );
  return same !== undefined;
}

async function offer(tx: TransactionSql, ref: DatasourceRef, accounts: readonly AccountFacts[]): Promise<void> {
  const rows = accounts.map((account) => ({
    external_id: account.externalId,
    name: account.name,
    currency: account.currency,
    zone: account.zone,
    state: account.state === "open" ? "available" : account.state,
    details: account.details,
  }));
  await tx.unsafe(
    `insert into account_candidates as c (organisation_id, datasource_id, external_id, name, currency, zone, state, details)
       select $1, $2, t.* from jsonb_to_recordset($3::jsonb) as t(external_id text, name text, currency char(3), zone text, state text, details jsonb)
     on conflict (organisation_id, datasource_id, external_id) do update set name = excluded.name, currency = excluded.currency,
       zone = excluded.zone, state = case when c.state in ${DECIDED} then c.state else excluded.state end,
       details = excluded.details, listed_at = now()`,
    [ref.organisationId, ref.datasourceId, rows],
  );
  // A sign-in before this one may have reached others.
  await tx.unsafe(
    `delete from account_candidates where organisation_id = $1 and datasource_id = $2 and external_id <> all($3::text[])
       and state not in ${DECIDED}`,
    [ref.organisationId, ref.datasourceId, accounts.map(({ externalId }) => externalId)],
  );
}
