// Reading a source's object field by field. What is not as it must be throws `Unmappable`, which costs that one record
// its place and no other; where it was no record, it is the source's trouble.
import { SourceFailure } from "./failure.ts";
import { digitsOf, numberIn, type Json } from "./json.ts";
import { saidBy } from "./outbound/redact.ts";
import { isDecimalText, type DecimalText, type InstantText, type RecordKind, type RejectedRecord } from "./records.ts";

export type Fields = { readonly [key: string]: Json };

export const ODD_SHAPE = "pages.shape";

export class Unmappable extends SourceFailure {
  readonly reason: string;
  readonly detail: string;
  constructor(reason: string, detail: string) {
    super({ class: "transient", code: ODD_SHAPE, said: saidBy(`${reason}: ${detail}`) });
    this.reason = reason;
    this.detail = detail;
  }
}

export function textOf(fields: Fields, name: string): string {
  const value = textOrNull(fields, name);
  if (value !== null && value !== "") return value;
  throw new Unmappable(value === null ? "missing" : "notText", name);
}

/** An id may come as a number, of more digits than a double holds. */
export function textOrNull(fields: Fields, name: string): string | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? value : digitsOf(value);
  if (text !== null) return text;
  throw new Unmappable("notText", name);
}

/** Words that are only shown or looked through: whatever else stands there says nothing. */
export function wordsOf(fields: Fields, name: string): string {
  const value = fields[name];
  return typeof value === "string" ? value : (digitsOf(value) ?? "");
}

const INSTANT =
  /^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

/** An offset, and after it a zone, may lead out of the years that a database reads. */
const WRITABLE = /^(?!000[01]|9999)\d{4}-/;

/** Date.parse takes 30 February for 2 March; a database refuses it, and with it the whole batch. So the day is checked. */
export function instantOf(fields: Fields, name: string): InstantText {
  const value = textOf(fields, name);
  const [, year = "", month = "", day = ""] = INSTANT.exec(value) ?? [];
  if (year === "" || (day > "28" && !isDayOf(Number(year), Number(month), Number(day))))
    throw new Unmappable("notInstant", `${name}: ${value}`);
  const ms = value.endsWith("Z") ? null : Date.parse(value); // an offset may be none
  const instant = ms === null ? value : Number.isNaN(ms) ? "" : new Date(ms).toISOString();
  if (!WRITABLE.test(instant)) throw new Unmappable("notInstant", `${name}: ${value}`);
  return instant;
}

function isDayOf(year: number, month: number, day: number): boolean {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

export function instantOrNull(fields: Fields, name: string): InstantText | null {
  return fields[name] === undefined || fields[name] === null ? null : instantOf(fields, name);
}

export function decimalOf(fields: Fields, name: string): DecimalText {
  const value = fields[name];
  const text = digitsOf(value) ?? value;
  if (isDecimalText(text)) return text;
  throw new Unmappable(
    text === undefined || text === null ? "missing" : "notDecimal",
    `${name}: ${JSON.stringify(text)}`,
  );
}

export function wholeNumberOf(fields: Fields, name: string): number {
  const value = fields[name];
  const isOdd = typeof value === "string" && !/^-?\d+$/.test(value);
  const number = isOdd ? Number.NaN : numberIn(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Unmappable(value === undefined || value === null ? "missing" : "notWholeNumber", name);
}

export function currencyOf(fields: Fields, name: string): string {
  const value = textOf(fields, name);
  if (!/^[A-Z]{3}$/.test(value)) throw new Unmappable("notCurrency", `${name}: ${value}`);
  return value;
}

export function yesOrNo(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (typeof value === "boolean") return value;
  throw new Unmappable(value === undefined || value === null ? "missing" : "notYesOrNo", name);
}

export function childOrNull(fields: Fields, name: string): Fields | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (isFields(value)) return value;
  throw new Unmappable("notObject", name);
}

export function childrenOf(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  if (isList(value)) return value.filter(isFields);
  throw new Unmappable("notList", name);
}

/** A list that was asked for: absent means that the source no longer has it, which must not pass for an empty one. */
export function listOf(fields: Fields, name: string): readonly Fields[] {
  if (fields[name] === undefined || fields[name] === null) throw new Unmappable("missing", name);
  return childrenOf(fields, name);
}

export function isFields(value: Json | undefined): value is Fields {
  return typeof value === "object" && value !== null && !isList(value);
}
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The object as it came, but for what stands in rows of its own or was added by the way of reading. */
export function documentOf(fields: Fields, without: ReadonlySet<string>): string {
  // What is undefined is not written: three times as quick as building an object without it.
  const own: { [key: string]: Json | undefined } = { ...fields };
  for (const key of without) own[key] = undefined;
  return JSON.stringify(own);
}

/** The record, or what is wrong with it. A mistake of ours is no poison record and goes on up. */
export function mapped<R>(
  kind: RecordKind,
  fields: Fields,
  map: (fields: Fields) => R,
): { readonly record: R } | { readonly rejected: RejectedRecord } {
  try {
    return { record: map(fields) };
  } catch (error) {
    if (!(error instanceof Unmappable)) throw error;
    const id = typeof fields["id"] === "string" ? fields["id"] : null;
    return {
      rejected: { kind, id, reason: error.reason, detail: error.detail, document: JSON.stringify(fields) },
    };
  }
}
