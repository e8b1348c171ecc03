/**
 * One datasource takes another's place, in the transaction that proves it: the slot moves, and from the day of the switch on
 * the brand's numbers count the new account. The old one's data is kept. While its source would still answer it is read once
 * more, up to the switch, and disconnected then; else at once.
 */
import type { TenantTransaction } from "@headwater/db";
import { mayBeReadToSwitch } from "../lifecycle/phases.ts";
import { switchDay } from "../lifecycle/switch-day.ts";
import type { AtSeq } from "./contract.ts";
import type { PlatformRules } from "./deps.ts";
import { readIntent } from "./reading.ts";
import { announce, audit, ringLater } from "./writing.ts";

interface Borrower {
  readonly replaces: string;
  readonly at: Date;
  /** The brand's, whatever the zones of the two accounts. */
  readonly zone: string;
}

export async function takePlace(
  tx: TenantTransaction,
  datasourceId: string,
  platformRules: (platform: string) => PlatformRules,
): Promise<void> {
  const [borrower] = await tx.sql<Borrower[]>`
    select d.replaces, now() as at, o.zone
    from datasources d join organisations o on o.id = d.organisation_id
    where d.id = ${datasourceId} and d.replaces is not null and d.counts_from is null
    for no key update of d`;
  if (borrower === undefined) return;
  const { replaces, at, zone } = borrower;
  const [old] = await tx.sql<{ isAlive: boolean; countsFrom: string | null; since: Date | null }[]>`
    select d.disconnected_at is null as "isAlive", d.counts_from::text as "countsFrom",
      (select since from slots s where s.organisation_id = d.organisation_id and s.datasource_id = d.id) as since
    from datasources d where d.id = ${replaces} for no key update of d`;
  const day = switchDay(at, zone, old?.countsFrom ?? null);
  if (old?.isAlive === true) {
    const standing = await readIntent(tx, replaces, platformRules);
    await handOver(tx, replaces, { by: datasourceId, day });
    if (standing === null || !mayBeReadToSwitch(standing.facts, at.getTime()))
      await disconnectReplaced(tx, replaces, { isRead: false });
    await ringLater(tx, replaces);
  }
  await moveSlot(tx, replaces, datasourceId, old?.since ?? null);
  await closeEarlier(tx, datasourceId, { day, zone });
  await tx.sql`update datasources set counts_from = ${day}::text::date where id = ${datasourceId}`;
  await tx.sql`
    update commands set state = 'done', settled_at = now(),
      outcome = jsonb_build_object('code', 'replaced', 'datasource', ${datasourceId}::text)
    where datasource_id = ${replaces} and kind = 'replace' and state = 'accepted'
      and args->>'replacement' = ${datasourceId}::text`;
  await audit(tx, datasourceId, { verb: "tookPlace", after: { replaced: replaces, day } });
}

/** Whatever comes of reading it once more: its days end here, and what the plan holds of it is the new one's. */
async function handOver(
  tx: TenantTransaction,
  old: string,
  { by, day }: { readonly by: string; readonly day: string },
): Promise<void> {
  await tx.sql`
    update datasources set replaced_by = ${by}, replaced_at = now(), counts_until = ${day}::text::date where id = ${old}`;
  await tx.sql`
    update holds set datasource_id = ${by} where datasource_id = ${old} and reason = 'plan' and released_at is null`;
  await audit(tx, old, { verb: "replaced", after: { by, day } });
  await announce(tx, old);
}

/** Read or not, within the time that it has for it. */
export async function endReplaced(
  tx: TenantTransaction,
  { datasourceId, generation, isRead }: AtSeq & { readonly isRead: boolean },
): Promise<void> {
  const [stands] = await tx.sql`
    select 1 from datasources
    where id = ${datasourceId} and generation = ${generation} and disconnected_at is null and replaced_at is not null
    for no key update`;
  if (stands !== undefined) await disconnectReplaced(tx, datasourceId, { isRead });
}

/**
 * There is nothing to undo: its slot is taken. What it read stays, and counts for the days before. A reading that began after
 * the switch, both by the database's clock, has seen everything before it, though the source's own clock, by which it tells
 * how far it came, may be behind ours or know no parts of a second.
 */
async function disconnectReplaced(
  tx: TenantTransaction,
  old: string,
  { isRead }: { readonly isRead: boolean },
): Promise<void> {
  const [ended] = await tx.sql<{ through: Date | null; isWhole: boolean }[]>`
    update datasources set disconnected_at = now(), disconnected_by = '{"kind":"system","name":"engine"}',
      delete_data = false, undo_until = now(), generation = generation + 1, intent_version = intent_version + 1,
      complete_through = case when ${isRead} and complete_through >= replaced_at - ${CLOCKS_DIFFER}::interval
          and exists (select from runs r where r.datasource_id = ${old} and r.kind = 'sync' and r.state = 'succeeded'
            and r.started_at >= replaced_at)
        then greatest(complete_through, replaced_at) else complete_through end
    where id = ${old}
    returning complete_through as through, coalesce(complete_through >= replaced_at, false) as "isWhole"`;
  const { through = null, isWhole = false } = ended ?? {};
  if (isWhole) await audit(tx, old, { verb: "readToSwitch" });
  else await audit(tx, old, { verb: "notReadToSwitch", after: through === null ? { kind: "never" } : { through } });
  await announce(tx, old);
}

const CLOCKS_DIFFER = "1 minute";

/** What the same account counted while it was connected before, it counts on; days between then and the switch stay without it. */
const closeEarlier = (
  tx: TenantTransaction,
  datasourceId: string,
  { day, zone }: { readonly day: string; readonly zone: string },
) =>
  tx.sql`
    update datasources e set counts_until = least(${day}::text::date, (e.disconnected_at at time zone ${zone})::date + 1)
    from datasources d where d.id = ${datasourceId} and e.organisation_id = d.organisation_id
      and e.account_id = d.account_id and e.id <> d.id and e.counts_until is null`;

/** Of one that was ended meanwhile the slot is free already: then the new one stands on its own, and the plan's sweep counts. */
async function moveSlot(tx: TenantTransaction, from: string, to: string, since: Date | null): Promise<void> {
  await tx.sql`delete from slots where datasource_id = ${from}`;
  await tx.sql`
    insert into slots (organisation_id, datasource_id, since)
    values (${tx.organisationId}, ${to}, coalesce(${since?.toISOString() ?? null}::text::timestamptz, now()))
    on conflict do nothing`;
}

/** Nobody came home, or another account than could be: the old one goes on as if nobody had asked. */
export async function giveUpReplacement(tx: TenantTransaction, datasourceId: string): Promise<void> {
  await tx.sql`
    update commands c set state = 'refused', settled_at = now(), outcome = '{"code":"notFinished"}'
    from datasources d
    where d.id = ${datasourceId} and c.datasource_id = d.replaces and c.kind = 'replace' and c.state = 'accepted'
      and c.args->>'replacement' = ${datasourceId}::text`;
}
