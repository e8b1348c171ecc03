/** Ends what a disconnect has to end: the grant at the source, as a courtesy, and our own copy of the credential, whatever comes. */
import { activityInfo } from "@temporalio/activity";
import type { TenantTransaction } from "@headwater/db";
import type { RevokeOutcome } from "../load/contract.ts";
import type { AtGeneration, AtSeq, Read } from "./contract.ts";
import { cutOff } from "./cutting-off.ts";
import type { WorkDeps } from "./deps.ts";
import { asFailure } from "./failure.ts";
import { readIntent } from "./reading.ts";
import { loadRef } from "./refs.ts";
import { audit, inTenantOf, writeAndRead, writePhase } from "./writing.ts";

const REVOKE_TRIES = 3;
const REVOKE_MS = 20_000;

/**
 * Tried until it is done: without it nothing ends. May be killed anywhere: a source forgets a grant once or twice alike,
 * and an erased credential stays erased. An undo that came first has moved the generation, and then nothing is touched.
 */
export async function compensate(deps: WorkDeps, ref: AtSeq): Promise<Read> {
  if (!(await isStillDisconnected(deps, ref))) return inTenantOf(deps, ref, (tx) => read(deps, tx, ref));
  const { attempt } = activityInfo();
  const revoked = attempt > REVOKE_TRIES ? null : await revoke(deps, ref, attempt);
  try {
    const { kind } = await deps.load.eraseCredential(deps.loadDeps, loadRef(ref));
    return await writeAndRead(deps, ref, (tx) => write(tx, ref, { revoked, erased: kind }));
  } catch (error) {
    throw asFailure(error, 1); // never the last try
  }
}

/** What came of it is written down; the third failure lets our own copy go without it. */
async function revoke(deps: WorkDeps, ref: AtGeneration, attempt: number): Promise<Told> {
  const options = { signal: AbortSignal.timeout(REVOKE_MS), heartbeat: () => undefined };
  try {
    const outcome = await deps.load.revokeGrant(deps.loadDeps, loadRef(ref), options);
    if (outcome.kind !== "failed" || attempt >= REVOKE_TRIES) return inWord(outcome);
    throw new Error(outcome.failure.said);
  } catch (error) {
    if (attempt >= REVOKE_TRIES) return "failed";
    throw asFailure(error, 1);
  }
}

/** By this word the timeline tells it: what was left or failed is never told as ended. */
type Told = RevokeOutcome["kind"] | "notRevocable";

const inWord = (outcome: RevokeOutcome): Told =>
  outcome.kind === "kept" && outcome.because === "notRevocable" ? "notRevocable" : outcome.kind;

async function write(
  tx: TenantTransaction,
  ref: AtSeq,
  ended: { readonly revoked: Told | null; readonly erased: "erased" | "kept" },
): Promise<void> {
  const isWritten = await writePhase(tx, { ...ref, to: "DISCONNECTING", reason: "compensated" });
  if (!isWritten) return;
  const goesOn = await closeRuns(tx, ref.datasourceId);
  await tx.sql`
    update datasources set next_run_at = null,
      phase_reason = phase_reason || jsonb_build_object('values',
        jsonb_build_object('disconnectedAt', (extract(epoch from disconnected_at) * 1000)::bigint))
    where id = ${ref.datasourceId}`;
  await refuseBut(tx, ref.datasourceId, goesOn);
  const [grant] = await tx.sql`select 1 from datasources where id = ${ref.datasourceId} and grant_id is not null`;
  // Files stand on no login: there was nothing to end.
  if (grant === undefined) return;
  if (ended.revoked !== null)
    await audit(tx, ref.datasourceId, { verb: "grantRevoked", after: { kind: ended.revoked } });
  await audit(tx, ref.datasourceId, { verb: "credentialErased", after: { kind: ended.erased } });
}

/**
 * A history stays open: undone and authorized again, it goes on where it was; and so does the reading anew of days that
 * count otherwise now: broken off, it would leave some of them on what counted before. With the end they are closed too.
 */
async function closeRuns(tx: TenantTransaction, datasourceId: string): Promise<string[]> {
  const kept = await tx.sql<{ id: string }[]>`
    select c.id from runs r join commands c on c.organisation_id = r.organisation_id and c.id = r.asked_by
    where r.datasource_id = ${datasourceId} and r.finished_at is null and r.kind = 'resync' and c.state = 'accepted'
      and c.args ?| '{choice,because}'`;
  const ids = kept.map(({ id }) => id);
  const isNotKept = tx.sql`r.kind <> 'backfill' and (r.asked_by is null or r.kind <> 'resync' or r.asked_by <> all(${ids}::uuid[]))`;
  await cutOff(tx, datasourceId, isNotKept, { code: "disconnected" });
  return ids;
}

const refuseBut = (tx: TenantTransaction, datasourceId: string, kept: readonly string[]) => tx.sql`
  update commands set state = 'refused', outcome = '{"code":"disconnected"}', settled_at = now()
  where datasource_id = ${datasourceId} and state = 'accepted' and id <> all(${[...kept]}::uuid[])
    and not (kind = 'resync' and actor->>'kind' = 'system')`;

const isStillDisconnected = (deps: WorkDeps, ref: AtGeneration): Promise<boolean> =>
  inTenantOf(deps, ref, async (tx) => {
    const intent = await read(deps, tx, ref);
    return intent !== null && intent.facts.generation === ref.generation && intent.facts.disconnectedAt !== null;
  });

const read = (deps: WorkDeps, tx: TenantTransaction, ref: AtGeneration): Promise<Read> =>
  readIntent(tx, ref.datasourceId, deps.platformRules);
