/** From one record to the costs in it, each with the identity by which a later file finds it again. */
import { finding } from "./codes.ts";
import type { Finding, FindingCode } from "./codes.ts";
import { addDays, readDate } from "./dates.ts";
import type { ReadDate } from "./dates.ts";
import { cleanKey, cleanText, looksLikeFormula, looksScientific } from "./hygiene.ts";
import type { CostLimits } from "./limits.ts";
import type { CostRow } from "./cost-row.ts";
import { contentOf, identityOf } from "./identity.ts";
import { isBlankNumber, isCurrency, readNumber } from "./numbers.ts";
import type { CsvRecord } from "./records.ts";
import { assumedBasis } from "./read-as.ts";
import { remembering } from "./remembering.ts";
import type { BrandGround, Survey } from "./survey.ts";
import type { Answers } from "./mapping.ts";
import { basisOf, COST_TYPES, costTypeOf, DIMENSIONS, isFee, recurrenceOf, shareOf, truthOf } from "./vocabulary.ts";
import type { Basis, Column, CostType, Dimension, Recurrence } from "./vocabulary.ts";

export type { CostRow } from "./cost-row.ts";

export interface ReadRecord {
  readonly rows: readonly CostRow[];
  readonly findings: readonly Finding[];
}

export interface RowGround {
  readonly survey: Survey;
  readonly brand: BrandGround;
  readonly answers: Answers;
  readonly limits: CostLimits;
}

/** A price without a day is meant from the beginning. */
const BEGINNING = "2000-01-01";
const AHEAD_DAYS = 400;
const TEXT_MOST = 255;
const NOTE_MOST = 1_000;
const KEY_MOST = 100;

export function makeRowReader(ground: RowGround): (record: CsvRecord) => ReadRecord {
  const plan = planOf(ground);
  return (record) => new Reading(plan, record).all();
}

type Day = { readonly day: string; readonly lastDay?: string };

/** All that is the same for every record of a file. */
interface Plan {
  readonly ground: RowGround;
  readonly places: ReadonlyMap<Column, number>;
  readonly extras: readonly number[];
  readonly headers: readonly string[];
  readonly lastDay: string;
  readonly dimensions: readonly (readonly [Dimension, number])[];
  readonly filled: readonly (readonly [Column, CostType | null])[];
  readonly dateOf: Readonly<Record<DateColumn, (text: string) => ReadDate>>;
  readonly typeOf: (text: string) => CostType | null;
  readonly isFee: (text: string) => boolean;
  readonly truthOf: (text: string) => boolean | null;
  readonly basisOf: (text: string) => Basis | null;
  readonly recurrenceOf: (text: string) => Recurrence | null;
}

type DateColumn = "date" | "start_date" | "end_date";

function planOf(ground: RowGround): Plan {
  const { mapping, headers, dateOrders } = ground.survey;
  const { brand } = ground;
  const places = new Map<Column, number>();
  const extras: number[] = [];
  for (const [at, target] of mapping.targets.entries()) {
    if (target === "extra") extras.push(at);
    else if (target !== "ignore") places.set(target, at);
  }
  const dated = (column: DateColumn) => {
    const order = dateOrders[places.get(column) ?? -1] ?? brand.dateOrder;
    return remembering((text) => readDate(text, order, brand.zone));
  };
  return {
    ground,
    places,
    extras,
    headers,
    lastDay: addDays(brand.today, AHEAD_DAYS),
    dimensions: DIMENSIONS.flatMap((column) => {
      const at = places.get(column);
      return at === undefined ? [] : [[column, at] as const];
    }),
    filled: COST_TYPES.filter((type) => places.has(type)).map((type) => [type, type]),
    dateOf: { date: dated("date"), start_date: dated("start_date"), end_date: dated("end_date") },
    typeOf: remembering(costTypeOf),
    isFee: remembering((text) => ground.survey.feesApart === true && isFee(text)),
    truthOf: remembering(truthOf),
    basisOf: remembering(basisOf),
    recurrenceOf: remembering(recurrenceOf),
  };
}

interface Span {
  readonly startDay: string;
  readonly endDay: string | null;
  readonly hasEnd: boolean;
  readonly isDay: boolean;
  readonly isMonth: boolean;
}
interface Money {
  readonly amount: string;
  readonly currency: string;
  readonly isPercent: boolean;
}

