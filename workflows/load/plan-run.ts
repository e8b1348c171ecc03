/** A run's row with its slices and progress, and the end of it. Planned or closed twice, nothing changes. */
import type { Stream } from "@headwater/connectors/contract.ts";
import { sliceId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { LoadDeps, PlannedSlice, PlannedWindow, RunRef } from "./contract.ts";
import { dayStart } from "./days.ts";
import { Fenced, inOrganisation } from "./fence.ts";
import { announce } from "./notifier.ts";
import { emptyLedger, type Ledger } from "./outcome.ts";

/** A sync that follows the first backfill begins this far before it was planned: more than any two clocks differ. */
const CLOCKS_DIFFER_MS = 15 * 60_000;

/** Nothing is planned for a datasource that was disconnected meanwhile. */
export async function planRun(deps: LoadDeps, run: RunRef, windows: PlannedWindow[]): Promise<PlannedSlice[]> {
  try {
    return await plan(deps, run, windows);
  } catch (error) {
    if (error instanceof Fenced) return [];
    throw error;
  }
}

async function plan(deps: LoadDeps, run: RunRef, windows: PlannedWindow[]): Promise<PlannedSlice[]> {
  const planned = await inOrganisation(deps.sql, run, async (tx) => {
    const { platform, zone } = await readPlace(tx, run);
    const streams = deps.connectorOf(platform)?.streams ?? [];
    await insertRun(tx, run);
    const isNew = await insertSlices(tx, run, toInstants(windows, streams, zone ?? "UTC"));
    if (isNew && run.kind !== "reread" && run.kind !== "refresh") await showPlan(tx, streams, run, windows);
    if (isNew && isFirstHistory(run)) await beginCheckpoints(tx, run, windows);
    return tx.unsafe<(Omit<PlannedSlice, "from" | "to"> & { from: Date | null; to: Date })[]>(
      `select id as "sliceId", stream, from_at as "from", to_at as "to", position, state,
         case when state = 'failed' then failure end as failure from slices
       where organisation_id = $1 and run_id = $2 order by position, stream`,
      [run.organisationId, run.runId],
      { prepare: true },
    );
  });
  announce(deps.sql, run);
  return planned.map((slice) => ({
    ...slice,
    sliceId: sliceId(slice.sliceId),
    from: slice.from?.toISOString() ?? null,
    to: slice.to.toISOString(),
  }));
}

/** One that a disconnect or a pause cut off begins again, with its own end to come; what has ended otherwise stays so. */
export async function insertRun(
  tx: TransactionSql,
  { organisationId, runId, datasourceId, generation, kind, n, askedBy }: RunRef,
): Promise<void> {
  const begun = await tx.unsafe(
    `insert into runs as r (organisation_id, id, datasource_id, kind, n, asked_by)
       select $1, $2, d.id, $4, $5, $6 from datasources as d
       where d.organisation_id = $1 and d.id = $3 and d.generation = $7 and d.disconnected_at is null
     on conflict (organisation_id, id) do update set attempts = r.attempts + 1,
       state = case r.state when 'cancelled' then 'running' else r.state end,
       started_at = case r.state when 'cancelled' then now() else r.started_at end,
       finished_at = case when r.state <> 'cancelled' then r.finished_at end,
       outcome = case r.state when 'cancelled' then nullif(r.outcome - 'code', '{}') else r.outcome end
     returning 1`,
    [organisationId, runId, datasourceId, kind, n, askedBy ?? null, generation],
    { prepare: true },
  );
  if (begun.length === 0) throw new Fenced("generation", 0);
}

async function readPlace(tx: TransactionSql, run: RunRef): Promise<{ platform: string; zone: string | null }> {
  const [row] = await tx.unsafe<[{ platform: string; zone: string | null }?]>(
    `select d.platform, a.zone from datasources as d
     left join accounts as a on a.organisation_id = d.organisation_id and a.id = d.account_id
     where d.organisation_id = $1 and d.id = $2`,
    [run.organisationId, run.datasourceId],
    { prepare: true },
  );
  if (row === undefined) throw new Error("the datasource is not there");
  return row;
}

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text);

/** Days become instants of the account's own zone; a stream that is read whole has no beginning. */
function toInstants(windows: PlannedWindow[], streams: readonly Stream[], zone: string): PlannedWindow[] {
  const instantOf = (text: string): string => (isDay(text) ? dayStart(text, zone).toISOString() : text);
  return windows.map((window) => {
    const isWhole = streams.find(({ name }) => name === window.stream)?.window.history === "snapshot";
    return {
      ...window,
      from: isWhole || window.from === null ? null : instantOf(window.from),
      to: instantOf(window.to),
    };
  });
}

