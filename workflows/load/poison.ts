/**
 * Postgres refused a batch over one of its values. The lines are tried in halves, in a transaction that is undone, until
 * the ones that cannot be stored stand alone; those go to quarantine and the batch is tried again without them.
 */
import type { RecordKind } from "@headwater/connectors/records.ts";
import type { Sql, TransactionSql } from "postgres";
import type { Batch, StagedLine } from "./batch.ts";
import type { RunRef } from "./contract.ts";
import { isAboutData, wordsOf } from "./database-trouble.ts";
import { fenced } from "./fence.ts";
import { copyLines, mergeStage, type RecordsOwner } from "./merge.ts";

class Undo extends Error {}

interface Tried {
  sql: Sql;
  run: RunRef;
  owner: RecordsOwner;
}

/** Throws what Postgres said when no line of the batch is to blame. */
export async function rejectPoison(context: Tried, batch: Batch, said: string): Promise<void> {
  const poison: [RecordKind, StagedLine, string][] = [];
  try {
    await fenced(context.sql, context.run, batch.kinds, async (tx) => {
      for (const [kind, lines] of batch.staged()) {
        for (const [line, words] of await poisonAmong(tx, context, kind, lines)) poison.push([kind, line, words]);
      }
      throw new Undo();
    });
  } catch (error) {
    if (!(error instanceof Undo)) throw error;
  }
  if (poison.length === 0) throw new Error(`a batch was refused but none of its lines is: ${said}`);
  for (const [kind, line, words] of poison) batch.rejectStaged(kind, line, "refusedByDatabase", words);
}

async function poisonAmong(
  tx: TransactionSql,
  context: Tried,
  kind: RecordKind,
  lines: readonly StagedLine[],
): Promise<[StagedLine, string][]> {
  const said = await refusal(tx, context, kind, lines);
  if (said === null) return [];
  const [first] = lines;
  if (lines.length === 1 && first !== undefined) return [[first, said]];
  const middle = lines.length >> 1;
  return [
    ...(await poisonAmong(tx, context, kind, lines.slice(0, middle))),
    ...(await poisonAmong(tx, context, kind, lines.slice(middle))),
  ];
}

async function refusal(
  tx: TransactionSql,
  context: Tried,
  kind: RecordKind,
  lines: readonly StagedLine[],
): Promise<string | null> {
  try {
    await tx.savepoint(async (inner) => {
      await copyLines(inner, kind, lines);
      await mergeStage(inner, kind, context.owner, { readAt: new Date() });
      throw new Undo();
    });
  } catch (error) {
    if (error instanceof Undo) return null;
    if (isAboutData(error)) return wordsOf(error);
    throw error;
  }
  return null;
}
