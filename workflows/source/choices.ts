/** Which of several things of a source counts, as it stands with the account: read at each asking, for a person may have chosen since. */
import type { Choice, Choices, Offer } from "@headwater/connectors/choices.ts";
import { isPlatformId, type PlatformId } from "@headwater/connectors/platforms.ts";
import type { AccountId, DatasourceId, OrganisationId } from "@headwater/db";
import type { Sql, TransactionSql } from "postgres";
import { askForAllDays } from "../load/ask-for-days.ts";
import { inOrganisation } from "../load/fence.ts";

export interface OfAccount {
  readonly organisationId: OrganisationId;
  /** None where a login is ended that nothing stands on: then nothing can be kept. */
  readonly datasourceId?: DatasourceId;
  /** Null before the first look: then nothing can be kept. */
  readonly accountId: AccountId | null;
}

export const choicesOf = (sql: Sql, of: OfAccount, declared: readonly Choice[] = []): Choices => ({
  settle: async (offer) => {
    if (offer.options.length === 0) return null;
    const { standing, connected } = await inOrganisation(sql, of, async (tx) => ({
      standing: await readChoice(tx, of, offer),
      connected: await platformsConnected(tx, of),
    }));
    if (standing !== null && standing.is_same) return standing.value;
    const isOffered = standing !== null && offer.options.some(({ value }) => value === standing.value);
    const preferred = isOffered ? standing.value : await offer.prefer(connected);
    const stream = declared.find(({ name }) => name === offer.name)?.stream;
    const kept = await inOrganisation(sql, of, async (tx) => {
      const datasourceId = await lockStanding(tx, of);
      if (datasourceId === null) return null;
      const isLate =
        standing === null && stream !== undefined && (await comesLate(tx, { ...of, datasourceId }, offer, stream));
      const value = await keep(tx, of, offer, preferred);
      const after = { kind: offer.name, label: labelOf(offer, value) };
      if (isLate) await askForAllDays(tx, { ...of, datasourceId }, { before: null, after });
      return value;
    });
    // What was chosen and is not there for now stays chosen; meanwhile the other one counts.
    return kept !== null && offer.options.some(({ value }) => value === kept) ? kept : preferred;
  },
});

interface Standing {
  readonly value: string;
  /** With the options that the source shows now. */
  readonly is_same: boolean;
}

async function readChoice(tx: TransactionSql, of: OfAccount, { name, options }: Offer): Promise<Standing | null> {
  const [row] = await tx.unsafe<[Standing?]>(
    `select choices->$3->>'value' as value,
       choices->$3->'options' = $4::text::jsonb and $4::text::jsonb @> jsonb_build_array(jsonb_build_object('value', choices->$3->'value')) as is_same
     from accounts where organisation_id = $1 and id = $2 and choices->$3 ? 'value'`,
    [of.organisationId, of.accountId, name, JSON.stringify(options)],
  );
  return row ?? null;
}

/**
 * Null once it is disconnected: what were kept then would have its days asked for by nobody, should that be undone. Locked
 * first, as by whoever else writes its account.
 */
async function lockStanding(tx: TransactionSql, of: OfAccount): Promise<DatasourceId | null> {
  const [datasource] = await tx.unsafe<[{ id: DatasourceId }?]>(
    `select id from datasources where organisation_id = $1 and id = $2 and account_id = $3 and disconnected_at is null
     for no key update`,
    [of.organisationId, of.datasourceId ?? null, of.accountId],
  );
  return datasource?.id ?? null;
}

/** Its days were read when there was nothing to choose from yet. */
async function comesLate(
  tx: TransactionSql,
  of: OfAccount & { readonly datasourceId: DatasourceId },
  offer: Offer,
  stream: string,
): Promise<boolean> {
  if ((await readChoice(tx, of, offer)) !== null) return false;
  const read = await tx.unsafe(
    `select s.id from runs as r join slices as s on s.organisation_id = r.organisation_id and s.run_id = r.id
     where r.organisation_id = $1 and r.datasource_id = $2 and r.kind = 'backfill' and s.stream = $3 and s.state = 'done' limit 1`,
    [of.organisationId, of.datasourceId, stream],
  );
  return read.length > 0;
}

const labelOf = ({ options }: Offer, value: string | null): string =>
  options.find((option) => option.value === value)?.label ?? "";

/** What somebody chose meanwhile stands. */
async function keep(
  tx: TransactionSql,
  of: OfAccount,
  { name, options }: Offer,
  preferred: string,
): Promise<string | null> {
  const [row] = await tx.unsafe<[{ value: string }?]>(
    `update accounts set choices = choices || jsonb_build_object($3::text,
       jsonb_build_object('value', $5::text) || coalesce(choices->$3, '{}') || jsonb_build_object('options', $4::text::jsonb))
     where organisation_id = $1 and id = $2 returning choices->$3->>'value' as value`,
    [of.organisationId, of.accountId, name, JSON.stringify(options), preferred],
  );
  return row?.value ?? null;
}

async function platformsConnected(tx: TransactionSql, of: OfAccount): Promise<ReadonlySet<PlatformId>> {
  const rows = await tx.unsafe<{ platform: string }[]>(
    `select distinct platform from datasources
     where organisation_id = $1 and disconnected_at is null and connected_at is not null`,
    [of.organisationId],
  );
  return new Set(rows.map(({ platform }) => platform).filter(isPlatformId));
}
