/** Looks at the source with the newest credential, and writes down what that proves. */
import type { TenantTransaction } from "@headwater/db";
import type { ThrottleReason } from "../lifecycle/facts.ts";
import { phaseWhenProven } from "../lifecycle/phases.ts";
import { needsQuickStart } from "../lifecycle/windows.ts";
import type { Intent } from "../lifecycle/phases.ts";
import type { UnfitCandidate, VerifyOutcome } from "../load/contract.ts";
import type { FailureSummary } from "../load/outcome.ts";
import { countFailure } from "./budget.ts";
import type { AtSeq, Look } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { judge, writeAuth, writeVerdict } from "./judging.ts";
import type { Verdict } from "./judging.ts";
import { closeNotices, raiseNotice } from "./noticing.ts";
import { readIntent } from "./reading.ts";
import { loadRef } from "./refs.ts";
import { takePlace } from "./replacing.ts";
import { lockTogether, ringSiblings } from "./siblings.ts";
import { lacksSignIn, waitForSignIn } from "./sign-in.ts";
import { giveBack, isTaken } from "./taken.ts";
import { closeFrozen } from "./telling-troubles.ts";
import { tellOfRenewal } from "./telling.ts";
import { audit, inTenantOf, seconds, settleCommands, settleConsents, writeAndRead, writePhase } from "./writing.ts";
import { watched } from "./watch.ts";

const SOON_MS = 60_000;
/** The rows forbid it and the next reading will say so; never in a hot loop. */
const AGAIN_MS = 2_000;

/** May be killed anywhere: each write is by seq, and a second look sees what the first one saw. */
export async function verify(deps: WorkDeps, ref: AtSeq): Promise<Look> {
  let mustWait = false;
  const before = await writeAndRead(deps, ref, async (tx) => {
    const intent = await readIntent(tx, ref.datasourceId, deps.platformRules);
    if (intent === null) return;
    mustWait = await lacksSignIn(tx, ref.datasourceId, intent.facts);
    if (mustWait || intent.facts.phase === "VERIFYING") return;
    const reason = intent.facts.candidate ? "credentialArrived" : "cleared";
    await writePhase(tx, { ...ref, to: "VERIFYING", reason });
  });
  if (before === null || before.facts.generation !== ref.generation) return look("refused", before);
  if (mustWait) return look("refused", await lockedAndWaiting(deps, ref));
  const outcome = await watched((options) => deps.load.verifyGrant(deps.loadDeps, loadRef(ref), options));
  return conclude(deps, { ...ref, seq: ref.seq + 1 }, before, outcome);
}

const lockedAndWaiting = (deps: WorkDeps, ref: AtSeq): Promise<Look["intent"]> =>
  writeAndRead(deps, ref, async (tx) => {
    await lockTogether(tx, ref.datasourceId);
    await waitForSignIn(deps, tx, ref);
  });

export async function listAccounts(deps: WorkDeps, ref: AtSeq & { readonly choosingMs: number }): Promise<Look> {
  const outcome = await watched((options) => deps.load.listAccounts(deps.loadDeps, loadRef(ref), options));
  if (outcome.kind === "failed") {
    const before = await inTenantOf(deps, ref, (tx) => readIntent(tx, ref.datasourceId, deps.platformRules));
    return before === null ? look("refused", before) : failed(deps, ref, before, outcome);
  }
  const intent = await writeAndRead(deps, ref, async (tx) => {
    const isWritten = await writePhase(tx, { ...ref, to: "AUTHORIZING", reason: "choosingAccount" });
    if (isWritten)
      await tx.sql`
        update datasources set authorizing_until = now() + ${ref.choosingMs}::float8 * interval '1 millisecond'
        where id = ${ref.datasourceId}`;
  });
  return look("refused", intent);
}

const look = (saw: Look["saw"], intent: Look["intent"], retryAt: number | null = null): Look => ({
  saw,
  retryAt,
  intent,
});

