/** The source's ids beside ours, range by range: what is gone there gets a tombstone here. */
import type { Range, Stream } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { RecordKind } from "@headwater/connectors/records.ts";
import { rollupContext } from "./commit-batch.ts";
import type { LoadDeps, RunRef, WorkOptions } from "./contract.ts";
import { copyField } from "./copy-text.ts";
import { outcomeOf } from "./failures.ts";
import { fenced, inOrganisation, lockFence } from "./fence.ts";
import { layoutByKind } from "./kinds.ts";
import { type RecordsOwner, writeCopy } from "./merge.ts";
import { announce } from "./notifier.ts";
import { batchContext, openRun, type OpenRun, readableStreams, shownFrom } from "./open-run.ts";
import type { WorkOutcome } from "./outcome.ts";
import { rollUp } from "./rollups.ts";
import { entombMissing } from "./tombstones.ts";
import { insertRun } from "./plan-run.ts";

/** Ids of one range are held in memory: a month of the largest shops is a few hundred thousand of them. */
const RANGE_MS = 30 * 86_400_000;

interface Sweep {
  readonly deps: LoadDeps;
  readonly run: RunRef;
  readonly open: OpenRun;
  readonly stream: Stream;
}

export type SweepOutcome = WorkOutcome & { tombstoned: number };

export async function sweepDeletes(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<SweepOutcome> {
  const worked = { pages: 0, rows: 0, intentVersion: 0 };
  let tombstoned = 0;
  try {
    const open = await openRun(deps, run, options.signal);
    worked.intentVersion = open.standing.intent_version;
    await inOrganisation(deps.sql, run, (tx) => insertRun(tx, run));
    for (const stream of readableStreams(open.source)) {
      if (stream.ids === undefined) continue;
      const sweep = { deps, run, open, stream };
      for (const range of await rangesOf(sweep)) {
        options.signal.throwIfAborted();
        const swept = await sweepRange(sweep, range);
        worked.pages += 1;
        worked.rows += swept.alive;
        tombstoned += swept.entombed;
        options.heartbeat({ pages: worked.pages, rows: worked.rows });
      }
    }
    await closeSweep(deps, run, open, { alive: worked.rows, tombstoned });
    return { kind: "done", ...worked, tombstoned };
  } catch (error) {
    return { ...outcomeOf(error, worked), tombstoned };
  }
}

/** Our own history, as far back as the source shows it, cut into ranges, newest first; a kind that lies in no time is one range. */
async function rangesOf({ deps, run, open, stream }: Sweep): Promise<Range[]> {
  const owner = ownerOf(run, open);
  const now = open.source.session.clock.now();
  const { table, madeAt } = layoutByKind[firstKindOf(stream)];
  if (madeAt === null || stream.window.history === "snapshot") return [{ from: null, to: now }];
  const [row] = await inOrganisation(deps.sql, run, (tx) =>
    tx.unsafe<[{ first: Date | null }]>(
      `select min(${madeAt}) as first from ${table} where organisation_id = $1 and account_id = $2 and deleted_at is null`,
      [owner.organisationId, owner.accountId],
    ),
  );
  if (row.first === null) return [];
  const ranges: Range[] = [];
  const shown = shownFrom(stream, open.source)?.getTime() ?? -Infinity;
  for (let to = now.getTime(); to > Math.max(row.first.getTime(), shown); to -= RANGE_MS)
    ranges.push({ from: new Date(Math.max(to - RANGE_MS, shown)), to: new Date(to) });
  return ranges;
}

async function sweepRange(sweep: Sweep, range: Range): Promise<{ alive: number; entombed: number }> {
  const { deps, run, open, stream } = sweep;
  const begunAt = new Date();
  const alive = new Set<string>();
  for await (const ids of stream.ids?.(open.source.session, range) ?? []) for (const id of ids) alive.add(id);
  await provenWhole(sweep, range, alive);
  const kind = firstKindOf(stream);
  const context = batchContext(deps, run, open, stream);
  const entombed = await fenced(deps.sql, run, [], async (tx) => {
    await tx.unsafe("create temporary table if not exists stage_alive (id text) on commit delete rows");
    await writeCopy(tx, "copy stage_alive (id) from stdin", [...alive], (id) => `${copyField(id)}\n`);
    const found = await entombMissing(tx, context.owner, kind, {
      alive: "select id from stage_alive",
      from: range.from,
      to: range.to,
      begunAt,
    });
    await rollUp(tx, rollupContext(context), found.touched);
    await lockFence(tx, run);
    return found;
  });
  if (entombed.count > 0) announce(deps.sql, run);
  return { alive: alive.size, entombed: entombed.count };
}

/** A list that was cut short would bury the living: before anything is entombed the source's own count must agree. */
async function provenWhole(
  { deps, run, open, stream }: Sweep,
  range: Range,
  alive: ReadonlySet<string>,
): Promise<void> {
  const { organisationId, accountId } = ownerOf(run, open);
  const { table, madeAt } = layoutByKind[firstKindOf(stream)];
  const inRange =
    madeAt === null ? "$3::timestamptz is null or true" : `(${madeAt} >= $3 or $3 is null) and ${madeAt} < $4`;
  const [row] = await inOrganisation(deps.sql, run, (tx) =>
    tx.unsafe<[{ ours: number }]>(
      `select count(*)::int as ours from ${table} where organisation_id = $1 and account_id = $2 and deleted_at is null
         and (${inRange}) and $4::timestamptz is not null`,
      [organisationId, accountId, range.from, range.to],
    ),
  );
  if (row.ours <= alive.size || stream.count === undefined) return;
  const theirs = await stream.count(open.source.session, range);
  if (theirs === null || theirs === alive.size) return;
  const said = `${alive.size} ids came, the source counts ${theirs}`;
  throw new SourceFailure({ class: "transient", code: "sweep.countDiffers", said });
}

async function closeSweep(
  deps: LoadDeps,
  run: RunRef,
  open: OpenRun,
  found: { alive: number; tombstoned: number },
): Promise<void> {
  await inOrganisation(deps.sql, run, async (tx) => {
    await tx.unsafe(
      `update runs set state = 'succeeded', finished_at = now(), read = $3, unchanged = $3, written = $4, outcome = $5::jsonb
       where organisation_id = $1 and id = $2`,
      [run.organisationId, run.runId, found.alive, found.tombstoned, { tombstoned: found.tombstoned }],
    );
    await open.source.calls.write(tx, run);
  });
}

function firstKindOf(stream: Stream): RecordKind {
  const [kind] = stream.kinds;
  if (kind === undefined) throw new Error(`stream ${stream.name} names no record kind`);
  return kind;
}

function ownerOf(run: RunRef, open: OpenRun): RecordsOwner {
  const { account_id: accountId } = open.standing;
  if (accountId === null) throw new Error("the datasource has no account yet");
  return { organisationId: run.organisationId, accountId };
}