/** One record being read: what is wrong is noted, and every wrong cell is, not the first alone. */
class Reading {
  readonly #plan: Plan;
  readonly #record: CsvRecord;
  readonly #findings: Finding[] = [];
  #isBad = false;

  constructor(plan: Plan, record: CsvRecord) {
    this.#plan = plan;
    this.#record = record;
  }

  all(): ReadRecord {
    this.#checkShape();
    const rows = this.#rows();
    if (!this.#isBad) return { rows, findings: this.#findings };
    // What is wrong decides over the row: that it has no amount either leaves it out no second time.
    return { rows: [], findings: this.#findings.filter(({ code }) => code !== "W_EMPTY") };
  }

  /** Said once of a cell, however many costs of the line rest on it. */
  #say(code: FindingCode, column: Column | null, value = ""): null {
    const at = column === null ? undefined : this.#plan.places.get(column);
    const header = at === undefined ? column : (this.#plan.headers[at] ?? column);
    if (!this.#findings.some((known) => known.code === code && known.column === header))
      this.#findings.push(finding(this.#record.line, header, code, value));
    if (code.startsWith("E_")) this.#isBad = true;
    return null;
  }

  #cell(column: Column): string {
    const at = this.#plan.places.get(column);
    return at === undefined ? "" : (this.#record.cells[at] ?? "");
  }
  #has(column: Column): boolean {
    return this.#plan.places.has(column);
  }

  #checkShape(): void {
    const { headers, ground } = this.#plan;
    const { cells } = this.#record;
    if (cells.length < headers.length) this.#say("W_SHORT_ROW", null, cells.join(" | "));
    const beyond =
      cells.length > headers.length ? cells.slice(headers.length).filter((cell) => cell.trim() !== "") : [];
    if (beyond.length > 0) this.#say("E_EXTRA_CELLS", null, beyond.join(" | "));
    for (const cell of cells) if (cell.length > ground.limits.cellCharacters) this.#say("E_TEXT", null, cell);
  }

  #rows(): CostRow[] {
    const { shape } = this.#plan.ground.survey.mapping;
    if (shape === "costs") return this.#long();
    if (shape === "days") return this.#wide("total");
    if (shape === "orders") return this.#wide("total");
    return this.#wide("per_unit");
  }

  /** One cost a row. */
  #long(): CostRow[] {
    const typed = this.#cell("cost_type").trim();
    const costType = typed === "" ? (this.#plan.ground.answers.costType ?? null) : this.#plan.typeOf(typed);
    if (costType === null) this.#say(typed === "" ? "E_REQUIRED" : "E_TYPE", "cost_type", typed);
    const row = this.#row(costType, "amount", 0, null);
    return row === null ? [] : [row];
  }

