/**
 * What a person put right in a file: in one cell, or in every cell of a column that says the same. They are kept beside
 * the file and hold for it alone: the file stays as it came, and read again it says the same.
 */
import { cleanKey } from "./hygiene.ts";
import type { CsvRecord } from "./records.ts";

export type Correction = InCell | OfWord;
interface InCell {
  /** By the header's own text. */
  readonly column: string;
  readonly line: number;
  readonly value: string;
}
interface OfWord {
  readonly column: string;
  /** What stood there. */
  readonly was: string;
  readonly value: string;
}

/** Null: as the file says it. */
export type SaidCorrection = (Omit<InCell, "value"> | Omit<OfWord, "value">) & { readonly value: string | null };

/** As a finding tells a key: an order's `#` says nothing, unless it is all there is. */
const wordOf = (cell: string): string => cleanKey(cell).replace(/^#\s*(?=.)/, "");

const placeOf = (one: SaidCorrection): string =>
  JSON.stringify([one.column, "line" in one ? one.line : wordOf(one.was)]);

/** Later ones take the place of earlier ones, also of what an earlier one had made of a cell. */
export function withCorrections(before: readonly Correction[], said: readonly SaidCorrection[]): Correction[] {
  let all = [...before];
  for (const one of said) {
    const { value } = one;
    const place = placeOf(one);
    all = all.filter((known) => placeOf(known) !== place);
    if (value === null) continue;
    if ("was" in one)
      all = all.map((known) =>
        known.column === one.column && wordOf(known.value) === wordOf(one.was) ? { ...known, value } : known,
      );
    all.push({ ...one, value });
  }
  return all;
}

interface Column {
  readonly lines: Map<number, string>;
  readonly words: Map<string, string>;
}

/** What the record says once it is put right. */
export function correcting(
  corrections: readonly Correction[],
  headers: readonly string[],
): (record: CsvRecord) => CsvRecord {
  const columns = new Map<number, Column>();
  for (const one of corrections) {
    const at = headers.indexOf(one.column);
    if (at < 0) continue;
    const column = columns.get(at) ?? { lines: new Map(), words: new Map() };
    columns.set(at, column);
    if ("line" in one) column.lines.set(one.line, one.value);
    else if (wordOf(one.was) !== "") column.words.set(wordOf(one.was), one.value);
  }
  if (columns.size === 0) return (record) => record;
  return (record) => {
    const cells = [...record.cells];
    for (const [at, { lines, words }] of columns) {
      const value = lines.get(record.line) ?? words.get(wordOf(cells[at] ?? ""));
      if (value === undefined) continue;
      while (cells.length < at) cells.push("");
      cells[at] = value;
    }
    return { ...record, cells };
  };
}