async function conclude(deps: WorkDeps, ref: AtSeq, before: Intent, outcome: VerifyOutcome): Promise<Look> {
  switch (outcome.kind) {
    case "verified": {
      const intent = await proven(deps, ref, before, outcome);
      if (intent === "taken") return taken(deps, ref, before);
      if (intent === "overtaken") return overtaken(deps, ref);
      return { ...look("proven", intent), quickStart: needsQuickStart(outcome.recordsPerDay) };
    }
    case "chooseAccount":
      return look("refused", await writeAndRead(deps, ref, (tx) => backToChoosing(tx, ref)));
    case "otherAccount":
      return refused(deps, ref, before, {
        kind: "credential",
        auth: "revoked",
        reason: { code: "otherAccount", found: outcome.saw },
        unfit: outcome.unfit,
      });
    case "failed":
      return failed(deps, ref, before, outcome);
    case "providerDown":
      return down(deps, ref, outcome.retryAt === null ? null : Date.parse(outcome.retryAt), outcome.said);
    case "throttled":
      return later(deps, ref, { retryAt: Date.parse(outcome.until), because: limitIn(outcome) });
    case "fenced":
      return overtaken(deps, ref);
  }
}

const overtaken = async (deps: WorkDeps, ref: AtSeq): Promise<Look> =>
  look(
    "later",
    await inTenantOf(deps, ref, (tx) => readIntent(tx, ref.datasourceId, deps.platformRules)),
    Date.now() + AGAIN_MS,
  );

/** A disconnect came meanwhile, and perhaps its undo: whatever was seen says nothing of what stands now. */
async function isOvertaken(tx: TenantTransaction, { datasourceId, generation }: AtSeq): Promise<boolean> {
  const [row] = await tx.sql`select 1 from datasources where id = ${datasourceId} and generation = ${generation}`;
  return row === undefined;
}

/** An attempt gives everything back. One that was disconnected, undone, and overtaken by a new one stays, and says why. */
async function taken(deps: WorkDeps, ref: AtSeq, before: Intent): Promise<Look> {
  if (before.facts.auth === "none") return look("refused", await giveBack(deps, ref));
  return refused(deps, ref, before, { kind: "credential", auth: "revoked", reason: { code: "alreadyConnected" } });
}

async function proven(
  deps: WorkDeps,
  ref: AtSeq,
  before: Intent,
  outcome: VerifyOutcome & { kind: "verified" },
): Promise<Look["intent"] | "taken" | "overtaken"> {
  let instead: "taken" | "overtaken" | null = null;
  const written = await writeAndRead(deps, ref, async (tx) => {
    await lockTogether(tx, ref.datasourceId);
    // It was done, whatever stands now, and nothing else tells of it.
    if (outcome.formerLogin !== undefined)
      await audit(tx, ref.datasourceId, { verb: "formerLoginEnded", after: { kind: outcome.formerLogin } });
    if (await isOvertaken(tx, ref)) instead = "overtaken";
    else if (await isTaken(tx, ref.datasourceId)) instead = "taken";
    if (instead !== null) return;
    await writeAuth(tx, ref.datasourceId, "ok", null);
    await tx.sql`
      update datasources set connected_at = coalesce(connected_at, now()), failures = '{}', throttled_until = null,
        throttle_reason = null, authorizing_until = null,
        ${hasHistory(deps, before.platform) ? historyOf(tx, outcome.historyFrom) : tx.sql`backfill = 'done'`}
      where id = ${ref.datasourceId} and generation = ${ref.generation}`;
    await tx.sql`
      update holds set released_at = now()
      where datasource_id = ${ref.datasourceId} and reason = 'frozenAtSource' and released_at is null`;
    await settleConsents(tx, ref.datasourceId, { state: "done", outcome: { code: "verified" } });
    await closeNotices(tx, ref.datasourceId, "sourceDown");
    await closeFrozen(tx, ref.datasourceId);
    await tellOfRenewal(tx, ref.datasourceId);
    await keepNotices(tx, ref.datasourceId, outcome.notices);
    await takePlace(tx, ref.datasourceId, deps.platformRules);
    if (before.facts.auth !== "ok") await ringSiblings(tx, ref.datasourceId);
    const intent = await readIntent(tx, ref.datasourceId, deps.platformRules);
    if (intent === null) return;
    await writePhase(tx, { ...ref, to: phaseWhenProven(intent.facts, Date.now()), reason: "verified" });
  });
  return instead ?? written;
}

