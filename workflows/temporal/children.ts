/** Children live through their parent's continue-as-new: abandoned on purpose, found again by id, stopped by handle. */
import { WorkflowExecutionAlreadyStartedError } from "@temporalio/common";
import {
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from "@temporalio/workflow";
import {
  backfillWorkflowId,
  csvImportWorkflowId,
  purgeWorkflowId,
  QUEUES,
  WORKFLOW_TYPES,
} from "../lifecycle/names.ts";
import type { OpenChild } from "../lifecycle/phases.ts";
import type { BackfillInput, CsvImportInput, PurgeInput } from "./input.ts";
import type { DatasourceLife } from "./life.ts";

const abandoned = {
  taskQueue: QUEUES.lifecycle,
  parentClosePolicy: ParentClosePolicy.ABANDON,
  workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
} as const;

/** Starts it, or finds that it runs. The rows decide whether there is one: a closed child's id starts again. */
export async function adoptChild(life: DatasourceLife, { runId, n }: OpenChild): Promise<void> {
  const input: BackfillInput = { v: 1, ...life.ref, runId, maxEvents: life.input.durations.childEvents };
  await startUnlessRunning(WORKFLOW_TYPES.backfill, backfillWorkflowId(life.input.id, n), input);
  life.adopted(runId, n);
}

export async function startPurge(life: DatasourceLife): Promise<void> {
  const input: PurgeInput = { v: 1, ...life.ref, generation: life.generation };
  await startUnlessRunning(WORKFLOW_TYPES.purge, purgeWorkflowId(life.input.id, life.generation), input);
  life.deletionBegun = true;
}

/** One import at a time: the next upload is read from the rows when this one has told that it ended. */
export async function adoptImport(life: DatasourceLife, uploadId: string): Promise<void> {
  const { generation, input } = life;
  const given: CsvImportInput = { v: 1, ...life.ref, generation, uploadId, maxEvents: input.durations.childEvents };
  await startUnlessRunning(WORKFLOW_TYPES.csvImport, csvImportWorkflowId(input.id, uploadId), given);
  life.importing(uploadId);
}

/** The fence has stopped its writes already; this only lets it end. */
export async function stopImport(life: DatasourceLife): Promise<void> {
  const uploadId = life.uploadAtWork;
  if (uploadId === null) return;
  try {
    await getExternalWorkflowHandle(csvImportWorkflowId(life.input.id, uploadId)).cancel();
  } catch (error) {
    if (isCancellation(error)) throw error; // else it had ended before it could be asked
  }
  life.importing(null);
}

async function startUnlessRunning(
  type: string,
  workflowId: string,
  input: BackfillInput | CsvImportInput | PurgeInput,
): Promise<void> {
  try {
    await startChild(type, { ...abandoned, workflowId, args: [input] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Asks it to stop and waits a little: the fence in the database stops its writes whatever it does. */
export async function stopChild(life: DatasourceLife): Promise<void> {
  const child = life.child;
  if (child === null) return;
  try {
    await getExternalWorkflowHandle(backfillWorkflowId(life.input.id, child.n)).cancel();
    await condition(() => life.child === null, life.input.durations.graceMs);
  } catch (error) {
    if (isCancellation(error)) throw error; // else it had ended before it could be asked
  }
  life.forgetChild();
}
