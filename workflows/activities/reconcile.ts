/**
 * Makes Temporal agree with the rows: whatever was lost, a ring, a timer, Temporal's whole file, is found here and rung.
 * It pages through Postgres and asks Temporal once how many entities run; only suspects are looked at.
 */
import { inTenant, organisationId } from "@headwater/db";
import { quietAt } from "../lifecycle/quiet.ts";
import { hoursOf, quietAround } from "../lifecycle/quiet-hours.ts";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";

interface Alive {
  readonly organisationId: string;
  readonly datasourceId: string;
  readonly version: number;
  readonly suspect: boolean;
  /** Nothing but its data is left, which somebody asked to delete. */
  readonly isToDelete: boolean;
  /** Late for what quiet hours may hold back. */
  readonly isBehind: boolean;
  readonly quietFrom: number | null;
  readonly quietTo: number | null;
}

const PAGE = 1_000;
const AT_ONCE = 10;
/** Whoever is released together wakes over three ticks, a quarter of an hour. */
const SPREAD = 3;

export async function reconcile(deps: SweepDeps, tick = Math.floor(Date.now() / 300_000)): Promise<SweepResult> {
  const running = await deps.runningEntities();
  let looked = 0;
  let acted = 0;
  for (let after: string | null = null; ;) {
    const page: Alive[] = await alive(deps, after, tick);
    looked += page.length;
    const resting = await inQuietHours(
      deps,
      page.filter(({ isBehind }) => isBehind),
    );
    const lost = page.filter(
      ({ datasourceId: id, suspect, isToDelete, isBehind }) =>
        suspect || running?.has(id) === false || (isToDelete && running === null) || (isBehind && !resting.has(id)),
    );
    acted += await ringAll(deps, lost);
    after = page.at(-1)?.datasourceId ?? null;
    if (page.length < PAGE) return { looked, acted };
  }
}

/**
 * Due ones first, for after a loss they are started in this order. A suspect is late for its own next step: unanswered
 * commands, a deadline that went by, a park that nothing holds any more, a history that does not move.
 */
const alive = ({ db }: SweepDeps, after: string | null, tick: number): Promise<Alive[]> =>
  inTenant(
    db,
    null,
    (tx) => tx.sql<Alive[]>`
    select d.organisation_id as "organisationId", d.id as "datasourceId", d.intent_version as version,
      d.quiet_from as "quietFrom", d.quiet_to as "quietTo",
      (d.phase = 'AUTHORIZING' and d.authorizing_until < now() - interval '5 minutes')
      or exists (select 1 from commands c where c.organisation_id = d.organisation_id and c.datasource_id = d.id
        and c.state = 'accepted' and c.created_at < now() - interval '2 minutes'
        and (c.kind not in ('syncNow', 'resync', 'extendHistory', 'checkNow') or c.created_at > now() - interval '8 minutes'))
      or (d.phase = 'VERIFYING' and d.phase_since < now() - interval '15 minutes')
      or (d.phase = 'PAUSED' and abs(hashtext(d.id::text)) % ${SPREAD}::int = ${tick % SPREAD}::int
        and (d.user_paused_at is null or d.user_paused_until < now())
        and not exists (select 1 from holds h where h.released_at is null and (h.until is null or h.until > now())
          and (h.scope = 'all' or (h.scope = 'platform' and h.platform = d.platform)
            or (h.organisation_id = d.organisation_id and (h.scope = 'organisation' or h.datasource_id = d.id)))))
      or (d.disconnected_at is null and d.replaced_at < now() - interval '15 minutes')
      or (d.disconnected_at is not null and d.phase <> 'END' and d.undo_until < now() - interval '2 minutes')
      or d.phase_since < now() - interval '30 days' and d.phase in ('PAUSED', 'REAUTHORIZE') as suspect,
      (d.phase = 'END' and d.undo_until < now() - interval '2 minutes') as "isToDelete",
      (d.phase in ('LIVE', 'SYNCING') and d.next_run_at < now() - interval '10 minutes'
        and coalesce(d.throttled_until, now()) <= now())
      or (d.phase = 'BACKFILLING' and d.phase_since < now() - interval '15 minutes'
        and coalesce(d.last_attempt_at, d.phase_since) < now() - interval '15 minutes') as "isBehind"
    from datasources d
    where (d.phase <> 'END' or (d.delete_data and d.data_deleted_at is null)) and (${after}::uuid is null or d.id > ${after}::uuid)
    order by d.id limit ${PAGE}`,
  );

/** What nobody asked for waits there for their end; what somebody asked for is found by its command. Asked once a brand. */
async function inQuietHours({ db }: SweepDeps, late: readonly Alive[]): Promise<ReadonlySet<string>> {
  const resting = new Set<string>();
  const now = Date.now();
  const brands = Map.groupBy(
    late.filter(({ quietFrom }) => quietFrom !== null),
    (one) => one.organisationId,
  );
  for (const [id, own] of brands) {
    const [brand] = await inTenant(
      db,
      organisationId(id),
      (tx) => tx.sql<{ zone: string }[]>`select zone from organisations where id = ${id}`,
    );
    for (const { datasourceId, quietFrom, quietTo } of own) {
      const hours = hoursOf(quietFrom, quietTo, brand?.zone ?? "UTC");
      if (hours !== null && quietAt(quietAround(hours, now), now) !== null) resting.add(datasourceId);
    }
  }
  return resting;
}

async function ringAll(deps: SweepDeps, lost: readonly Alive[]): Promise<number> {
  for (let from = 0; from < lost.length; from += AT_ONCE)
    await Promise.all(lost.slice(from, from + AT_ONCE).map((one) => ringAgain(deps, one)));
  return lost.length;
}

/** A version of its own: a workflow that has read this one already must read again. */
async function ringAgain({ db, ringer, log }: SweepDeps, one: Alive): Promise<void> {
  const [row] = await inTenant(
    db,
    organisationId(one.organisationId),
    (tx) => tx.sql<{ version: number }[]>`
    update datasources set intent_version = intent_version + 1 where id = ${one.datasourceId}
    returning intent_version as version`,
  );
  log.info("rung again", { datasourceId: one.datasourceId });
  if (row !== undefined) await ringer.ring(one, row.version);
}
