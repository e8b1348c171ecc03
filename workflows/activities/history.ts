/** Plans and closes the child's runs. The slices' rows are the plan; the workflow carries positions only. */
import { sliceId } from "@headwater/db";
import type { SliceId, TenantTransaction } from "@headwater/db";
import { forbidsRunning } from "../lifecycle/phases.ts";
import { addDays, backfillWindows, DEFAULT_MONTHS, planSlices, rangeWindows } from "../lifecycle/windows.ts";
import type { Day, Window } from "../lifecycle/windows.ts";
import { historyRests } from "../lifecycle/quiet.ts";
import type { PlannedWindow } from "../load/contract.ts";
import type { BackfillOutcome } from "../temporal/input.ts";
import type { BackfillAsked, Plan, Read, Ref, RunClosing } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { unlessFenced } from "./failure.ts";
import { holes } from "./holes.ts";
import { aboutOf, mail } from "./mailing.ts";
import type { Named } from "./mailing.ts";
import { readIntent } from "./reading.ts";
import { runRef } from "./refs.ts";
import { tellTroubles } from "./telling-troubles.ts";
import { announce, audit, inTenantOf, settleCommands, writeAndRead, writePhase } from "./writing.ts";

interface Ground {
  readonly platform: string;
  readonly scopes: readonly string[];
  readonly zone: string;
  readonly historyFrom: Day | null;
  readonly asked: "resync" | "extendHistory" | null;
  readonly args: {
    readonly stream?: string;
    readonly from?: Day;
    readonly to?: Day;
    readonly choice?: string;
    readonly because?: string;
  } | null;
  /** The first whole day of the history that was read, or is planned to be: it may have been cut in another zone. */
  readonly reachesTo: Day | null;
  readonly unfinishedN: number | null;
  /** The first day that has a number. */
  readonly countsFrom: Day | null;
}

/** Planned again, with a number that is taken, it answers what is there. */
export async function beginBackfill(deps: WorkDeps, asked: BackfillAsked): Promise<Read> {
  const asIs = () => inTenantOf(deps, asked, (tx) => readIntent(tx, asked.datasourceId, deps.platformRules));
  const ground = await inTenantOf(deps, asked, (tx) => readGround(tx, asked));
  if (ground === null) return asIs();
  const n = ground.unfinishedN ?? asked.n;
  const windows = windowsFor(deps, ground, asked.quickStart);
  if (windows.length === 0 && ground.asked === "extendHistory") return refuseExtension(deps, asked);
  const run = runRef(asked, kindFor(ground), n, asked.command);
  const planned = await unlessFenced(() => deps.load.planRun(deps.loadDeps, run, windows));
  if (planned === null) return asIs();
  return writeAndRead(deps, asked, async (tx) => {
    if (ground.asked === "resync") {
      // What was checked was the numbers that are going: the next check speaks of those that come.
      if (makesOtherNumbers(ground)) await tx.sql`delete from spot_checks where datasource_id = ${asked.datasourceId}`;
      return announce(tx, asked.datasourceId);
    }
    // An extension leaves the phase where it is: the syncs go on beside it.
    const isFirst = ground.asked === null;
    if (isFirst && !(await writePhase(tx, { ...asked, to: "BACKFILLING", reason: "verified" }))) return;
    await tx.sql`
      update datasources set backfill = 'running', backfill_n = ${n}
      where id = ${asked.datasourceId} and generation = ${asked.generation}`;
    if (!isFirst) await announce(tx, asked.datasourceId);
  });
}

const kindFor = (ground: Ground): "backfill" | "resync" => (ground.asked === "resync" ? "resync" : "backfill");

/** Another choice, zone or currency: of every day that has a number. */
const makesOtherNumbers = ({ args }: Ground): boolean => args?.choice !== undefined || args?.because !== undefined;

/** Everything from that day on was read before, or the grant reaches no further back. */
const refuseExtension = (deps: WorkDeps, asked: BackfillAsked): Promise<Read> =>
  writeAndRead(deps, asked, async (tx) => {
    const refused = { state: "refused", outcome: { code: "nothingEarlier" } } as const;
    await settleCommands(tx, asked.datasourceId, { ids: [asked.command ?? ""] }, refused);
    await announce(tx, asked.datasourceId);
  });

