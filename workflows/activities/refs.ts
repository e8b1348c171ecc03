/** The engine's plain ids as the load path names them. */
import type { RunKind } from "@headwater/db/schema/values.ts";
import { datasourceId, organisationId, runId } from "@headwater/db";
import type { DatasourceRef, RunRef } from "../load/contract.ts";
import type { AtGeneration } from "./contract.ts";

export const loadRef = (ref: AtGeneration): DatasourceRef => ({
  organisationId: organisationId(ref.organisationId),
  datasourceId: datasourceId(ref.datasourceId),
  generation: ref.generation,
});

export function runRef(ref: AtGeneration, kind: RunKind, n: number, askedBy?: string): RunRef {
  const at = loadRef(ref);
  const run = { ...at, runId: runId(at.datasourceId, kind, n), kind, n };
  return askedBy === undefined ? run : { ...run, askedBy };
}