  /** Each filled cell of a type's column is a cost. */
  #wide(basis: Basis): CostRow[] {
    const { answers, survey } = this.#plan.ground;
    const columns = [...this.#plan.filled];
    if (survey.mapping.shape !== "days" && this.#has("amount")) columns.push(["amount", this.#typeOfAmount(answers)]);
    const filled = columns.filter(([column]) => !isBlankNumber(this.#cell(column)));
    if (filled.length === 0) {
      this.#say("W_EMPTY", columns[0]?.[0] ?? null);
      return [];
    }
    this.#mustName();
    return filled.flatMap(([column, costType], part) => {
      if (costType === null) this.#say("E_TYPE", column, "");
      return this.#row(costType, column, part, basis) ?? [];
    });
  }

  /** A price of nothing would be everything's, and a cost of no order nobody's. */
  #mustName(): void {
    const { shape } = this.#plan.ground.survey.mapping;
    if (shape !== "prices" && shape !== "orders") return;
    const { orderId, sku, variantId, productId } = this.#ids();
    if (shape === "orders" && orderId === null) this.#say("E_REQUIRED", "order_id");
    if (shape === "prices" && (sku ?? variantId ?? productId) === null)
      this.#say("E_REQUIRED", this.#has("sku") ? "sku" : "variant_id");
  }

  #typeOfAmount(answers: Answers): CostType | null {
    const typed = this.#cell("cost_type").trim();
    if (typed !== "") return this.#plan.typeOf(typed);
    if (this.#plan.ground.survey.mapping.shape === "prices") return answers.costType ?? "cogs";
    return answers.costType ?? null;
  }

  #row(costType: CostType | null, column: Column, part: number, shapeBasis: Basis | null): CostRow | null {
    const money = this.#money(column, shapeBasis === null && this.#action() === "delete");
    const ids = this.#ids();
    const recurrence = this.#recurrence();
    const basis = costType === null ? null : this.#basis(costType, money, ids, shapeBasis);
    const span = this.#span(basis ?? "total", recurrence);
    const dimensions = this.#dimensions();
    const adSpend = this.#truth("is_ad_spend");
    const appliesTo = this.#appliesTo();
    const costId = this.#key("cost_id", KEY_MOST);
    if (money === null || costType === null || basis === null || span === null || this.#isBad) return null;
    const said = {
      costType,
      basis,
      amount: money.amount,
      currency: money.currency,
      startDay: span.startDay,
      endDay: span.endDay,
      recurrence,
      costId,
      ...ids,
      dimensions,
      isAdSpend: costType === "marketing" && (adSpend ?? !this.#isFee(column)),
      appliesTo,
      extra: this.#extra(),
      action: this.#action(),
    };
    return { line: this.#record.line, part, ...said, identity: identityOf(said), content: contentOf(said) };
  }

  /** By the file's own word for the kind: in its cell, or above the amounts. */
  #isFee(column: Column): boolean {
    const header = this.#plan.headers[this.#plan.places.get(column) ?? -1] ?? "";
    return this.#plan.isFee(column === "amount" ? this.#cell("cost_type") : header);
  }

  #money(column: Column, mayBeBlank: boolean): Money | null {
    const { brand, survey } = this.#plan.ground;
    const cell = this.#cell(column);
    const currency = this.#currency();
    if (isBlankNumber(cell)) {
      if (mayBeBlank) return { amount: "0", currency: currency ?? brand.currency, isPercent: false };
      this.#say("W_EMPTY", column);
      return null;
    }
    if (/^[\s"']*[=\uff1d]/.test(cell)) return this.#say("E_FORMULA", column, cell);
    const read = readNumber(cell, survey.decimal, brand.currency);
    if ("nothing" in read) return this.#say("E_NUMBER", column, cell);
    if ("wrong" in read) return this.#say(read.wrong === "currency" ? "E_CURRENCY" : "E_NUMBER", column, cell);
    if (read.isScientific) this.#say("W_SCIENTIFIC", column, cell);
    if (read.currency !== null && currency !== null && currency !== read.currency)
      return this.#say("E_CURRENCY", column, cell);
    return { amount: read.amount, currency: currency ?? read.currency ?? brand.currency, isPercent: read.isPercent };
  }

  /** Null: the cell is empty. */
  #currency(): string | null {
    const code = this.#cell("currency").trim().toUpperCase();
    if (code === "") return null;
    return isCurrency(code) ? code : this.#say("E_CURRENCY", "currency", code);
  }

  #basis(costType: CostType, money: Money | null, ids: Ids, shapeBasis: Basis | null): Basis | null {
    const said = this.#cell("basis").trim();
    const named = said === "" ? null : this.#plan.basisOf(said);
    if (said !== "" && named === null) return this.#say("E_BASIS", "basis", said);
    if (money?.isPercent === true) {
      if (named !== null && named !== "percent") return this.#say("E_BASIS", "basis", said);
      return "percent";
    }
    if (named !== null) return named;
    if (shapeBasis !== null) return shapeBasis;
    const days = this.#cell("date").trim() !== "" || this.#cell("end_date").trim() !== "";
    const product = ids.sku !== null || ids.variantId !== null || ids.productId !== null;
    return assumedBasis(costType, { order: ids.orderId !== null, product, days });
  }

  #span(basis: Basis, recurrence: Recurrence): Span | null {
    const isDay = this.#cell("date").trim() !== "" || !this.#has("start_date");
    const start = this.#day(isDay ? "date" : "start_date");
    const end = this.#day("end_date");
    if (start === "wrong" || end === "wrong") return null;
    const { shape } = this.#plan.ground.survey.mapping;
    if (start === null && (shape === "costs" || shape === "days"))
      return this.#say("E_REQUIRED", isDay ? "date" : "start_date");
    const startDay = start?.day ?? BEGINNING;
    if (start?.lastDay !== undefined && recurrence !== "monthly" && end === null)
      return this.#say("E_DATE", isDay ? "date" : "start_date", this.#cell(isDay ? "date" : "start_date"));
    const isOpen = recurrence !== "none" || basis !== "total";
    const single = isDay && start !== null && recurrence === "none" && shape !== "prices";
    const without = start?.lastDay ?? (single || !isOpen ? startDay : null);
    const endDay = end === null ? without : (end.lastDay ?? end.day);
    if (startDay < BEGINNING || startDay > this.#plan.lastDay)
      return this.#say("E_DATE_RANGE", isDay ? "date" : "start_date", startDay);
    if (endDay !== null && endDay < startDay) return this.#say("E_DATE_RANGE", "end_date", endDay);
    if (endDay !== null && endDay > "2199-12-31") return this.#say("E_DATE_RANGE", "end_date", endDay);
    return { startDay, endDay, hasEnd: end !== null, isDay, isMonth: start?.lastDay !== undefined };
  }

  #day(column: DateColumn): Day | "wrong" | null {
    const cell = this.#cell(column).trim();
    if (cell === "") return null;
    if (/^["']*[=\uff1d]/.test(cell)) return this.#say("E_FORMULA", column, cell) ?? "wrong";
    const read = this.#plan.dateOf[column](cell);
    if ("wrong" in read) return this.#say("E_DATE", column, cell) ?? "wrong";
    if (read.warning !== undefined) this.#say(read.warning, column, cell);
    return read;
  }

  #ids(): Ids {
    const orderId = this.#key("order_id", TEXT_MOST);
    return {
      sku: this.#key("sku", TEXT_MOST),
      variantId: this.#key("variant_id", TEXT_MOST),
      productId: this.#key("product_id", TEXT_MOST),
      orderId: orderId?.replace(/^#\s*/, "") || null,
    };
  }

  #key(column: "sku" | "variant_id" | "product_id" | "order_id" | "cost_id", most: number): string | null {
    const cell = this.#cell(column);
    if (cell === "") return null;
    const key = cleanKey(cell);
    if (key === "") return null;
    if (column !== "cost_id" && looksScientific(key)) return this.#say("E_ID_SCIENTIFIC", column, key);
    if (looksLikeFormula(cell)) this.#say("W_FORMULA_TEXT", column, key);
    return key.length > most ? this.#say("E_TEXT", column, key) : key;
  }

  #recurrence(): Recurrence {
    const cell = this.#cell("recurrence").trim();
    if (cell === "") return "none";
    return this.#plan.recurrenceOf(cell) ?? this.#say("E_TYPE", "recurrence", cell) ?? "none";
  }

  #truth(column: "is_ad_spend"): boolean | null {
    const cell = this.#cell(column).trim();
    if (cell === "") return null;
    return this.#plan.truthOf(cell) ?? this.#say("E_TYPE", column, cell);
  }