async function readGround(tx: TenantTransaction, asked: BackfillAsked): Promise<Ground | null> {
  const [ground] = await tx.sql<Ground[]>`
    select d.platform, coalesce(g.scopes, '{}') as scopes, coalesce(a.zone, o.zone) as zone,
      d.history_from::text as "historyFrom",
      c.args, c.kind as asked,
      (select ((min(s.from_at) at time zone coalesce(a.zone, o.zone)) + interval '1 day' - interval '1 ms')::date::text from slices s
        join runs r on r.organisation_id = s.organisation_id and r.id = s.run_id
        where s.organisation_id = d.organisation_id and s.datasource_id = d.id and r.kind = 'backfill'
          and r.asked_by is distinct from c.id) as "reachesTo",
      (select max(n) from runs r where r.organisation_id = d.organisation_id and r.datasource_id = d.id
        and r.kind = case when c.kind = 'resync' then 'resync' else 'backfill' end and r.finished_at is null) as "unfinishedN",
      case when c.args ?| '{choice,because}' then (select min(day)::text from rollups n
        where n.organisation_id = d.organisation_id and n.account_id = d.account_id) end as "countsFrom"
    from datasources d
      left join commands c on c.organisation_id = d.organisation_id and c.id = ${asked.command ?? null}
      left join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
      left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
      join organisations o on o.id = d.organisation_id
    where d.id = ${asked.datasourceId} and d.generation = ${asked.generation}`;
  return ground ?? null;
}

function windowsFor(deps: WorkDeps, ground: Ground, quickStart: boolean): PlannedWindow[] {
  const { streams } = deps.platformRules(ground.platform);
  const isExtension = ground.asked === "extendHistory";
  const granted = streams.filter(
    (stream) =>
      stream.needs.every((scope) => ground.scopes.includes(scope)) &&
      !(isExtension && stream.isSnapshot) &&
      (ground.args?.stream === undefined || [stream.name, ...stream.carries].includes(ground.args.stream)),
  );
  if (isExtension) return planSlices(granted, extension(ground));
  return planSlices(granted, ground.args === null ? firstHistory(ground, quickStart) : rangeAsked(ground));
}

/** From the day that was asked for, or the earliest that the grant reaches, up to what was read before. */
function extension({ args, reachesTo, historyFrom }: Ground): Window[] {
  if (args?.from === undefined || reachesTo === null) return [];
  return rangeWindows(reachable(args.from, historyFrom), reachesTo);
}

const reachable = (from: Day, historyFrom: Day | null): Day =>
  historyFrom !== null && historyFrom > from ? historyFrom : from;

const firstHistory = ({ zone, historyFrom }: Pick<Ground, "zone" | "historyFrom">, quickStart = false): Window[] =>
  backfillWindows({
    until: tomorrowIn(zone),
    months: DEFAULT_MONTHS,
    quickStart,
    ...(historyFrom === null ? {} : { notBefore: historyFrom }),
  });

/** As far back as it was ever read: a first one of today begins later than that of then, and none reaches what was extended. */
function wholeHistory({ zone, historyFrom, reachesTo }: Ground): Window[] {
  const windows = firstHistory({ zone, historyFrom });
  const oldest = windows.at(-1);
  if (oldest === undefined || reachesTo === null) return windows;
  return [...windows, ...rangeWindows(reachable(reachesTo, historyFrom), oldest.from)];
}

function rangeAsked(ground: Ground): Window[] {
  const { args, zone, countsFrom, reachesTo } = ground;
  const until = tomorrowIn(zone);
  // Another choice, zone or currency makes other numbers of every day that has some, whoever read it and when, and of those that had none.
  if (countsFrom !== null)
    return rangeWindows(reachesTo !== null && reachesTo < countsFrom ? reachesTo : countsFrom, until);
  if (args?.from === undefined) return wholeHistory(ground);
  const to = args.to === undefined ? until : addDays(args.to, 1);
  return rangeWindows(args.from, to > until ? until : to);
}

const tomorrowIn = (zone: string, now = new Date()): Day =>
  addDays(new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(now), 1);

export const planLeft = (deps: WorkDeps, { runId, ...ref }: Ref & { readonly runId: string }): Promise<Plan | null> =>
  inTenantOf(deps, ref, async (tx) => {
    const intent = await readIntent(tx, ref.datasourceId, deps.platformRules);
    if (intent === null || forbidsRunning(intent.facts, Date.now())) return null;
    const isResting = historyRests(intent.quiet, Date.now()) !== null;
    const [run] = await tx.sql<{ open: number[] | null; newest: number; version: number }[]>`
      select (select coalesce(nullif(count(distinct stream) filter (where from_at is not null), 0), count(distinct stream))::int
          from slices where run_id = ${runId}) as newest,
        (select array_agg(position order by priority desc, position) from slices where run_id = ${runId}
          and state in ('queued', 'running') and (priority > 0 or not ${isResting})) as open, plan_version as version
      from runs where id = ${runId} and finished_at is null`;
    if (run === undefined) return null;
    const { concurrency } = deps.platformRules(intent.platform);
    const { newest, version } = run;
    const { generation } = intent.facts;
    return { open: run.open ?? [], newest, concurrency, generation, version, newestAlone: true };
  });

export interface SliceFound {
  readonly id: SliceId;
  readonly stream: string;
  /** An attempt at it was written down. */
  readonly hadTrouble: boolean;
  /** Nobody wants its days first, and its datasource has quiet hours. */
  readonly mayRest: boolean;
}

