/** What the engine writes into the rows, each piece idempotent: by generation and seq, by state, or by its own key. */
import { organisationId, inTenant } from "@headwater/db";
import type { Phase, TenantTransaction } from "@headwater/db";
import type { PhaseReasonCode } from "../lifecycle/facts.ts";
import type { Intent } from "../lifecycle/phases.ts";
import type { AtSeq, Ref } from "./contract.ts";
import type { RowDeps } from "./deps.ts";
import { readIntent } from "./reading.ts";

export const inTenantOf = <T>(
  deps: Pick<RowDeps, "db">,
  ref: Ref,
  work: (tx: TenantTransaction) => Promise<T>,
): Promise<T> => inTenant(deps.db, organisationId(ref.organisationId), work);

/** Writes, then reads the whole again in the same transaction. */
export const writeAndRead = (
  deps: RowDeps,
  ref: Ref,
  write: (tx: TenantTransaction) => Promise<unknown>,
): Promise<Intent | null> =>
  inTenantOf(deps, ref, async (tx) => {
    await write(tx);
    return readIntent(tx, ref.datasourceId, deps.platformRules);
  });

const ENGINE = JSON.stringify({ kind: "system", name: "engine" });

interface PhaseWrite extends AtSeq {
  readonly to: Phase;
  readonly reason: PhaseReasonCode;
}

/** False where it was written before, or another generation has begun: then nothing else of this step is to be written. */
export async function writePhase(
  tx: TenantTransaction,
  { datasourceId, generation, seq, to, reason }: PhaseWrite,
): Promise<boolean> {
  const [moved] = await tx.sql<{ phase: string }[]>`
    with before as (select id, phase from datasources where id = ${datasourceId})
    update datasources d set phase = ${to}, phase_since = now(), seq = ${seq},
      phase_reason = jsonb_build_object('code', ${reason}::text)
    from before
    where d.id = before.id and d.generation = ${generation} and d.seq < ${seq}
    returning before.phase`;
  if (moved === undefined) return false;
  if (moved.phase !== to)
    await audit(tx, datasourceId, {
      verb: "phaseChanged",
      before: { phase: moved.phase },
      after: { phase: to, reason },
    });
  await announce(tx, datasourceId);
  return true;
}

type Values = Readonly<Record<string, unknown>>;

interface Audited {
  readonly verb: string;
  readonly before?: Values | null;
  readonly after?: Values | null;
}

export async function audit(
  tx: TenantTransaction,
  datasourceId: string,
  { verb, before = null, after = null }: Audited,
): Promise<void> {
  await tx.sql`
    select append_audit(${ENGINE}::text::jsonb, ${verb}, 'datasource', ${datasourceId}::text, ${datasourceId}::uuid,
      ${before === null ? null : JSON.stringify(before)}::text::jsonb,
      ${after === null ? null : JSON.stringify(after)}::text::jsonb)`;
}

/** Ids only; whoever listens reads the rest. */
export async function announce(tx: Pick<TenantTransaction, "sql">, datasourceId: string): Promise<void> {
  await tx.sql`select announce_change(${datasourceId}::uuid)`;
}

/** Its workflow reads it again; the outbox rings once this is committed. */
export async function ringLater(tx: TenantTransaction, datasourceId: string): Promise<void> {
  await tx.sql`
    with rung as (update datasources set intent_version = intent_version + 1 where id = ${datasourceId}
      returning organisation_id, id, intent_version)
    insert into outbox (organisation_id, datasource_id, intent_version)
    select organisation_id, id, intent_version from rung`;
}

export type Settlement = { readonly state: "done" | "refused" | "failed"; readonly outcome: Values };

export async function settleCommands(
  tx: TenantTransaction,
  datasourceId: string,
  { ids, kinds }: { readonly ids?: readonly string[]; readonly kinds?: readonly string[] },
  { state, outcome }: Settlement,
): Promise<void> {
  await tx.sql`
    update commands set state = ${state}, outcome = ${JSON.stringify(outcome)}::text::jsonb, settled_at = now()
    where datasource_id = ${datasourceId} and state = 'accepted'
      and (${ids === undefined ? null : [...ids]}::uuid[] is null or id = any(${ids === undefined ? null : [...ids]}::uuid[]))
      and (${kinds === undefined ? null : [...kinds]}::text[] is null or kind = any(${kinds === undefined ? null : [...kinds]}::text[]))`;
}

/**
 * A consent is every datasource's on its grant; it is answered once none waits any more to be judged. Proven by one, it is no
 * answer yet for those whose access is dead: they look for themselves.
 */
export async function settleConsents(
  tx: TenantTransaction,
  datasourceId: string,
  { state, outcome, isOwnAlone = false }: Settlement & { readonly isOwnAlone?: boolean },
): Promise<void> {
  await tx.sql`
    update commands c set state = ${state}, outcome = ${JSON.stringify(outcome)}::text::jsonb, settled_at = now()
    from datasources d left join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
      join datasources s on s.organisation_id = d.organisation_id and (s.id = d.id or (s.grant_id = d.grant_id and not ${isOwnAlone} and (${state} <> 'done' or s.auth = 'ok')))
    where d.id = ${datasourceId} and g.candidate_credential_id is null
      and c.organisation_id = d.organisation_id and c.datasource_id = s.id and c.kind = 'reauthorized' and c.state = 'accepted'`;
}

/** Milliseconds since 1970 as the database counts them. */
export const seconds = (millis: number | null): number | null => (millis === null ? null : millis / 1000);
