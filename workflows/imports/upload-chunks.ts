/** The costs of a kept file from any place of it, read as its survey found it and as people said. */
import { limitsOf } from "../costs/limits.ts";
import { costChunks } from "../costs/reading.ts";
import type { ReadChunk } from "../costs/reading.ts";
import type { CsvPlace } from "../costs/records.ts";
import type { Survey } from "../costs/survey.ts";
import type { LoadDeps } from "../load/contract.ts";
import { brandGround } from "./brand.ts";
import { openUpload } from "./upload-file.ts";
import type { Upload } from "./upload-row.ts";

export interface Kept {
  readonly deps: LoadDeps;
  readonly upload: Upload;
  readonly survey: Survey;
}

/** Small enough that a worker's other calls wait a few milliseconds for their turn. */
const SIP_RECORDS = 100;

export function chunksOf({ deps, upload, survey }: Kept, from: CsvPlace): AsyncGenerator<ReadChunk> {
  const brand = survey.ground ?? brandGround(upload.brand_currency, upload.brand_zone);
  const { answers = {}, corrections = [] } = upload.mapping;
  const reading = { survey, brand, answers, corrections, limits: limitsOf(deps) };
  return costChunks(openUpload(deps, upload), reading, from, SIP_RECORDS);
}
