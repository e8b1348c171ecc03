/** What the entity does to its own rows: short transactions, each safe to run again. */
import type { TenantTransaction } from "@headwater/db";
import type { Facts } from "../lifecycle/facts.ts";
import { forbidsRunning, isUnproven } from "../lifecycle/phases.ts";
import type { Intent } from "../lifecycle/phases.ts";
import { answeredBy } from "./answers.ts";
import { countFailure } from "./budget.ts";
import { compensate } from "./compensate.ts";
import type { AtSeq, BrokenRun, EntityActivities, Transition } from "./contract.ts";
import { cutOff } from "./cutting-off.ts";
import type { WorkDeps } from "./deps.ts";
import { carryForward } from "./forwarding.ts";
import { beginBackfill, closeRun, planLeft } from "./history.ts";
import { goOnWhereRoom } from "./plans.ts";
import { readIntent } from "./reading.ts";
import { releaseAttempt } from "./release.ts";
import { endReplaced, giveUpReplacement } from "./replacing.ts";
import { tellOfGone } from "./telling-troubles.ts";
import { closePause, tellOfAccess } from "./telling.ts";
import { announce, audit, inTenantOf, settleCommands, writeAndRead, writePhase } from "./writing.ts";

export const createEntityActivities = (deps: WorkDeps): EntityActivities => ({
  loadIntent: (ref) =>
    inTenantOf(deps, ref, async (tx) => {
      const intent = await readIntent(tx, ref.datasourceId, deps.platformRules);
      if (intent === null) return null;
      await settleCommands(tx, ref.datasourceId, { kinds: answeredBy("reading") }, applied);
      await closeLeftBehind(tx, ref.datasourceId);
      await carryForward(deps, tx, ref);
      if (!intent.facts.holds.some(({ reason }) => reason === "repeatedFailures"))
        await closePause(tx, ref.datasourceId);
      if (intent.facts.authReason?.code === "disconnectUndone") await tellOfAccess(tx, [ref.datasourceId]);
      return refuseWhatCannotBe(tx, ref.datasourceId, intent);
    }),
  applyTransition: (transition) => writeAndRead(deps, transition, (tx) => applyTransition(tx, transition)),
  releaseAttempt: (ref) => releaseAttempt(deps, ref),
  beginBackfill: (asked) => beginBackfill(deps, asked),
  planLeft: (asked) => planLeft(deps, asked),
  closeRun: (closing) => closeRun(deps, closing),
  disconnectBySystem: async (ref) => {
    const read = await writeAndRead(deps, ref, (tx) => disconnectBySystem(tx, ref));
    await goOnWhereRoom(deps, ref);
    return read;
  },
  endReplaced: (ref) => writeAndRead(deps, ref, (tx) => endReplaced(tx, ref)),
  countFailure: async (failure) => {
    const { run } = failure;
    if (run !== undefined) await inTenantOf(deps, failure, (tx) => endBroken(tx, failure.datasourceId, run));
    return countFailure(deps, failure, failure.said);
  },
  compensate: (ref) => compensate(deps, ref),
});

const applied = { state: "done", outcome: { code: "applied" } } as const;

/** It could be when it was asked, and cannot be any more. */
async function refuseWhatCannotBe(tx: TenantTransaction, datasourceId: string, intent: Intent): Promise<Intent> {
  const { facts, open } = intent;
  if (!isUnproven(facts)) await settleLeftConsents(tx, datasourceId);
  const isForbidden = forbidsRunning(facts, Date.now());
  if (open.length === 0 || (!isForbidden && intent.hasStreams !== false)) return intent;
  const outcome = { code: isForbidden ? whyForbidden(facts) : "nothingToFetch" };
  const begun = await begunBy(tx, datasourceId);
  const own = isForbidden ? await askedByEngine(tx, datasourceId) : new Set<string>();
  const ids = open.flatMap(({ id }) => (begun.has(id) || own.has(id) ? [] : [id]));
  await settleCommands(tx, datasourceId, { ids }, { state: "refused", outcome });
  await takeBackChoices(tx, datasourceId, ids);
  return { ...intent, open: open.filter(({ id }) => begun.has(id)) };
}

/**
 * Nothing of a consent is left to judge: it was proven with its grant; or its grant was ended first, and nobody has judged it; or
 * it went with a disconnect that was undone.
 */
async function settleLeftConsents(tx: TenantTransaction, datasourceId: string): Promise<void> {
  await tx.sql`
    update commands c set state = 'refused', settled_at = now(),
      outcome = jsonb_build_object('code', case d.auth_reason->>'code' when 'disconnectUndone' then 'disconnected'
        else coalesce(d.auth_reason->>'code', 'grantEnded') end)
    from datasources d join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
    where d.id = ${datasourceId} and (g.ended_at is not null and coalesce(g.verified_at < c.created_at, true)
        or d.auth_reason->>'code' = 'disconnectUndone' and c.created_at < d.auth_since)
      and c.organisation_id = d.organisation_id and c.datasource_id = d.id and c.kind = 'reauthorized' and c.state = 'accepted'`;
  await settleCommands(tx, datasourceId, { kinds: ["reauthorized"] }, applied);
}

