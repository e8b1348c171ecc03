import type { Review } from "./review.documents.ts";

export type Finding = Review["findings"]["nodes"][number];
export type Corrected = Review["mapping"]["corrections"][number];

/** One cell of a line, or every cell of a column that says the same. */
export interface Cell {
  column: string;
  line: string | null;
  was: string | null;
}
export interface Correction extends Cell {
  /** Null: as the file says. */
  value: string | null;
}

/** Of longer words only the beginning is told. */
const toldInFull = 80;

/** What a person begins from when they put a cell right: never from a word of which the end was not told. */
export const toBeginFrom = (found: string): string => (found.length < toldInFull ? found : "");

/** An SKU or an order that nobody knows, or a word that a column does not take, stands on many lines; anything else where it was found. */
export function cellOf({ line, column, code, severity, value }: Finding, headers: readonly string[]): Cell | null {
  if (column === null || !headers.includes(column) || code === "E_DATE_AMBIGUOUS") return null;
  const isUnknown = code === "W_SKU_UNKNOWN" || code === "W_ORDER_UNKNOWN";
  const isWord = (isUnknown || code === "E_TYPE") && value !== "";
  if (isWord && value.length < toldInFull) return { column, line: null, was: value };
  return isUnknown || severity === "ERROR" ? { column, line, was: null } : null;
}

/** All that a cell of this column takes, where only known words are taken. */
export const takenIn = (column: string, { columns, costTypes }: Pick<Review["mapping"], "columns" | "costTypes">) =>
  columns.some(({ header, target }) => header === column && target === "cost_type") ? costTypes : null;

export const keyOf = ({ column, line, was }: Cell): string => JSON.stringify([column, line, was]);

/** In the place of an earlier one of the same cell; an empty word takes it back. */
export function withCorrection(all: readonly Correction[], one: Correction): Correction[] {
  const others = all.filter((other) => keyOf(other) !== keyOf(one));
  return one.value === null || one.value.trim() === "" ? others : [...others, one];
}

/** Those of cells that none of these findings shows. */
export function beyond(findings: readonly Finding[], headers: readonly string[], said: readonly Correction[]) {
  const shown = new Set(findings.map((finding) => cellOf(finding, headers)).map((cell) => cell && keyOf(cell)));
  return said.flatMap(({ value, ...cell }) => (value === null || shown.has(keyOf(cell)) ? [] : [{ ...cell, value }]));
}

/** What the file is not read with so far. */
export const notYetIn = (read: readonly Corrected[], said: readonly Correction[]): Correction[] =>
  said.filter((one) => !read.some((other) => keyOf(other) === keyOf(one) && other.value === one.value));
