/**
 * RFC 4180 as it is met in the wild: doubled quotes, line breaks within quotes, CRLF, LF and CR. Bytes of UTF-8 are
 * looked at one character each (every mark of the format is ASCII), so that a place in the text is a byte offset and a
 * restart can go on there; only cells with other letters are decoded.
 */
import { isAscii } from "node:buffer";
import { FileRefused } from "./codes.ts";
import type { CostLimits } from "./limits.ts";

export type Delimiter = "," | ";" | "\t" | "|";

export interface CsvRecord {
  /** The physical line it begins on, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
  /** Where the next record begins: byte of the text and its line. */
  readonly next: CsvPlace;
}

export interface CsvPlace {
  readonly offset: number;
  readonly line: number;
}

const QUOTE = 34;
const LF = 10;
const CR = 13;

interface Cut {
  readonly cells: string[];
  /** Index behind the record, its line break included. */
  readonly end: number;
  readonly lines: number;
}

/** Every record from a place on, blank lines included: whoever reads decides what is blank. */
export async function* csvRecords(
  text: AsyncIterable<Uint8Array>,
  delimiter: Delimiter,
  limits: CostLimits,
  from: CsvPlace = { offset: 0, line: 1 },
): AsyncGenerator<CsvRecord[]> {
  let rest = "";
  let isPlain = true;
  let { offset, line } = from;
  const cutAll = (isLast: boolean): CsvRecord[] => {
    const found: CsvRecord[] = [];
    const cutNext = cutterOf(rest, delimiter, isPlain, isLast);
    let at = 0;
    while (at < rest.length) {
      const cut = cutNext(at, line);
      if (cut === null) break;
      const bytes = cut.end - at;
      if (bytes > limits.recordBytes) throw new FileRefused("E_TOO_LARGE", { line, why: "record" });
      const first = line;
      offset += bytes;
      line += cut.lines;
      at = cut.end;
      found.push({ line: first, cells: cut.cells, next: { offset, line } });
    }
    rest = at === 0 ? rest : rest.slice(at);
    isPlain ||= ASCII.test(rest);
    if (rest.length > limits.recordBytes * (rest.includes('"') ? QUOTED_TIMES : 1)) throw tooLong(rest, line);
    return found;
  };
  for await (const chunk of text) {
    for (let at = 0; at < chunk.length; at += PIECE) {
      const piece = chunk.subarray(at, at + PIECE);
      rest += latin1(piece);
      isPlain &&= isAscii(piece);
      const found = cutAll(false);
      if (found.length > 0) yield found;
    }
  }
  const found = cutAll(true);
  if (found.length > 0) yield found;
}

const PIECE = 256 * 1024;
/** Of an open quote it is waited a little longer whether it is closed: then what is wrong is its size, else the quote. */
const QUOTED_TIMES = 4;

/** A record without an end is nearly always a quote that was never closed. */
const tooLong = (rest: string, line: number): FileRefused =>
  rest.includes('"')
    ? quoteRefused(line, rest.slice(0, 80), "unclosed")
    : new FileRefused("E_TOO_LARGE", { line, why: "record" });

/** Told in its own letters; one that the cut went through is left out. */
const quoteRefused = (line: number, bytes: string, why: "unclosed" | "textAfter"): FileRefused =>
  new FileRefused("E_QUOTE", { line, value: decoded(bytes).replace(/\ufffd+$/, ""), why });

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");

/** Null: the record goes on beyond what has come. */
type CutNext = (start: number, line: number) => Cut | null;

/** Where no quote and no letter beyond ASCII stands in a line, one split cuts it. */
function cutterOf(text: string, delimiter: Delimiter, isPlain: boolean, isLast: boolean): CutNext {
  const how = cuttingOf(text, delimiter, isPlain, isLast);
  const quotes = placesOf(text, '"');
  return (start, line) => {
    if (!isPlain) return cutRecord(how, start, line);
    const end = how.lineFeeds(start);
    const cr = how.returns(start);
    if (end === Infinity || quotes(start) < end || cr < end - 1) return cutRecord(how, start, line);
    return { cells: text.slice(start, Math.min(cr, end)).split(delimiter), end: end + 1, lines: 1 };
  };
}

/** The next place of a mark, from places that only grow: each is looked for once. */
type NextPlace = (from: number) => number;

function placesOf(text: string, mark: string): NextPlace {
  let place = -1;
  return (from) => {
    if (place >= from) return place;
    place = text.indexOf(mark, from);
    if (place < 0) place = Infinity;
    return place;
  };
}

const cuttingOf = (text: string, delimiter: Delimiter, isPlain: boolean, isLast: boolean): Cutting => ({
  text,
  delimiter: delimiter.charCodeAt(0),
  isPlain,
  isLast,
  delimiters: placesOf(text, delimiter),
  lineFeeds: placesOf(text, "\n"),
  returns: placesOf(text, "\r"),
});

interface Cutting {
  readonly text: string;
  readonly delimiter: number;
  readonly delimiters: NextPlace;
  readonly lineFeeds: NextPlace;
  readonly returns: NextPlace;
  /** ASCII and nothing else. */
  readonly isPlain: boolean;
  readonly isLast: boolean;
}