/** Its days are not read anew: what counted before goes on counting. */
async function takeBackChoices(tx: TenantTransaction, datasourceId: string, ids: readonly string[]): Promise<void> {
  await tx.sql`
    update accounts a set choices = a.choices || (
      select jsonb_object_agg(c.key, (c.value - 'before' - 'command') || jsonb_build_object('value', c.value->'before'))
      from jsonb_each(a.choices) c where c.value->>'command' = any(${[...ids]}::text[]))
    from datasources d
    where d.id = ${datasourceId} and a.organisation_id = d.organisation_id and a.id = d.account_id
      and exists (select 1 from jsonb_each(a.choices) c where c.value->>'command' = any(${[...ids]}::text[]))`;
}

/** What a child works on waits with it, and goes on with it: it is answered when the child is done. */
async function begunBy(tx: TenantTransaction, datasourceId: string): Promise<ReadonlySet<string>> {
  const begun = await tx.sql<{ id: string }[]>`
    select asked_by as id from runs
    where datasource_id = ${datasourceId} and finished_at is null and asked_by is not null and kind in ('backfill', 'resync')`;
  return new Set(begun.map(({ id }) => id));
}

/** Nobody would ask again for days that count otherwise now: it waits until it can be. */
async function askedByEngine(tx: TenantTransaction, datasourceId: string): Promise<ReadonlySet<string>> {
  const asked = await tx.sql<{ id: string }[]>`
    select id from commands where datasource_id = ${datasourceId} and state = 'accepted' and actor->>'kind' = 'system'`;
  return new Set(asked.map(({ id }) => id));
}

function whyForbidden(facts: Facts): string {
  if (facts.disconnectedAt !== null) return "disconnected";
  return facts.userPaused !== null || facts.holds.length > 0 ? "paused" : "credentialsDoNotWork";
}

async function applyTransition(tx: TenantTransaction, transition: Transition): Promise<void> {
  const isWritten = await writePhase(tx, transition);
  if (isWritten && transition.to === "END") await closeAllRuns(tx, transition.datasourceId);
  else if (isWritten && transition.to !== "LIVE") await closeShortRuns(tx, transition.datasourceId);
  if (isWritten && transition.to === "REAUTHORIZE") await noteEndOfGrant(tx, transition.datasourceId);
}

/** A sync that was stopped in the middle has no end of its own. Children go on later; their runs stay open. */
async function closeShortRuns(tx: TenantTransaction, datasourceId: string): Promise<void> {
  await cutOff(tx, datasourceId, tx.sql`r.kind not in ('backfill', 'resync', 'import')`);
}

/** Nobody goes on with it, and nobody else would answer whoever asked for it. */
async function endBroken(
  tx: TenantTransaction,
  datasourceId: string,
  { kind, n, askedBy: ids }: BrokenRun,
): Promise<void> {
  await cutOff(tx, datasourceId, tx.sql`r.kind = ${kind} and r.n = ${n}`, { state: "failed" });
  await settleCommands(tx, datasourceId, { ids }, { state: "failed", outcome: { code: "bug" } });
  await announce(tx, datasourceId);
}

/** Nothing takes them up again, and whoever asked for one is answered. */
async function closeAllRuns(tx: TenantTransaction, datasourceId: string): Promise<void> {
  const outcome = { code: "disconnected" };
  await cutOff(tx, datasourceId, tx.sql`true`, outcome);
  await settleCommands(tx, datasourceId, {}, { state: "refused", outcome });
  await giveUpReplacement(tx, datasourceId);
}

/** One run of a kind at a time: what is older than the newest and has no end was cut off. */
async function closeLeftBehind(tx: TenantTransaction, datasourceId: string): Promise<void> {
  const isOlder = tx.sql`r.kind not in ('backfill', 'resync', 'import')
    and r.n < (select max(n) from runs newer where newer.datasource_id = ${datasourceId} and newer.kind = r.kind)`;
  await cutOff(tx, datasourceId, isOlder);
}

/** A grant that ran out of its time ended without any call failing. */
async function noteEndOfGrant(tx: TenantTransaction, datasourceId: string): Promise<void> {
  await tx.sql`
    update datasources d set auth = 'expired', auth_since = g.ends_at, auth_reason = '{"code":"grantEnded"}'
    from grants g
    where d.id = ${datasourceId} and g.organisation_id = d.organisation_id and g.id = d.grant_id
      and d.auth = 'ok' and g.ends_at <= now()`;
  await tellOfAccess(tx, [datasourceId]);
}

/** Disconnected by us: the slot is freed, the data kept, and there is nothing to undo. */
async function disconnectBySystem(tx: TenantTransaction, ref: AtSeq): Promise<void> {
  const [ended] = await tx.sql<{ id: string }[]>`
    update datasources set disconnected_at = now(), disconnected_by = '{"kind":"system","name":"engine"}',
      delete_data = false, undo_until = now(), generation = generation + 1, intent_version = intent_version + 1
    where id = ${ref.datasourceId} and generation = ${ref.generation} and disconnected_at is null
    returning id`;
  if (ended === undefined) return;
  await tx.sql`delete from slots where datasource_id = ${ref.datasourceId}`;
  await audit(tx, ref.datasourceId, { verb: "accountGone", after: { code: "accountGone" } });
  await tellOfGone(tx, ref.datasourceId);
  await announce(tx, ref.datasourceId);
}
