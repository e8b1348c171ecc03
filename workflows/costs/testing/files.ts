/** For tests: files made of text or bytes, the brand they belong to, and all that an import reads out of one. */
import type { Finding } from "../codes.ts";
import type { Correction } from "../corrections.ts";
import { LIMITS } from "../limits.ts";
import type { CostLimits } from "../limits.ts";
import type { SavedMapping } from "../mapping.ts";
import { costChunks } from "../reading.ts";
import type { CostRow } from "../rows.ts";
import { surveyFile } from "../survey.ts";
import type { BrandGround, Survey } from "../survey.ts";
import type { CostFile } from "../unpacking.ts";

export const BRAND: BrandGround = {
  currency: "USD",
  zone: "America/New_York",
  dateOrder: "MDY",
  decimal: ".",
  today: "2026-11-21",
};

/** As an operator may set them: only a record still has to fit into memory. */
export const UNBOUNDED: CostLimits = {
  ...LIMITS,
  rawBytes: Number.MAX_SAFE_INTEGER,
  unpackedBytes: Number.MAX_SAFE_INTEGER,
  rows: Number.MAX_SAFE_INTEGER,
};

export function fileOf(content: string | Uint8Array, pieceBytes = 1_000): CostFile {
  const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : content;
  return {
    bytes: bytes.length,
    async *read(from) {
      for (let at = from; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    },
  };
}

export interface Imported {
  readonly survey: Survey;
  readonly rows: readonly CostRow[];
  readonly findings: readonly Finding[];
}

export interface ImportOptions {
  readonly saved?: SavedMapping;
  readonly corrections?: readonly Correction[];
  readonly brand?: Partial<BrandGround>;
  readonly limits?: Partial<CostLimits>;
  readonly chunk?: number;
}

/** Reads a file as an import does, chunk by chunk, each from the place that the one before it left. */
export async function importAll(file: CostFile, options: ImportOptions = {}): Promise<Imported> {
  const { saved = {}, corrections = [], chunk = 7 } = options;
  const limits = { ...LIMITS, ...options.limits };
  const brand = { ...BRAND, ...options.brand };
  const survey = await surveyFile({ file, limits, ground: brand, saved: { ...saved, corrections } });
  const ground = { survey, brand, answers: saved.answers ?? {}, corrections, limits };
  const rows: CostRow[] = [];
  const findings: Finding[] = [...survey.findings];
  let from = survey.firstRow;
  for (;;) {
    const first = await costChunks(file, ground, from, chunk).next();
    if (first.done === true || first.value.next.offset === from.offset) break;
    for (const line of first.value.lines) {
      rows.push(...line.rows);
      findings.push(...line.findings);
    }
    from = first.value.next;
  }
  return { survey, rows, findings };
}

export const codesOf = (findings: readonly Finding[]): string[] => findings.map(({ line, code }) => `${line} ${code}`);