function cutRecord(how: Cutting, start: number, line: number): Cut | null {
  const { text, delimiter, isPlain, isLast } = how;
  const cells: string[] = [];
  let lines = 0;
  let at = start;
  for (;;) {
    let cell: string;
    if (text.charCodeAt(at) === QUOTE) {
      const quoted = cutQuoted(text, at + 1, isLast, line);
      if (quoted === null) return null;
      ({ cell, end: at } = quoted);
      lines += quoted.lines;
      const after = text.charCodeAt(at);
      if (at < text.length && after !== delimiter && after !== LF && after !== CR)
        throw quoteRefused(line + lines, text.slice(start, at + 20), "textAfter");
    } else {
      const end = endOfPlain(how, at);
      if (end === text.length && !isLast) return null;
      cell = text.slice(at, end);
      at = end;
    }
    cells.push(isPlain ? cell : decoded(cell));
    if (at >= text.length) return isLast ? { cells, end: at, lines: lines + 1 } : null;
    const mark = text.charCodeAt(at);
    at += 1;
    if (mark === delimiter) continue;
    if (mark === CR && at === text.length && !isLast) return null;
    if (mark === CR && text.charCodeAt(at) === LF) at += 1;
    return { cells, end: at, lines: lines + 1 };
  }
}

/** Most cells are short; the end of a long one is looked for in leaps. */
const SHORT = 32;

function endOfPlain(how: Cutting, start: number): number {
  const { text, delimiter } = how;
  const most = Math.min(text.length, start + SHORT);
  for (let at = start; at < most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === delimiter || code === LF || code === CR) return at;
  }
  return Math.min(how.delimiters(most), how.lineFeeds(most), how.returns(most), text.length);
}

function cutQuoted(
  text: string,
  start: number,
  isLast: boolean,
  line: number,
): { cell: string; end: number; lines: number } | null {
  let cell = "";
  let from = start;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0 || (quote === text.length - 1 && !isLast)) {
      if (!isLast) return null;
      throw quoteRefused(line, text.slice(start - 1, start + 79), "unclosed");
    }
    cell += text.slice(from, quote);
    if (text.charCodeAt(quote + 1) !== QUOTE) return { cell, end: quote + 1, lines: breaksIn(cell) };
    cell += '"';
    from = quote + 2;
  }
}

function breaksIn(cell: string): number {
  if (!cell.includes("\n") && !cell.includes("\r")) return 0;
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}

// oxlint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
const ASCII = /^[\x00-\x7f]*$/;
const decoded = (cell: string): string => (ASCII.test(cell) ? cell : Buffer.from(cell, "latin1").toString("utf8"));

export const isBlank = (cells: readonly string[]): boolean => cells.every((cell) => cell.trim() === "");

export interface Dialect {
  readonly delimiter: Delimiter;
  /** Where the header begins: behind a line `sep=;`. */
  readonly from: CsvPlace;
}

const DELIMITERS: readonly Delimiter[] = [",", ";", "\t", "|"];
const SAMPLE_RECORDS = 50;

/** A first line `sep=;` wins; else the one that cuts the first records into the same number of cells most often. */
export function dialectOf(sample: Uint8Array, isWhole: boolean): Dialect {
  const text = latin1(sample);
  const said = /^sep=(.)(\r\n|\n|\r|$)/i.exec(text);
  const named = DELIMITERS.find((delimiter) => delimiter === said?.[1]);
  if (said !== null && named !== undefined)
    return { delimiter: named, from: { offset: said[0].length, line: said[2] === "" ? 1 : 2 } };
  const scored = DELIMITERS.map((delimiter) => ({ delimiter, score: scoreOf(text, delimiter, isWhole) }));
  const best = scored.toSorted((a, b) => b.score - a.score)[0];
  return { delimiter: best === undefined || best.score === 0 ? "," : best.delimiter, from: { offset: 0, line: 1 } };
}

/** What is cut out of the first bytes; a record that goes on beyond them is none. */
function* filledCells(text: string, delimiter: Delimiter, isWhole: boolean, from = 0): Generator<string[]> {
  const how = cuttingOf(text, delimiter, false, isWhole);
  for (let at = from; at < text.length;) {
    const cut = cutRecord(how, at, 1);
    if (cut === null) return;
    at = cut.end;
    if (!isBlank(cut.cells)) yield cut.cells;
  }
}

/** The cells of the first records, for a person to look at: as far as they can be cut. */
export function firstCells(sample: Uint8Array, isWhole: boolean, { delimiter, from }: Dialect): string[][] {
  const found: string[][] = [];
  try {
    for (const cells of filledCells(latin1(sample), delimiter, isWhole, from.offset).take(SAMPLE_RECORDS))
      found.push(cells);
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
  }
  return found;
}

function scoreOf(text: string, delimiter: Delimiter, isWhole: boolean): number {
  const counts = new Map<number, number>();
  let records = 0;
  try {
    for (const { length } of filledCells(text, delimiter, isWhole).take(SAMPLE_RECORDS)) {
      records += 1;
      counts.set(length, (counts.get(length) ?? 0) + 1);
    }
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    return 0; // its quotes do not fit this delimiter
  }
  const [columns, times] = [...counts].toSorted((a, b) => b[1] - a[1] || b[0] - a[0])[0] ?? [1, 0];
  return columns < 2 ? 0 : times / records + Math.min(columns, 60) / 1_000;
}
