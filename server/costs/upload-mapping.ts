/** What a person says of a file's columns and cells, laid over what was said of it before. */
import { isTarget, withCorrections } from "@headwater/workflows/client.ts";
import type { Correction, SaidCorrection, SavedMapping, UploadMapping } from "@headwater/workflows/client.ts";
import type { Context } from "../graphql/context.ts";
import type { UploadRow } from "../reading/uploads.ts";
import { InvalidInput } from "../words/problems.ts";

export interface CorrectionInput {
  readonly column: string;
  readonly line?: string | number | null | undefined;
  readonly was?: string | null | undefined;
  readonly value?: string | null | undefined;
}

export interface SaidOfFile {
  readonly mapping: SavedMapping;
  readonly corrections: readonly CorrectionInput[];
}

const CORRECTIONS_MOST = 200;
/** Of what a cell says, and of what it is read as; longer ones are put right by their line, or in the file. */
const WORD_MOST = 255;

export function mappingAfter(
  ctx: Pick<Context, "words">,
  upload: Pick<UploadRow, "mapping" | "survey">,
  { mapping: said, corrections }: SaidOfFile,
): UploadMapping {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the column holds nothing but what this function made
  const before = upload.mapping as UploadMapping;
  const wrong = Object.entries(said.targets ?? {})
    .filter(([, column]) => !isTarget(column))
    .map(([header]) => ({ path: `targets.${header}`, message: ctx.words.say("input.column") }));
  const all = corrections.some(isTooLong) ? null : correctionsAfter(upload, before, corrections);
  if (all === null) wrong.push({ path: "corrections", message: refusalOf(ctx, corrections) });
  if (wrong.length > 0) throw new InvalidInput(wrong);
  return { ...laidOver(before, said), ...(all === null || all.length === 0 ? {} : { corrections: all }) };
}

const isTooLong = ({ was, value }: CorrectionInput): boolean =>
  (was?.length ?? 0) > WORD_MOST || (value?.length ?? 0) > WORD_MOST;

const refusalOf = ({ words }: Pick<Context, "words">, said: readonly CorrectionInput[]): string =>
  said.some(isTooLong)
    ? words.say("input.correctionLong", { most: String(WORD_MOST) })
    : words.say("input.correction", { most: String(CORRECTIONS_MOST) });

/** Null where one of them names no cell, or there are too many: counted first, for each is laid over all that came before it. */
function correctionsAfter(
  upload: Pick<UploadRow, "survey">,
  { corrections: before = [] }: UploadMapping,
  said: readonly CorrectionInput[],
): Correction[] | null {
  if (said.length > CORRECTIONS_MOST) return null;
  const read = said.map((one) => correctionIn(one, headersOf(upload)));
  const known = read.filter((one) => one !== null);
  const all = withCorrections(before, known);
  return known.length < read.length || all.length > CORRECTIONS_MOST ? null : all;
}

function laidOver({ shape, targets, answers }: UploadMapping, said: SavedMapping): SavedMapping {
  const kept = { ...(shape === undefined ? {} : { shape }), ...said };
  return {
    ...kept,
    ...(targets === undefined && said.targets === undefined ? {} : { targets: { ...targets, ...said.targets } }),
    answers: {
      ...answers,
      ...said.answers,
      ...(answers?.dateOrder === undefined ? {} : { dateOrder: { ...answers.dateOrder, ...said.answers?.dateOrder } }),
    },
  };
}

const headersOf = ({ survey }: Pick<UploadRow, "survey">): readonly unknown[] => {
  const headers = survey?.["headers"];
  return Array.isArray(headers) ? headers : [];
};

/** Null where it names no cell: a column of the file, and either a line or what stands there. */
function correctionIn(
  { column, line, was, value = null }: CorrectionInput,
  headers: readonly unknown[],
): SaidCorrection | null {
  if (!headers.includes(column)) return null;
  if (line != null) return was == null && Number(line) > 1 ? { column, line: Number(line), value } : null;
  return was == null || was.trim() === "" ? null : { column, was, value };
}
