/**
 * The first pass: everything that is decided once for a whole file. Its encoding, delimiter and header; for each column
 * of dates which part is the day; which mark is the decimal one; how many rows there are, and whether the last is a total.
 */
import { FileRefused, finding, shortly } from "./codes.ts";
import type { Finding, FoundColumns } from "./codes.ts";
import { correcting } from "./corrections.ts";
import { noteDate, NO_SIGNS, orderOf } from "./dates.ts";
import type { DateOrder, DateSigns } from "./dates.ts";
import type { CostLimits } from "./limits.ts";
import { chosenFor, mapHeader, targetsOf } from "./mapping.ts";
import type { Lack, Mapping, UploadMapping } from "./mapping.ts";
import { noteNumber, NO_NUMBERS, readNumber, styleOf } from "./numbers.ts";
import type { Decimal, NumberSigns } from "./numbers.ts";
import { ReadAsCounter } from "./read-as.ts";
import type { ReadAs } from "./read-as.ts";
import { csvRecords, dialectOf, firstCells, isBlank } from "./records.ts";
import type { CsvPlace, CsvRecord, Dialect } from "./records.ts";
import { NotUtf8, packingOf, textOf } from "./unpacking.ts";
import type { CostFile, Packing } from "./unpacking.ts";
import { COST_TYPES, costTypeOf, isTotalWord, plainHeaders, toldApart } from "./vocabulary.ts";
import type { Target } from "./vocabulary.ts";

/** The brand's own habits, for what a file leaves open. */
export interface BrandGround {
  readonly currency: string;
  readonly zone: string;
  readonly dateOrder: DateOrder;
  readonly decimal: Decimal;
  /** Today in the brand's zone. */
  readonly today: string;
}

/** What a person must say before the file can be taken. */
export type Question =
  | { readonly kind: "dateOrder"; readonly column: string; readonly guess: DateOrder; readonly sample?: string }
  | { readonly kind: "decimal"; readonly column: string | null; readonly guess: Decimal; readonly sample?: string }
  | { readonly kind: "encoding"; readonly guess: "windows-1252" }
  | { readonly kind: "costType" };

/** Plain JSON: kept with the upload, so that the second pass may begin anywhere. */
export interface Survey extends FoundColumns {
  readonly packing: Packing;
  readonly dialect: Dialect;
  readonly headers: readonly string[];
  readonly headerLine: number;
  readonly firstRow: CsvPlace;
  readonly mapping: Mapping;
  /** By place of the column. */
  readonly dateOrders: Readonly<Record<number, DateOrder>>;
  readonly decimal: Decimal;
  readonly rows: number;
  readonly totalLine: number | null;
  /** What the line of totals says, where one column of amounts can be summed. */
  readonly total: string | null;
  readonly findings: readonly Finding[];
  readonly questions: readonly Question[];
  /** By which habits, and on which day, it was read: read again it says the same. */
  readonly ground?: BrandGround;
  /** Fees of agencies are no ad spend unless the file says so. Files read before that was so are read as they were. */
  readonly feesApart?: true;
  readonly readAs?: readonly ReadAs[];
}

export interface SurveyAsk {
  readonly file: CostFile;
  readonly limits: CostLimits;
  readonly ground: BrandGround;
  readonly saved: UploadMapping;
  /** Called now and then with the bytes of text read, so that whoever waits may see it and may stop it. */
  readonly onward?: (bytes: number) => void;
  /** Where an earlier one was cut off, and what keeps the place of this one. */
  readonly from?: Halfway | null;
  readonly note?: (halfway: Halfway) => Promise<void>;
}

/** The first pass at a place between two records. Plain JSON: whoever dies, the next goes on there. */
export interface Halfway {
  readonly packing: Packing;
  readonly dialect: Dialect;
  readonly place: CsvPlace;
  readonly header: CsvRecord;
  readonly counted: Counted;
}

interface Counted {
  readonly rows: number;
  readonly dates: readonly (readonly [number, DateSigns])[];
  readonly numbers: NumberSigns;
  readonly last: CsvRecord | null;
  readonly typesFit: boolean;
  readonly readAs?: readonly ReadAs[];
}

/** What the columns are called, from the first bytes alone: by that, what a person said of such a file is found. */
export async function headersOf(ask: Pick<SurveyAsk, "file" | "limits">): Promise<readonly string[]> {
  const packing = await packingOf(ask.file, ask.limits);
  try {
    return await firstRecord(ask, packing);
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    return firstRecord(ask, { ...packing, encoding: "windows-1252" });
  }
}

