/**
 * One batch, one transaction, all or nothing: fence, stage, merge, quarantine, rollups, checkpoint with ledger and progress.
 * A kill at any point leaves either all of it or none of it.
 */
import type { RecordKind } from "@headwater/connectors/records.ts";
import { endUnheard } from "@headwater/db";
import type { Sql, TransactionSql } from "postgres";
import { setTimeout as sleep } from "node:timers/promises";
import type { Batch } from "./batch.ts";
import type { RunRef } from "./contract.ts";
import { isAboutData, isLockedOut, isPassing, wordsOf } from "./database-trouble.ts";
import { dayCutter } from "./days.ts";
import { Fenced, fenced, type FenceRow, lockFence } from "./fence.ts";
import { copyLines, type Merged, mergeStage, type RecordsOwner } from "./merge.ts";
import { emptyLedger, type Ledger } from "./outcome.ts";
import { type Place, type Step, Superseded } from "./places.ts";
import { rejectPoison } from "./poison.ts";
import { heal, healDays, keepAside } from "./quarantine.ts";
import { entombLost, sumAgain } from "./settle-orders.ts";
import { entombRestated } from "./tombstones.ts";
import { restatementCause, rollUp, type TouchedDays } from "./rollups.ts";

export interface BatchContext {
  sql: Sql;
  run: RunRef;
  owner: RecordsOwner;
  zone: string;
  accountCurrency: string | null;
  stream: string;
  /** It, and those that its pages carry. */
  streams: readonly string[];
  /** Which stream of the page a kind is counted under. */
  streamByKind: ReadonlyMap<RecordKind, string>;
  firstKind: RecordKind;
  shownFrom: Date | null;
  /** Rows that ride in the same transaction: the ledger of calls. Gives back what it took when the transaction fails. */
  alongside: { write(tx: TransactionSql): Promise<void>; undo(): void };
}

export type StepOf = Omit<Step, "pages" | "rows" | "ledger" | "landed" | "insertedByStream">;

export interface Committed {
  ledger: Ledger;
  step: Step;
  fence: FenceRow;
}

export interface Commit {
  context: BatchContext;
  place: Place;
  batch: Batch;
  to: StepOf;
}

export type BatchWriter = (tx: TransactionSql, commit: Commit) => Promise<Committed>;

const DATABASE_TRIES = 6;

/** Throws Fenced, or Superseded when another attempt has taken over. Waits out a database that is away for a while. */
export async function commitBatch(commit: Commit, write: BatchWriter = writeBatch): Promise<Committed> {
  const { context, batch } = commit;
  let attempted: Committed | null = null;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fenced(context.sql, context.run, kindsToMerge(commit), async (tx) => {
        attempted = await write(tx, commit);
        return attempted;
      });
    } catch (error) {
      context.alongside.undo();
      // The commit's answer was lost and the rows are there: the ledger that was committed is the one we counted.
      if (error instanceof Superseded && error.isOurs && attempted !== null) return attempted;
      if (error instanceof Fenced || error instanceof Superseded) throw error;
      if (isAboutData(error)) await rejectPoison(context, batch, wordsOf(error));
      else if (!isPassing(error) || attempt >= DATABASE_TRIES) throw error;
      else if (isLockedOut(error)) await endUnheard(context.sql);
      else await sleep(Math.random() * Math.min(10_000, 200 * 2 ** attempt));
    }
  }
}

/** A window that was read aside brings all kinds of its stream when it is swapped in. */
const kindsToMerge = ({ context, batch, to }: Commit): RecordKind[] =>
  to.isDone ? [...context.streamByKind.keys()] : batch.kinds;

async function writeBatch(tx: TransactionSql, { context, place, batch, to }: Commit): Promise<Committed> {
  const ledger = countedIn(batch);
  const touched: TouchedDays = { days: [], unsettled: [], mayBeFirst: false };
  const replaced: string[] = [];
  const { unsure } = batch;
  let knowsOrders = false;
  let landed = 0;
  const insertedByStream = new Map(context.streams.map((stream) => [stream, 0]));
  for (const [kind, lines] of batch.staged()) {
    await copyLines(tx, kind, lines);
    const merged = await mergeStage(tx, kind, context.owner, { readAt: batch.readAt, unsure });
    if (kind === "order") knowsOrders = merged.inserted < lines.length;
    note(merged, { kind, staged: lines.length }, { ledger, touched });
    replaced.push(...merged.replaced);
    landed += lines.length;
    const stream = context.streamByKind.get(kind) ?? context.stream;
    insertedByStream.set(stream, (insertedByStream.get(stream) ?? 0) + merged.inserted);
  }
  const lost = await entombLost(tx, context.owner, batch, replaced);
  ledger.written += lost.count;
  const summed = await sumAgain(tx, context.owner, [...batch.ordersElsewhere, ...(knowsOrders ? unsure : [])]);
  touched.days.push(...lost.touched.days, ...summed);
  for (const whole of to.mayBeShort ? [] : batch.provenDays) {
    const gone = await entombRestated(tx, context.owner, whole);
    ledger.written += gone.count;
    touched.days.push(...gone.touched.days);
    await healDays(tx, context, whole);
  }
  await heal(tx, context, batch.kinds);
  await keepAside(tx, context, batch.kept);
  await rollUp(tx, rollupContext(context), { ...touched, days: [...new Set(touched.days)] });
  const rows = batch.countsByKind.get(context.firstKind)?.read ?? 0;
  const step: Step = { ...to, pages: batch.pages, rows, ledger, landed, insertedByStream };
  const fence = await lockFence(tx, context.run);
  await place.save(tx, step);
  await context.alongside.write(tx);
  return { ledger, step, fence };
}

/** What the batch itself knows of its ledger; the merge adds the rest. */
export function countedIn(batch: Batch): Ledger {
  const ledger = emptyLedger();
  for (const { read, deduplicated, rejected } of batch.countsByKind.values()) {
    ledger.read += read;
    ledger.deduplicated += deduplicated;
    ledger.rejected += rejected;
  }
  return ledger;
}

export function note(
  merged: Merged,
  { kind, staged }: { kind: RecordKind; staged: number },
  { ledger, touched }: { ledger: Ledger; touched: TouchedDays },
): void {
  ledger.merged += merged.merged;
  ledger.written += merged.merged;
  ledger.unchanged += staged - merged.merged;
  touched.days.push(...merged.days);
  touched.unsettled.push(...merged.unsettled);
  touched.mayBeFirst ||= kind === "order" && merged.merged > 0;
}

export function rollupContext(context: Pick<BatchContext, "owner" | "accountCurrency" | "run" | "zone">) {
  return {
    ...context.owner,
    accountCurrency: context.accountCurrency,
    runId: context.run.runId,
    cause: restatementCause(context.run.kind),
    today: dayCutter(context.zone)(Date.now()),
  };
}
