/** Turns a record's fields into COPY text, checking each: what Postgres could refuse is refused here, with the field's name. */
import { isDecimalText } from "@headwater/connectors/records.ts";
import { cleanJson, cleanText, copyField, copyJson } from "./copy-text.ts";
import type { DayCutter } from "./days.ts";

/** A record that cannot be stored as it is; it goes to quarantine and the rest of its page goes on. */
export class Unstorable extends Error {
  override readonly name = "Unstorable";
  readonly reason: string;
  readonly detail: string;
  constructor(reason: string, detail: string) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
  }
}

export const NULL_FIELD = "\\N";
/** A field that the order's lines fill in when the batch is complete. No clean text holds this character. */
export const OPEN_FIELD = "\0";
/** What the source would not tell: the merge puts what is known there. No source has an id like it. */
export const UNTOLD = "\u001a";
const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;
const dayPattern = /^\d{4}-\d\d-\d\d$/;
const currencyPattern = /^[A-Z]{3}$/;
const INTEGER_MAX = 2_147_483_647;

export class FieldWriter {
  /** Texts in which something had to be replaced, since the last `takeReplaced`. */
  #replaced = 0;
  readonly #dayOf: DayCutter;
  #lastInstant = "";
  #lastInstantMs = 0;

  constructor(dayOf: DayCutter) {
    this.#dayOf = dayOf;
  }

  takeReplaced(): number {
    const replaced = this.#replaced;
    this.#replaced = 0;
    return replaced;
  }

  text(value: string): string {
    if (typeof value !== "string") throw new Unstorable("notText", shown(value));
    const { text, replaced } = cleanText(value);
    if (replaced) this.#replaced += 1;
    return copyField(text);
  }

  textOrNull(value: string | null): string {
    return value === null || value === undefined ? NULL_FIELD : this.text(value);
  }

  textOrUntold(value: string | null | undefined): string {
    return value === undefined ? UNTOLD : this.textOrNull(value);
  }

  /** Milliseconds since 1970; records repeat one instant in several columns, so the last one is remembered. */
  instantMs(field: string, value: string): number {
    if (value === this.#lastInstant) return this.#lastInstantMs;
    const ms = typeof value === "string" && instantPattern.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(ms)) throw new Unstorable("notInstant", `${field}: ${shown(value)}`);
    this.#lastInstant = value;
    this.#lastInstantMs = ms;
    return ms;
  }

  instant(field: string, value: string): string {
    this.instantMs(field, value);
    return value;
  }

  instantOrNull(field: string, value: string | null | undefined): string {
    return value === null || value === undefined ? NULL_FIELD : this.instant(field, value);
  }

  day(field: string, value: string): string {
    return this.#dayOf(this.instantMs(field, value));
  }

  /** A day that the source has cut. */
  sourceDay(field: string, value: string): string {
    const isDay = typeof value === "string" && dayPattern.test(value);
    const ms = isDay ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
    if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== value) {
      throw new Unstorable("notDay", `${field}: ${shown(value)}`);
    }
    return value;
  }

  /** JSON text, as it came. */
  jsonOrNull(value: string | null): string {
    if (value === null || value === undefined) return NULL_FIELD;
    const { text, replaced } = cleanJson(value);
    if (replaced) this.#replaced += 1;
    return copyJson(text);
  }

  amount(field: string, value: string): string {
    if (!isDecimalText(value)) throw new Unstorable("notDecimal", `${field}: ${shown(value)}`);
    return value;
  }

  amountOrNull(field: string, value: string | null): string {
    return value === null || value === undefined ? NULL_FIELD : this.amount(field, value);
  }

  amountOrZero(field: string, value: string | null): string {
    return value === null || value === undefined ? "0" : this.amount(field, value);
  }

  amountOrOpen(field: string, value: string | null): string {
    return value === null ? OPEN_FIELD : this.amount(field, value);
  }

  integerOrOpen(field: string, value: number | null): string {
    return value === null ? OPEN_FIELD : this.integer(field, value);
  }

  currency(value: string): string {
    if (typeof value !== "string" || !currencyPattern.test(value)) throw new Unstorable("notCurrency", shown(value));
    return value;
  }

  currencyOrNull(value: string | null): string {
    return value === null || value === undefined ? NULL_FIELD : this.currency(value);
  }

  integer(field: string, value: number): string {
    if (!Number.isSafeInteger(value) || Math.abs(value) > INTEGER_MAX) {
      throw new Unstorable("notInteger", `${field}: ${shown(value)}`);
    }
    return String(value);
  }

  integerOrNull(field: string, value: number | null): string {
    return value === null || value === undefined ? NULL_FIELD : this.integer(field, value);
  }

  boolean(value: boolean): string {
    return value ? "t" : "f";
  }
}

const shown = (value: unknown): string => cleanText(String(value)).text.slice(0, 80);
