/** A native datasource is its own account: there is nobody outside to ask. Days are the brand's, and so is the currency. */
import { dayAfter, dayCutter } from "../load/days.ts";
import type { DatasourceRef, LoadDeps, VerifyOutcome } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";

const keepText = `
  with brand as (
    select d.id, d.platform, d.name, o.currency, o.zone from datasources as d join organisations as o on o.id = d.organisation_id
    where d.organisation_id = $1 and d.id = $2),
  kept as (
    insert into accounts (organisation_id, platform, external_id, name, currency, zone)
      select $1, platform, id::text, name, currency, zone from brand
    on conflict (organisation_id, platform, external_id) do update set name = excluded.name, currency = excluded.currency, zone = excluded.zone
    returning id, name, currency::text as currency, zone),
  stood as (
    update datasources as d set account_id = kept.id from kept where d.organisation_id = $1 and d.id = $2 and d.generation = $3)
  select name, currency, zone from kept`;

interface Native {
  readonly intentVersion: number;
  /** How far back its source goes, where it has one. */
  readonly historyDays: number | null;
}

export async function verifyNative(
  deps: LoadDeps,
  ref: DatasourceRef,
  { intentVersion, historyDays }: Native,
): Promise<VerifyOutcome> {
  const brand = await inOrganisation(deps.sql, ref, async (tx) => {
    const [row] = await tx.unsafe<[{ name: string; currency: string; zone: string }]>(keepText, [
      ref.organisationId,
      ref.datasourceId,
      ref.generation,
    ]);
    return row;
  });
  return {
    kind: "verified",
    account: { externalId: ref.datasourceId, domain: null, state: "open", details: {}, ...brand },
    scopes: [],
    notices: [],
    recordsPerDay: {},
    historyFrom: historyDays === null ? null : dayAfter(dayCutter(brand.zone)(Date.now()), -historyDays),
    notGranted: [],
    intentVersion,
  };
}