export async function sliceAt(tx: TenantTransaction, runId: string, position: number): Promise<SliceFound | null> {
  const [slice] = await tx.sql<(Omit<SliceFound, "id"> & { id: string })[]>`
    select id, stream, exists (select 1 from run_attempts t where t.organisation_id = s.organisation_id
      and t.run_id = s.run_id and t.slice_id = s.id) as "hadTrouble",
      s.priority = 0 and exists (select 1 from datasources d where d.organisation_id = s.organisation_id
        and d.id = s.datasource_id and d.quiet_from is not null) as "mayRest"
    from slices s where run_id = ${runId} and position = ${position}`;
  return slice === undefined ? null : { ...slice, id: sliceId(slice.id) };
}

export interface ClosedRun {
  readonly kind: "backfill" | "resync";
  readonly n: number;
  readonly generation: number;
  readonly failed: number;
  readonly open: number;
  readonly askedBy: string | null;
  /** A limit of the grant ended it before the days that are read without one. */
  readonly isCut: boolean;
}

/**
 * All its slices are settled. A history with holes is said to have them; the data that is in stays. Where the newest days
 * came before any sync, their numbers are the first ones: nobody is told that a history which is read has not arrived.
 */
export async function closeRun(deps: WorkDeps, closing: RunClosing): Promise<{ readonly outcome: BackfillOutcome }> {
  const run = await inTenantOf(deps, closing, (tx) => readRun(tx, closing.runId));
  if (run === null || run.open > 0) return { outcome: "stopped" };
  const outcome = run.failed > 0 ? "failed" : "done";
  const ref = runRef({ ...closing, generation: run.generation }, run.kind, run.n);
  await deps.load.closeRun(deps.loadDeps, ref, outcome === "done" ? "succeeded" : "failed");
  await inTenantOf(deps, closing, async (tx) => {
    if (run.kind === "backfill") {
      const [read] = await tx.sql<{ isDone: boolean }[]>`
        update datasources set backfill = case when ${run.askedBy !== null}::boolean and ${hasHoles(tx, closing)}
          then 'failed' when ${run.askedBy === null}::boolean and history_from is null and ${run.isCut} then 'queued'
          else ${outcome} end,
          first_numbers_at = coalesce(first_numbers_at, case when ${outcome} = 'done' or exists (
            select 1 from slices s where s.run_id = ${closing.runId} and s.state = 'done') then now() end)
        where id = ${closing.datasourceId} and generation = ${run.generation}
        returning backfill = 'done' as "isDone"`;
      if (read?.isDone === true) await tellHistoryDone(tx, closing.runId);
    } else
      await tx.sql`
        update datasources set backfill = 'done'
        where id = ${closing.datasourceId} and generation = ${run.generation} and backfill = 'failed'
          and not ${hasHoles(tx, closing)}`;
    if (run.askedBy !== null)
      await settleCommands(
        tx,
        closing.datasourceId,
        { ids: [run.askedBy] },
        { state: "done", outcome: { code: outcome } },
      );
    const verb = run.kind === "backfill" ? "historyRead" : "resyncDone";
    await audit(tx, closing.datasourceId, { verb, after: { outcome, failedSlices: run.failed } });
    await tellTroubles(tx, [closing.datasourceId]);
    await announce(tx, closing.datasourceId);
  });
  return { outcome };
}

/** By mail where it took over an hour: nobody looked on any more. */
async function tellHistoryDone(tx: TenantTransaction, runId: string): Promise<void> {
  const [long] = await tx.sql<Named[]>`
    select d.id, d.platform, coalesce(a.name, d.name) as account
    from runs r join datasources d on d.organisation_id = r.organisation_id and d.id = r.datasource_id
    left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
    where r.id = ${runId} and now() - r.started_at > interval '1 hour'`;
  if (long !== undefined)
    await mail(tx, { kind: "historyDone", once: `history ${runId}`, details: await aboutOf(tx, long) });
}

const hasHoles = (tx: TenantTransaction, { datasourceId }: Pick<RunClosing, "datasourceId">) =>
  tx.sql`exists (select from (${holes(tx)}) h where h.datasource_id = ${datasourceId})`;

async function readRun(tx: TenantTransaction, runId: string): Promise<ClosedRun | null> {
  const [run] = await tx.sql<ClosedRun[]>`
    select r.kind, r.n, d.generation, r.asked_by as "askedBy",
      coalesce((select min(s.from_at) from slices s where s.run_id = r.id)
        > now() - make_interval(months => ${DEFAULT_MONTHS - 1}), false) as "isCut",
      (select count(*)::int from slices s where s.run_id = r.id and s.state = 'failed') as failed,
      (select count(*)::int from slices s where s.run_id = r.id and s.state in ('queued', 'running')) as open
    from runs r join datasources d on d.organisation_id = r.organisation_id and d.id = r.datasource_id
    where r.id = ${runId}`;
  return run ?? null;
}
