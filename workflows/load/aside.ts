/**
 * A window read aside: its pages gather in an unlogged stage that nothing counts, over as many calls as it takes, and
 * are swapped in by one transaction: merged under the version guard, with tombstones for what the window no longer has.
 * Until then the old numbers stand.
 */
import type { RecordKind, WholeDays } from "@headwater/connectors/records.ts";
import type { SliceId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { Batch, StagedLine } from "./batch.ts";
import {
  type BatchContext,
  type BatchWriter,
  type Commit,
  type Committed,
  countedIn,
  note,
  rollupContext,
} from "./commit-batch.ts";
import { copyField } from "./copy-text.ts";
import { lockFence } from "./fence.ts";
import { kindsInOrder, layoutByKind } from "./kinds.ts";
import { copyLines, mergeStage, writeCopy } from "./merge.ts";
import type { Ledger } from "./outcome.ts";
import type { Step } from "./places.ts";
import { sumAgain } from "./settle-orders.ts";
import { heal, healDays, keepAside } from "./quarantine.ts";
import { rollUp, type TouchedDays } from "./rollups.ts";
import { entombLostChildrenAside, entombMissing, entombRestated, joinTouched, type Look } from "./tombstones.ts";

export interface AsideWindow {
  sliceId: SliceId;
  from: Date | null;
  to: Date;
  begunAt: Date;
  /** Lines that earlier calls put aside, by the slice's row: the stage is empty after a crash of Postgres, the row is not. */
  landed: number;
}

/** The stage and the slice's row disagree: Postgres crashed in between. The slice begins again. */
export class AsideLost extends Error {
  override readonly name = "AsideLost";
}

const SWAPPED_AT_ONCE = 5_000;
/** Stands in the column of kinds, where no kind has this name: a claim that days are whole. */
const WHOLE_DAYS = "~wholeDays";

export function writeAside(window: AsideWindow): BatchWriter {
  let landed = window.landed;
  return async (tx, commit) => {
    const { context, batch, to } = commit;
    if (to.startsOver) {
      await clearAside(tx, window.sliceId);
      landed = 0;
    }
    const staged = await copyAside(tx, window.sliceId, batch);
    await keepAside(tx, context, batch.kept);
    const before = landed;
    landed += staged;
    try {
      return await finish(tx, commit, { window, staged, landed });
    } catch (error) {
      landed = before;
      throw error;
    }
  };
}

async function finish(
  tx: TransactionSql,
  { context, place, batch, to }: Commit,
  at: { window: AsideWindow; staged: number; landed: number },
): Promise<Committed> {
  const ledger = countedIn(batch);
  if (to.isDone) await swap(tx, context, { ...at, mayBeShort: to.mayBeShort }, ledger);
  const rows = batch.countsByKind.get(context.firstKind)?.read ?? 0;
  const insertedByStream = new Map(
    context.run.kind === "reread" || context.run.kind === "refresh"
      ? []
      : context.streams.map((stream) => [stream, 0] as const),
  );
  const step: Step = { ...to, pages: batch.pages, rows, ledger, landed: at.staged, insertedByStream };
  const fence = await lockFence(tx, context.run);
  await place.save(tx, step);
  await context.alongside.write(tx);
  return { ledger, step, fence };
}

async function copyAside(tx: TransactionSql, sliceId: SliceId, batch: Batch): Promise<number> {
  const lines: string[] = [];
  // An order's lines may come with a later call: its sums follow from all of them, once they are merged.
  for (const [kind, staged] of batch.staged("untold")) {
    // Tried in the connection's own stage: what Postgres refuses must be found now, not when the window is swapped.
    await copyLines(tx, kind, staged);
    await tx.unsafe(`truncate stage_${layoutByKind[kind].table}`);
    for (const { id, versionMs, line } of staged) {
      lines.push(`${sliceId}\t${kind}\t${copyField(id)}\t${new Date(versionMs).toISOString()}\t${copyField(line)}\n`);
    }
  }
  for (const whole of batch.wholeDays) {
    lines.push(`${sliceId}\t${WHOLE_DAYS}\t${copyField(JSON.stringify(whole))}\t${whole.since}\t\n`);
  }
  // What could not be mapped is alive at the source all the same: its id stands here, without a line.
  for (const { kind, sourceId } of batch.rejected) {
    lines.push(`${sliceId}\t${kind}\t${copyField(sourceId ?? "")}\t1970-01-01T00:00:00Z\t\n`);
  }
  if (lines.length > 0)
    await writeCopy(tx, "copy stage_aside (slice_id, kind, id, version_at, line) from stdin", lines);
  return lines.length;
}

export async function clearAside(tx: TransactionSql, sliceId: SliceId): Promise<void> {
  await tx.unsafe("delete from stage_aside where slice_id = $1", [sliceId], { prepare: true });
}

async function swap(
  tx: TransactionSql,
  context: BatchContext,
  { window, landed, mayBeShort }: { window: AsideWindow; landed: number; mayBeShort: boolean },
  ledger: Ledger,
): Promise<void> {
  const [counted] = await tx.unsafe<[{ lines: number; mappable: number; is_nameless: boolean }]>(
    `select count(*)::int as lines, (count(*) filter (where line <> ''))::int as mappable,
       coalesce(bool_or(id = ''), false) as is_nameless from stage_aside where slice_id = $1`,
    [window.sliceId],
    { prepare: true },
  );
  if (counted.lines !== landed) throw new AsideLost(`${counted.lines} lines aside, ${landed} landed`);
  let touched: TouchedDays = { days: [], unsettled: [], mayBeFirst: false };
  let distinct = 0;
  for (const kind of kindsInOrder) distinct += await mergeAside(tx, context, { window, kind }, { ledger, touched });
  ledger.deduplicated += counted.mappable - distinct;
  for (const kind of kindsInOrder) {
    // Something came without an id, or was counted and not shown: whatever we hold may be it, so nothing is buried.
    if (counted.is_nameless || mayBeShort || !context.streamByKind.has(kind)) continue;
    if (layoutByKind[kind].isCutBySource === true) continue;
    const entombed =
      layoutByKind[kind].madeAt === null
        ? await entombLostChildrenAside(tx, context.owner, kind, {
            ...lookFor(context, window, kind),
            parents: mappedAside(window.sliceId, "order"),
          })
        : await entombMissing(tx, context.owner, kind, lookFor(context, window, kind));
    ledger.written += entombed.count;
    touched = joinTouched(touched, entombed.touched);
  }
  if (!mayBeShort) touched = joinTouched(touched, await replaceDays(tx, context, window.sliceId, ledger));
  // Lines were merged after their orders, and some are gone: the sums follow from what is there now.
  if (context.streamByKind.has("orderLine")) {
    const orders = await tx.unsafe<{ id: string }[]>(mappedAside(window.sliceId, "order"));
    const ids = orders.map(({ id }) => id);
    touched = joinTouched(touched, { days: await sumAgain(tx, context.owner, ids), unsettled: [], mayBeFirst: false });
  }
  await rollUp(tx, rollupContext(context), { ...touched, days: [...new Set(touched.days)] });
  await clearAside(tx, window.sliceId);
}

/** Days that the source cuts are replaced by what the window's pages have claimed whole. */
async function replaceDays(
  tx: TransactionSql,
  context: BatchContext,
  sliceId: SliceId,
  ledger: Ledger,
): Promise<TouchedDays> {
  const claims = await tx.unsafe<{ whole: WholeDays }[]>(
    `select distinct id::jsonb as whole from stage_aside as s where slice_id = $1 and kind = $2
       and not exists (select 1 from stage_aside as r where r.slice_id = $1 and r.kind = s.id::jsonb->>'kind' and r.line = '')`,
    [sliceId, WHOLE_DAYS],
  );
  let touched: TouchedDays = { days: [], unsettled: [], mayBeFirst: false };
  for (const { whole } of claims) {
    const gone = await entombRestated(tx, context.owner, whole);
    ledger.written += gone.count;
    touched = joinTouched(touched, gone.touched);
    await healDays(tx, context, whole);
  }
  return touched;
}

/** Both parts are our own: a uuid that was checked when it was made, and the name of a kind. */
const idsAside = (sliceId: SliceId, kind: RecordKind): string =>
  `select distinct id from stage_aside where slice_id = '${sliceId}' and kind = '${kind}'`;

const mappedAside = (sliceId: SliceId, kind: RecordKind): string => `${idsAside(sliceId, kind)} and line <> ''`;

const lookFor = ({ shownFrom }: BatchContext, window: AsideWindow, kind: RecordKind): Look => ({
  alive: idsAside(window.sliceId, kind),
  from: later(window.from, shownFrom),
  to: window.to,
  begunAt: window.begunAt,
});

const later = (one: Date | null, other: Date | null): Date | null =>
  one === null || other === null ? (one ?? other) : one > other ? one : other;

/** Newest version of each id, a few thousand at a time through the connection's own stage. */
async function mergeAside(
  tx: TransactionSql,
  context: BatchContext,
  { window: { sliceId, begunAt }, kind }: { window: AsideWindow; kind: RecordKind },
  { ledger, touched }: { ledger: Ledger; touched: TouchedDays },
): Promise<number> {
  let distinct = 0;
  for (let after = ""; ;) {
    const lines: StagedLine[] = await tx.unsafe<StagedLine[]>(
      `select distinct on (id) id, line, 0 as "versionMs" from stage_aside where slice_id = $1 and kind = $2 and id > $3 and line <> ''
       order by id, version_at desc limit ${SWAPPED_AT_ONCE}`,
      [sliceId, kind, after],
    );
    const last = lines.at(-1);
    if (last === undefined) return distinct;
    await copyLines(tx, kind, lines);
    const merged = await mergeStage(tx, kind, context.owner, { readAt: new Date(), noLaterThan: begunAt });
    await heal(tx, context, [kind]);
    await tx.unsafe(`truncate stage_${layoutByKind[kind].table}`);
    note(merged, { kind, staged: lines.length }, { ledger, touched });
    distinct += lines.length;
    after = last.id;
  }
}