async function firstRecord(ask: Pick<SurveyAsk, "file" | "limits">, packing: Packing): Promise<readonly string[]> {
  const sample = await sampleOf(ask, packing);
  const dialect = dialectOf(sample.text, sample.isWhole);
  const text = textOf(ask.file, packing, ask.limits, dialect.from.offset);
  for await (const records of csvRecords(text, dialect.delimiter, ask.limits, dialect.from))
    for (const record of records) if (!isBlank(record.cells)) return headersIn(record);
  return [];
}

const headersIn = ({ cells }: Pick<CsvRecord, "cells">): readonly string[] =>
  toldApart(trimmedRight(cells).map((cell) => cell.replace(/^\ufeff/, "").trim()));

export async function surveyFile(ask: SurveyAsk): Promise<Survey> {
  if (ask.file.bytes > ask.limits.rawBytes) throw new FileRefused("E_TOO_LARGE", { why: "raw" });
  const packing = await packingOf(ask.file, ask.limits);
  const isOlder = ask.from?.packing.encoding === "windows-1252";
  try {
    if (isOlder) throw new NotUtf8("found out before");
    return await surveyText(ask, packing);
  } catch (error) {
    if (!(error instanceof NotUtf8)) throw error;
    const older: Packing = { ...packing, encoding: "windows-1252" };
    if (packing.markBytes > 0) throw new FileRefused("E_ENCODING", { why: "utf-8" });
    const survey = await surveyText(ask, older);
    if (ask.saved.answers?.encoding !== undefined) return survey;
    const found = finding(survey.headerLine, null, "W_ENCODING_GUESSED", "windows-1252");
    return {
      ...survey,
      findings: [found, ...survey.findings],
      questions: [{ kind: "encoding", guess: "windows-1252" }, ...survey.questions],
    };
  }
}

const SAMPLE_BYTES = 64 * 1024;

async function sampleOf(
  { file, limits }: Pick<SurveyAsk, "file" | "limits">,
  packing: Packing,
): Promise<{ text: Uint8Array; isWhole: boolean }> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of textOf(file, packing, limits)) {
    parts.push(chunk);
    size += chunk.length;
    if (size > SAMPLE_BYTES) return { text: Buffer.concat(parts).subarray(0, SAMPLE_BYTES), isWhole: false };
  }
  return { text: Buffer.concat(parts), isWhole: true };
}

async function surveyText(ask: SurveyAsk, packing: Packing): Promise<Survey> {
  const sample = await sampleOf(ask, packing);
  const from = ask.from?.packing.encoding === packing.encoding ? ask.from : null;
  const dialect = from?.dialect ?? dialectOf(sample.text, sample.isWhole);
  const found = foundColumns(firstCells(sample.text, sample.isWhole, dialect), ask.saved);
  try {
    const survey = await surveyRecords({ ...ask, from }, packing, dialect, sample.text);
    return { ...survey, samples: found.samples };
  } catch (error) {
    if (error instanceof FileRefused && ABOUT_COLUMNS.has(error.found.code) && found.headers.length > 0)
      error.columns = found;
    throw error;
  }
}

/** Another word on the columns may help. */
const ABOUT_COLUMNS = new Set<string>(["E_HEADER_MISSING", "E_HEADER_DUP", "E_DATE_MIXED"]);
const SAMPLES_MOST = 3;

function foundColumns([first = [], ...rows]: readonly (readonly string[])[], saved: UploadMapping) {
  const headers = headersIn({ cells: first });
  const samples = headers.map((_, at) => {
    const filled = rows.map((cells) => shortly((cells[at] ?? "").trim())).filter((cell) => cell !== "");
    return [...new Set(filled)].slice(0, SAMPLES_MOST);
  });
  return { headers, mapping: { targets: targetsOf(headers, saved) }, samples };
}

async function surveyRecords(ask: SurveyAsk, packing: Packing, dialect: Dialect, sample: Uint8Array): Promise<Survey> {
  const { file, limits, saved, from = null } = ask;
  const begin = from?.place ?? dialect.from;
  const text = textOf(file, packing, limits, begin.offset);
  let pass = from === null ? null : new Pass(from.header, limits, saved, from.counted);
  let noted = begin.offset;
  for await (const records of csvRecords(text, dialect.delimiter, limits, begin)) {
    for (const record of records) {
      if (isBlank(record.cells)) continue;
      if (pass === null) pass = begun(record, limits, saved, sample);
      else pass.note(record);
    }
    const place = records.at(-1)?.next ?? begin;
    ask.onward?.(place.offset);
    if (pass === null || place.offset - noted < limits.notedBytes) continue;
    noted = place.offset;
    await ask.note?.({ packing, dialect, place, ...pass.halfway() });
  }
  if (pass === null) throw new FileRefused("E_HEADER_MISSING", { why: "empty" });
  return pass.conclude(ask, packing, dialect, sample);
}