  #appliesTo(): "revenue" | "ad_spend" {
    const cell = this.#cell("applies_to").trim();
    return shareOf(cell) ?? this.#say("E_TYPE", "applies_to", cell) ?? "revenue";
  }

  #action(): "upsert" | "delete" {
    const cell = this.#cell("action");
    if (cell === "") return "upsert";
    const word = cell.trim().toLowerCase();
    if (word === "delete") return "delete";
    if (word !== "" && word !== "upsert") this.#say("E_TYPE", "action", cell.trim());
    return "upsert";
  }

  #dimensions(): Partial<Record<Dimension, string>> {
    const found: Partial<Record<Dimension, string>> = {};
    for (const [column, at] of this.#plan.dimensions) {
      const cell = this.#record.cells[at] ?? "";
      if (cell === "") continue;
      const text = column === "country" ? cleanText(cell).toUpperCase() : cleanText(cell);
      if (text === "") continue;
      if (text.length > (column === "note" ? NOTE_MOST : TEXT_MOST)) this.#say("E_TEXT", column, text);
      if (column === "country" && !/^[A-Z]{2}$/.test(text)) this.#say("E_TYPE", column, cell.trim());
      if (looksLikeFormula(cell)) this.#say("W_FORMULA_TEXT", column, text);
      found[column] = text;
    }
    return found;
  }

  #extra(): Record<string, string> | null {
    if (this.#plan.extras.length === 0) return null;
    const found: [string, string][] = [];
    for (const at of this.#plan.extras) {
      const text = cleanText(this.#record.cells[at] ?? "");
      const header = this.#plan.headers[at] ?? "";
      if (text !== "" && header !== "") found.push([header, text]);
    }
    return found.length === 0 ? null : Object.fromEntries(found);
  }
}

interface Ids {
  readonly sku: string | null;
  readonly variantId: string | null;
  readonly productId: string | null;
  readonly orderId: string | null;
}