async function insertSlices(tx: TransactionSql, run: RunRef, windows: PlannedWindow[]): Promise<boolean> {
  const inserted = await tx.unsafe(
    `insert into slices (organisation_id, run_id, datasource_id, stream, from_at, to_at, position)
       select $1, $2, $3, w.stream, w.from_at, w.to_at, w.position
       from unnest($4::text[], $5::timestamptz[], $6::timestamptz[], $7::int[]) as w(stream, from_at, to_at, position)
       where not exists (select 1 from slices where organisation_id = $1 and run_id = $2)
     returning 1`,
    [
      run.organisationId,
      run.runId,
      run.datasourceId,
      windows.map(({ stream }) => stream),
      windows.map(({ from }) => from),
      windows.map(({ to }) => to),
      windows.map(({ position }) => position),
    ],
    { prepare: true },
  );
  return inserted.length > 0;
}

/** What the page draws before the first row: every stream with its windows, those that ride along included. */
async function showPlan(
  tx: TransactionSql,
  streams: readonly Stream[],
  run: RunRef,
  windows: PlannedWindow[],
): Promise<void> {
  const totals = new Map<string, number>();
  for (const { stream } of windows) {
    for (const name of [
      stream,
      ...streams.filter(({ carriedBy }) => carriedBy === stream).map((carried) => carried.name),
    ]) {
      totals.set(name, (totals.get(name) ?? 0) + 1);
    }
  }
  await tx.unsafe(
    `insert into progress as p (organisation_id, datasource_id, stream, state, windows_total)
       select $1, $2, t.stream, 'queued', t.total from unnest($3::text[], $4::int[]) as t(stream, total)
     on conflict (organisation_id, datasource_id, stream) do update
       set state = 'queued', windows_done = 0, windows_total = excluded.windows_total, started_at = null, finished_at = null, waiting_for = null`,
    [run.organisationId, run.datasourceId, [...totals.keys()], [...totals.values()]],
    { prepare: true },
  );
}

/** An extension ends where the first one began: a stream that came since is read from its beginning by its first sync. */
const isFirstHistory = ({ kind, askedBy }: RunRef): boolean => kind === "backfill" && askedBy === undefined;

async function beginCheckpoints(tx: TransactionSql, run: RunRef, windows: PlannedWindow[]): Promise<void> {
  await tx.unsafe(
    `insert into checkpoints (organisation_id, datasource_id, stream, through)
       select $1, $2, stream, now() - $4::int * interval '1 ms' from unnest($3::text[]) as s(stream)
     on conflict do nothing`,
    [run.organisationId, run.datasourceId, [...new Set(windows.map(({ stream }) => stream))], CLOCKS_DIFFER_MS],
    { prepare: true },
  );
}

/** A stream that lacks a window has failed, whatever of it came after; those that ride along lack it too. */
async function showHoles(tx: TransactionSql, { organisationId, datasourceId, runId }: RunRef): Promise<void> {
  await tx.unsafe(
    `update progress as p set state = 'failed', waiting_for = coalesce(
         (select s.failure from slices as s where s.organisation_id = $1 and s.run_id = $3 and s.stream = p.stream
           and s.state = 'failed' order by s.position limit 1), p.waiting_for)
       where p.organisation_id = $1 and p.datasource_id = $2 and p.windows_done < p.windows_total`,
    [organisationId, datasourceId, runId],
    { prepare: true },
  );
}

/** The run's ledger is the sum of its slices'. */
export async function closeRun(
  deps: LoadDeps,
  run: RunRef,
  state: "succeeded" | "failed" | "cancelled",
): Promise<Ledger> {
  const ledger = await inOrganisation(deps.sql, run, async (tx) => {
    const [row] = await tx.unsafe<[{ ledger: Ledger }?]>(
      `with sums as (
         select sum(read) as read, sum(merged) as merged, sum(unchanged) as unchanged, sum(deduplicated) as deduplicated,
           sum(rejected) as rejected, sum(written) as written, sum(announced) as announced
         from slices where organisation_id = $1 and run_id = $2)
       update runs as r set read = coalesce(sums.read, 0), merged = coalesce(sums.merged, 0), unchanged = coalesce(sums.unchanged, 0),
         deduplicated = coalesce(sums.deduplicated, 0), rejected = coalesce(sums.rejected, 0), written = coalesce(sums.written, 0),
         announced = sums.announced, state = $3, finished_at = coalesce(r.finished_at, now())
       from sums where r.organisation_id = $1 and r.id = $2
       returning jsonb_build_object('read', r.read, 'merged', r.merged, 'unchanged', r.unchanged, 'deduplicated', r.deduplicated,
         'rejected', r.rejected, 'written', r.written) as ledger`,
      [run.organisationId, run.runId, state],
      { prepare: true },
    );
    if (state === "failed" && run.kind !== "reread" && run.kind !== "refresh") await showHoles(tx, run);
    return row?.ledger ?? emptyLedger();
  });
  announce(deps.sql, run);
  return ledger;
}
