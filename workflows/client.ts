/**
 * What other processes may do with a datasource's workflow: ring it. Nobody queries it, nobody updates it;
 * whatever it decides is in rows.
 */
import { createHash } from "node:crypto";
import { Client, Connection, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from "@temporalio/client";
import type { ConnectionOptions, DataConverter } from "@temporalio/client";
import { datasourceWorkflowId, MESSAGES, QUEUES, WORKFLOW_TYPES } from "./lifecycle/names.ts";
import { DURATIONS } from "./temporal/input.ts";
import type { DatasourceInput, Durations } from "./temporal/input.ts";

export * from "./lifecycle/names.ts";
export { safeField, safeFileName } from "./costs/hygiene.ts";
export { comparedTotals, isExpected } from "./costs/expected.ts";
export type { ComparedTotal, ExpectedTotal } from "./costs/expected.ts";
export { limitsFor } from "./costs/limits.ts";
export { withCorrections } from "./costs/corrections.ts";
export type { Correction, SaidCorrection } from "./costs/corrections.ts";
export { chosenFor, isFoundByName, isTarget, shapesFor, UNREAD } from "./costs/mapping.ts";
export type { SavedMapping, ShapeRule as CostShapeRule, UploadMapping } from "./costs/mapping.ts";
export { COLUMNS as COST_COLUMNS, COST_TYPES, plainHeaders, targetOf, toldApart } from "./costs/vocabulary.ts";
export { datasourcePage, datasourcesPage } from "./mails/pages.ts";
export { converterFor } from "./payloads.ts";
export { DURATIONS } from "./temporal/input.ts";
export type { Durations } from "./temporal/input.ts";

export interface RingTarget {
  readonly organisationId: string;
  readonly datasourceId: string;
}

/** How long a ring may take before the outbox keeps it. */
const DEADLINE_MS = 5_000;

export interface Ringer {
  /** Starts the workflow if it is not running, and tells it which version to read. Two rings for one version, or one lost, change nothing. */
  ring(target: RingTarget, version: number): Promise<void>;
}

export interface TemporalAddress {
  readonly connection: ConnectionOptions;
  readonly namespace: string;
  readonly dataConverter?: DataConverter;
}

/** Connects at the first ring: the API starts, and answers, without Temporal. */
export function connectLazily({ connection, namespace, dataConverter }: TemporalAddress): Client {
  const options = { connection: Connection.lazy(connection), namespace };
  return new Client(dataConverter === undefined ? options : { ...options, dataConverter });
}

export function createRinger(client: Client, durations: Durations = DURATIONS): Ringer {
  return {
    async ring({ organisationId, datasourceId }, version) {
      const input: DatasourceInput = { v: 1, id: datasourceId, organisationId, durations };
      await client.connection.withDeadline(Date.now() + DEADLINE_MS, () =>
        client.workflow.signalWithStart(WORKFLOW_TYPES.datasource, {
          workflowId: datasourceWorkflowId(datasourceId),
          taskQueue: QUEUES.lifecycle,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
          args: [input],
          signal: MESSAGES.intent,
          signalArgs: [{ version }],
        }),
      );
    },
  };
}

/** Ours, derived from organisation and the client's key (which may hold personal text): the same key is the same command. */
export function commandId(organisationId: string, idempotencyKey: string): string {
  const bytes = createHash("sha256").update(`${organisationId}\n${idempotencyKey}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