/** Files come when somebody sends them: there is nothing behind them to be read first. */
function hasHistory({ platformRules }: WorkDeps, platform: string): boolean {
  const { isNative, streams } = platformRules(platform);
  return isNative !== true || streams.length > 0;
}

/**
 * A grant that reaches back sixty days only says so before the first history is read, and what was read stays where the
 * limit moves on with the calendar. Authorized again without the limit, the history is read anew, all of it.
 */
const historyOf = ({ sql }: TenantTransaction, historyFrom: string | null) =>
  historyFrom === null
    ? sql`backfill = case when history_from is not null and backfill in ('done', 'failed') then 'queued' else backfill end,
        history_from = null`
    : sql`history_from = case when backfill in ('none', 'queued') then ${historyFrom}::date else history_from end`;

/** What a person must know of this grant, such as a history cut at sixty days: with the account, and once in the timeline. */
async function keepNotices(
  tx: TenantTransaction,
  datasourceId: string,
  notices: (VerifyOutcome & { kind: "verified" })["notices"],
): Promise<void> {
  const noticed = JSON.stringify(notices);
  await tx.sql`
    update accounts a set details = a.details || jsonb_build_object('notices', ${noticed}::text::jsonb)
    from datasources d where d.id = ${datasourceId} and a.organisation_id = d.organisation_id and a.id = d.account_id`;
  const [last] = await tx.sql<{ isSame: boolean }[]>`
    select after->'notices' = ${noticed}::text::jsonb as "isSame" from audit_log
    where datasource_id = ${datasourceId} and verb = 'sourceNoticed' and not after ? 'stream' order by n desc limit 1`;
  const isNews = last === undefined ? notices.length > 0 : !last.isSame;
  if (isNews) await audit(tx, datasourceId, { verb: "sourceNoticed", after: { notices } });
}

async function backToChoosing(tx: TenantTransaction, ref: AtSeq): Promise<void> {
  await writePhase(tx, { ...ref, to: "AUTHORIZING", reason: "choosingAccount" });
}

interface Failed {
  readonly failure: FailureSummary;
  readonly unfit?: UnfitCandidate;
}

async function failed(deps: WorkDeps, ref: AtSeq, before: Intent, { failure, unfit }: Failed): Promise<Look> {
  const verdict = judge(failure);
  switch (verdict.kind) {
    case "credential":
    case "frozen":
      return refused(deps, ref, before, { ...verdict, unfit });
    case "gone":
      return look("gone", await inTenantOf(deps, ref, (tx) => readIntent(tx, ref.datasourceId, deps.platformRules)));
    case "later":
      return failure.class === "rate_limit"
        ? later(deps, ref, { retryAt: verdict.retryAt, because: "rateLimit" })
        : down(deps, ref, verdict.retryAt, failure.said);
    case "shape":
    case "bug": {
      const counted = await countFailure(deps, ref, failure.said);
      const intent =
        counted.intent ?? (await inTenantOf(deps, ref, (tx) => readIntent(tx, ref.datasourceId, deps.platformRules)));
      return look("later", intent, counted.retryAt);
    }
  }
}

type Refusal = Verdict & { readonly kind: "credential" | "frozen"; readonly unfit?: UnfitCandidate | undefined };

