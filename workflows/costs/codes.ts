/** Everything that can be said of a cost file, by code; the edge words them. */

import type { Target } from "./vocabulary.ts";

/** The file is refused and the old data stays. */
const FILE_ERRORS = [
  "E_FILE_TYPE",
  "E_ENCODING",
  "E_QUOTE",
  "E_HEADER_MISSING",
  "E_HEADER_DUP",
  "E_DATE_MIXED",
  "E_DATE_AMBIGUOUS",
  "E_TOO_LARGE",
  "E_ROWS",
] as const;
/** The row is refused. */
const ROW_ERRORS = [
  "E_DATE",
  "E_DATE_RANGE",
  "E_NUMBER",
  "E_CURRENCY",
  "E_TYPE",
  "E_BASIS",
  "E_REQUIRED",
  "E_ID_SCIENTIFIC",
  "E_FORMULA",
  "E_DUP_CONFLICT",
  "E_EXTRA_CELLS",
  "E_TEXT",
] as const;
const WARNINGS = [
  "W_ENCODING_GUESSED",
  "W_UNKNOWN_COLUMN",
  "W_DATE_AMBIGUOUS",
  "W_NUMBER_AMBIGUOUS",
  "W_EXCEL_SERIAL",
  "W_YEAR",
  "W_SCIENTIFIC",
  "W_FORMULA_TEXT",
  "W_SHORT_ROW",
  "W_EMPTY",
  "W_TOTAL_ROW",
  "W_TOTAL_DIFFERS",
  "W_DUP_IDENTICAL",
  "W_SKU_UNKNOWN",
  "W_ORDER_UNKNOWN",
] as const;

export type FileErrorCode = (typeof FILE_ERRORS)[number];
export type RowErrorCode = (typeof ROW_ERRORS)[number];
export type WarningCode = (typeof WARNINGS)[number];
export type FindingCode = FileErrorCode | RowErrorCode | WarningCode;

export interface Finding {
  /** Physical first line of the record, the header counted. */
  readonly line: number;
  readonly column: string | null;
  readonly code: FindingCode;
  /** What stood there, at most 80 characters. */
  readonly value: string;
}

export const severityOf = (code: FindingCode): "error" | "warning" => (code.startsWith("E_") ? "error" : "warning");

const VALUE_MOST = 80;

export const finding = (line: number, column: string | null, code: FindingCode, value = ""): Finding => ({
  line,
  column,
  code,
  value: shortly(value),
});

export const shortly = (value: string): string =>
  Array.from(value.slice(0, 2 * VALUE_MOST))
    .slice(0, VALUE_MOST)
    .join("");

/** The columns of a file as far as they are understood, and what stands in them first. Plain JSON. */
export interface FoundColumns {
  readonly headers: readonly string[];
  readonly mapping: { readonly targets: readonly Target[] };
  /** Of each column, different ones. */
  readonly samples?: readonly (readonly string[])[];
}

/** The whole file is refused. `why` tells apart what one code covers: `xlsx`, `html`, `binary`. */
export class FileRefused extends Error {
  override readonly name = "FileRefused";
  readonly found: Finding;
  readonly why: string;
  /** Its first lines, where they say more than any cell. */
  readonly begins: string | null;
  /** What was understood of its columns, where another word on them may still save it. */
  columns: FoundColumns | null = null;
  constructor(
    code: FileErrorCode,
    found: { line?: number; column?: string; value?: string; why?: string; begins?: readonly string[] } = {},
  ) {
    super(`${code}${found.why === undefined ? "" : ` ${found.why}`}`);
    this.found = finding(found.line ?? 1, found.column ?? null, code, found.value ?? "");
    this.why = found.why ?? "";
    this.begins = found.begins?.map((text) => shortly(text)).join(" ↵ ") ?? null;
  }
}
