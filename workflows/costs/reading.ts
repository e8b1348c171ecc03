/** The second pass: records from any place of the file, as costs and findings. */
import { setImmediate as othersTurn } from "node:timers/promises";
import type { Finding } from "./codes.ts";
import { correcting } from "./corrections.ts";
import type { Correction } from "./corrections.ts";
import { withoutGuard } from "./hygiene.ts";
import { csvRecords, isBlank } from "./records.ts";
import type { CsvPlace } from "./records.ts";
import { makeRowReader } from "./rows.ts";
import type { CostRow, RowGround } from "./rows.ts";
import { textOf } from "./unpacking.ts";
import type { CostFile } from "./unpacking.ts";
import { plainHeaders, REPORT_COLUMNS } from "./vocabulary.ts";

export interface ReadLine {
  readonly line: number;
  readonly cells: readonly string[];
  readonly rows: readonly CostRow[];
  readonly findings: readonly Finding[];
}

export interface ReadChunk {
  readonly lines: readonly ReadLine[];
  /** Where the next chunk begins: kept in the transaction of these rows. */
  readonly next: CsvPlace;
}

export interface ReadingGround extends RowGround {
  readonly corrections: readonly Correction[];
}

/** Of long records fewer make a chunk: what one holds is bounded in bytes as well. */
const CHUNK_BYTES = 128 * 1024;

/** Chunks of so many records; the total line at the end is left out. */
export async function* costChunks(
  file: CostFile,
  ground: ReadingGround,
  from: CsvPlace,
  chunkSize: number,
): AsyncGenerator<ReadChunk> {
  const { survey, limits } = ground;
  const read = makeRowReader(ground);
  const corrected = correcting(ground.corrections, survey.headers);
  // Put right and sent again: what made its cells safe to open is no part of them.
  const named = new Set(plainHeaders(survey.headers));
  const isReport = [...REPORT_COLUMNS].every((column) => named.has(column));
  const text = textOf(file, survey.packing, limits, from.offset);
  let lines: ReadLine[] = [];
  let next = from;
  let begun = from.offset;
  for await (const records of csvRecords(text, survey.dialect.delimiter, limits, from)) {
    for (const record of records) {
      ({ next } = record);
      if (isBlank(record.cells) || record.line === survey.totalLine) continue;
      const right = corrected(isReport ? { ...record, cells: record.cells.map(withoutGuard) } : record);
      lines.push({ line: record.line, cells: right.cells, ...read(right) });
      if (lines.length < chunkSize && next.offset - begun < CHUNK_BYTES) continue;
      yield { lines, next };
      await othersTurn(); // else a whole piece of the file is read before what a database answered is heard
      lines = [];
      begun = next.offset;
    }
  }
  if (lines.length > 0 || next.offset > from.offset) yield { lines, next };
}