/** A refused candidate leaves a credential that still works where it was; one that was overtaken leaves the verdict to the newer. */
async function refused(deps: WorkDeps, ref: AtSeq, before: Intent, verdict: Refusal): Promise<Look> {
  const { unfit } = verdict;
  const keepsOld = unfit !== undefined && before.facts.auth === "ok";
  let isDropped = false;
  const intent = await writeAndRead(deps, ref, async (tx) => {
    await lockTogether(tx, ref.datasourceId);
    isDropped = (await unfit?.drop(tx.sql)) ?? false;
    if (isDropped)
      await audit(tx, ref.datasourceId, {
        verb: "datasource.consentRefused",
        after: { kind: "unfit", ...("reason" in verdict ? verdict.reason : {}) },
      });
    const isOver = await isOvertaken(tx, ref);
    // What was dropped is what was consented to so far; else whoever consents after the disconnect is answered by the next look.
    if (isDropped || !isOver) await settleRefused(tx, ref.datasourceId, verdict, isDropped);
    const isOfNewer = isOver || (unfit !== undefined && !isDropped);
    if (!keepsOld && !isOfNewer) await writeVerdict(tx, ref.datasourceId, verdict);
    const intentNow = await readIntent(tx, ref.datasourceId, deps.platformRules);
    if (intentNow === null) return;
    const to = keepsOld ? phaseWhenProven(intentNow.facts, Date.now()) : afterRefusal(verdict);
    await writePhase(tx, { ...ref, to, reason: verdict.kind === "frozen" ? "held" : "credentialFailed" });
  });
  if (isDropped) await endUnused(deps, ref, unfit);
  return look("refused", intent);
}

/**
 * What a frozen store was consented to waits for it; whoever asked is answered. Kept, because it opens what stands beside, a
 * consent is refused for this one alone.
 */
async function settleRefused(
  tx: TenantTransaction,
  datasourceId: string,
  verdict: Refusal,
  isDropped: boolean,
): Promise<void> {
  if (verdict.kind === "credential")
    return settleConsents(tx, datasourceId, {
      state: "refused",
      outcome: { ...verdict.reason },
      isOwnAlone: !isDropped,
    });
  await settleCommands(
    tx,
    datasourceId,
    { kinds: ["reauthorized"] },
    { state: "refused", outcome: { code: "frozen" } },
  );
}

async function endUnused(deps: WorkDeps, ref: AtSeq, unfit: UnfitCandidate | undefined): Promise<void> {
  const { endLogin } = unfit ?? {};
  if (endLogin == null) return;
  const { kind } = await watched((options) => endLogin(options));
  await inTenantOf(deps, ref, (tx) => audit(tx, ref.datasourceId, { verb: "unusedLoginEnded", after: { kind } }));
}

const afterRefusal = (verdict: Refusal): "PAUSED" | "REAUTHORIZE" =>
  verdict.kind === "frozen" ? "PAUSED" : "REAUTHORIZE";

async function later(
  deps: WorkDeps,
  ref: AtSeq,
  { retryAt, because }: { readonly retryAt: number | null; readonly because: ThrottleReason },
  also: (tx: TenantTransaction) => Promise<unknown> = () => Promise.resolve(),
): Promise<Look> {
  const until = retryAt ?? Date.now() + SOON_MS;
  let isOver = false;
  const intent = await writeAndRead(deps, ref, async (tx) => {
    await lockTogether(tx, ref.datasourceId);
    isOver = await isOvertaken(tx, ref);
    if (isOver) return waitForSignIn(deps, tx, ref);
    await writeThrottle(tx, ref.datasourceId, until, because);
    await also(tx);
  });
  // When it may be asked again is the source's to say, whoever was disconnected meanwhile.
  return look("later", intent, isOver && retryAt === null ? Date.now() + AGAIN_MS : until);
}

const down = (deps: WorkDeps, ref: AtSeq, retryAt: number | null, said: string): Promise<Look> =>
  later(deps, ref, { retryAt, because: "providerDown" }, (tx) =>
    raiseNotice(tx, ref.datasourceId, "sourceDown", { said }),
  );

/** The merchant's own, or the source's. */
export const limitIn = ({ because }: { readonly because: string }): ThrottleReason =>
  because === "ceiling" ? because : "rateLimit";

/** For people to read; the workflow has its own wait. */
export async function writeThrottle(
  tx: TenantTransaction,
  datasourceId: string,
  until: number,
  because: ThrottleReason,
): Promise<void> {
  await tx.sql`
    update datasources set throttled_until = to_timestamp(${seconds(until)}::float8), last_attempt_at = now(),
      throttle_reason = jsonb_build_object('code', ${because}::text)
    where id = ${datasourceId}`;
}