function begun(header: CsvRecord, limits: CostLimits, saved: UploadMapping, sample: Uint8Array): Pass {
  try {
    return new Pass(header, limits, saved);
  } catch (error) {
    const isMissing = error instanceof FileRefused && error.found.code === "E_HEADER_MISSING";
    throw isMissing ? headerMissing(header.line, sample, error.why) : error;
  }
}

const DATE_TARGETS: readonly Target[] = ["date", "start_date", "end_date"];
const NUMBER_TARGETS: readonly Target[] = ["amount", ...COST_TYPES];

class Pass {
  readonly #header: CsvRecord;
  readonly #headers: readonly string[];
  readonly #limits: CostLimits;
  readonly #corrected: (record: CsvRecord) => CsvRecord;
  #mapping: Mapping;
  readonly #dateColumns: number[];
  readonly #numberColumns: number[];
  readonly #typeColumn: number | null;
  #dates = new Map<number, DateSigns>();
  #numbers: NumberSigns = NO_NUMBERS;
  #rows = 0;
  #last: CsvRecord | null = null;
  #typesFit = true;
  readonly #readAs: ReadAsCounter;

  constructor(header: CsvRecord, limits: CostLimits, saved: UploadMapping, counted?: Counted) {
    this.#header = header;
    this.#headers = headersIn(header);
    if (this.#headers.length > limits.columns)
      throw new FileRefused("E_TOO_LARGE", { line: header.line, why: "columns" });
    this.#limits = limits;
    this.#corrected = correcting(saved.corrections ?? [], this.#headers);
    this.#mapping = mapHeader(this.#headers, header.line, saved);
    const { targets } = this.#mapping;
    const placesOf = (wanted: readonly Target[]) =>
      targets.flatMap((target, at) => (wanted.includes(target) ? [at] : []));
    this.#dateColumns = placesOf(DATE_TARGETS);
    this.#numberColumns = placesOf(NUMBER_TARGETS);
    const category = this.#headers.findIndex(
      (header_, at) => targets[at] === "cost_type" && /^(expense_)?categor/i.test(header_),
    );
    this.#typeColumn = category < 0 || chosenFor(saved, this.#headers, category) !== null ? null : category;
    this.#readAs = new ReadAsCounter(this.#mapping, counted?.readAs ?? []);
    if (counted === undefined) return;
    this.#rows = counted.rows;
    this.#dates = new Map(counted.dates);
    this.#numbers = counted.numbers;
    this.#last = counted.last;
    this.#typesFit = counted.typesFit;
  }

  halfway(): Pick<Halfway, "header" | "counted"> {
    const counted = {
      rows: this.#rows,
      dates: [...this.#dates],
      numbers: this.#numbers,
      last: this.#last,
      typesFit: this.#typesFit,
      readAs: this.#readAs.all(),
    };
    return { header: this.#header, counted };
  }

  note(found: CsvRecord): void {
    const record = this.#corrected(found);
    const { cells } = record;
    if (this.#last !== null) this.#count(this.#last);
    this.#rows += 1;
    if (this.#rows > this.#limits.rows + 1) throw new FileRefused("E_ROWS", { line: record.line });
    this.#last = record;
    for (const at of this.#dateColumns) {
      const cell = cells[at];
      if (cell !== undefined && cell !== "")
        this.#dates.set(at, noteDate(this.#dates.get(at) ?? NO_SIGNS, cell, record.line));
    }
  }

  /** The last record may be a total: its figures say nothing, and its type is none. A header that comes again is none either. */
  #count({ line, cells }: CsvRecord): void {
    if (cells[0] === this.#header.cells[0] && cells.join("\n") === this.#header.cells.join("\n")) return;
    for (const at of this.#numberColumns)
      this.#numbers = noteNumber(this.#numbers, cells[at] ?? "", { line, column: this.#headers[at] ?? "" });
    this.#readAs.note(cells);
    if (this.#typeColumn === null) return;
    const type = cells[this.#typeColumn] ?? "";
    if (type.trim() !== "" && costTypeOf(type) === null) this.#typesFit = false;
  }

  /** What has a day and a type is a cost, whatever word begins it: a basis, or the name of a vendor. */
  #isTotal({ cells }: CsvRecord): boolean {
    const filled = cells.map((cell) => (cell.trim() === "" ? null : cell));
    if (!isTotalWord(filled.find((cell) => cell !== null) ?? "")) return false;
    const { targets } = this.#mapping;
    const says = (...any: Target[]) =>
      targets.some((target, at) => any.includes(target) && !isTotalWord(filled[at] ?? "total"));
    return !says("date", "start_date") || !says("cost_type");
  }

  conclude({ ground, saved, limits }: SurveyAsk, packing: Packing, dialect: Dialect, sample: Uint8Array): Survey {
    const totalLine = this.#last !== null && this.#isTotal(this.#last) ? this.#last.line : null;
    if (totalLine === null && this.#last !== null) this.#count(this.#last);
    const rows = this.#rows - (totalLine === null ? 0 : 1);
    if (rows > limits.rows) throw new FileRefused("E_ROWS", { line: this.#last?.line ?? 1 });
    if (!this.#typesFit) throw headerMissing(this.#header.line, sample, "kind" satisfies Lack);
    const findings: Finding[] = [];
    const questions: Question[] = [];
    const dateOrders = this.#orders(ground, saved, findings, questions);
    const decimal = this.#decimal({ ground, saved }, dialect, { findings, questions });
    const { shape, targets } = this.#mapping;
    if (shape === "orders" && targets.includes("amount") && !targets.includes("cost_type") && !saved.answers?.costType)
      questions.push({ kind: "costType" });
    const plain = plainHeaders(this.#headers);
    for (const [at, target] of targets.entries())
      if (target === "extra" && (plain[at] ?? "") !== "")
        findings.push(finding(this.#header.line, this.#headers[at] ?? null, "W_UNKNOWN_COLUMN", this.#headers[at]));
    if (totalLine !== null) findings.push(finding(totalLine, null, "W_TOTAL_ROW", this.#last?.cells.join(" | ")));
    return {
      packing,
      dialect,
      headers: this.#headers,
      headerLine: this.#header.line,
      firstRow: this.#header.next,
      mapping: this.#mapping,
      dateOrders,
      decimal,
      rows,
      totalLine,
      total: totalLine === null ? null : this.#total(decimal, ground.currency),
      findings,
      questions,
      ground,
      feesApart: true,
      readAs: this.#readAs.all(),
    };
  }

  #total(decimal: Decimal, currency: string): string | null {
    const at = this.#mapping.targets.indexOf("amount");
    const read = readNumber(this.#last?.cells[at] ?? "", decimal, currency);
    return this.#mapping.shape === "costs" && "amount" in read ? read.amount : null;
  }

  #orders(ground: BrandGround, saved: UploadMapping, findings: Finding[], questions: Question[]) {
    const orders: Record<number, DateOrder> = {};
    for (const at of this.#dateColumns) {
      const column = this.#headers[at] ?? "";
      const signs = this.#dates.get(at) ?? NO_SIGNS;
      const order = orderOf(signs);
      if (order === "mixed") throw new FileRefused("E_DATE_MIXED", { line: this.#header.line, column });
      if (order !== "ambiguous") {
        orders[at] = order === "none" ? ground.dateOrder : order;
        continue;
      }
      const answers = saved.answers?.dateOrder ?? {};
      const said = Object.hasOwn(answers, column) ? answers[column] : undefined;
      orders[at] = said ?? ground.dateOrder;
      if (said !== undefined) continue;
      findings.push(finding(signs.line ?? this.#header.line, column, "W_DATE_AMBIGUOUS", ground.dateOrder));
      const { sample = "" } = signs;
      questions.push({ kind: "dateOrder", column, guess: ground.dateOrder, sample: shortly(sample.trim()) });
    }
    return orders;
  }

  #decimal(
    { ground, saved }: Pick<SurveyAsk, "ground" | "saved">,
    dialect: Dialect,
    { findings, questions }: { findings: Finding[]; questions: Question[] },
  ): Decimal {
    const style = styleOf(this.#numbers, { delimiter: dialect.delimiter, localeDecimal: ground.decimal });
    const said = saved.answers?.decimal;
    if (!style.isGuess || said !== undefined) return style.isGuess && said !== undefined ? said : style.decimal;
    const { line = this.#header.line, column = null, sample = "" } = this.#numbers.open ?? {};
    findings.push(finding(line, column, "W_NUMBER_AMBIGUOUS", style.decimal));
    questions.push({ kind: "decimal", column, guess: style.decimal, sample: shortly(sample) });
    return style.decimal;
  }
}

function trimmedRight(cells: readonly string[]): readonly string[] {
  let length = cells.length;
  while (length > 0 && (cells[length - 1] ?? "").trim() === "") length -= 1;
  return cells.slice(0, length);
}

/** Told with the first lines, as they came: what stood there says more than what was missed. */
function headerMissing(line: number, sample: Uint8Array, why: string): FileRefused {
  const lines = Buffer.from(sample)
    .toString("utf8")
    .split(/\r\n|\n|\r/)
    .filter((text) => text.trim() !== "")
    .slice(0, 5);
  return new FileRefused("E_HEADER_MISSING", { line, value: lines.join("\n"), why, begins: lines });
}
