/** The child that works through one upload: looked at, landed, merged, committed or put before a person. The rows know how far it is. */
import {
  CancellationScope,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  workflowInfo,
} from "@temporalio/workflow";
import { datasourceWorkflowId, MESSAGES } from "../lifecycle/names.ts";
import { callsFor } from "./calls.ts";
import type { BackfillOutcome, CsvImportInput } from "./input.ts";

export async function csvImport(input: CsvImportInput): Promise<void> {
  const calls = callsFor(input.organisationId);
  const { organisationId, datasourceId, generation, uploadId } = input;
  const asked = { organisationId, datasourceId, generation, uploadId };
  let outcome: BackfillOutcome = "done";
  try {
    for (;;) {
      const { kind } = await calls.imports.workOnUpload(asked);
      if (kind === "stopped") outcome = "stopped";
      if (kind !== "more") break;
      const { historyLength, continueAsNewSuggested } = workflowInfo();
      if (historyLength > input.maxEvents || continueAsNewSuggested) return continueAsNew<typeof csvImport>(input);
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    outcome = "stopped";
  }
  await CancellationScope.nonCancellable(() => tellParent(input, outcome));
}

/** Where the parent is gone, the rows tell whoever starts it again. */
async function tellParent({ datasourceId, uploadId }: CsvImportInput, outcome: BackfillOutcome): Promise<void> {
  try {
    const parent = getExternalWorkflowHandle(datasourceWorkflowId(datasourceId));
    await parent.signal(MESSAGES.backfillDone, { backfillId: uploadId, outcome });
  } catch (error) {
    if (isCancellation(error)) throw error; // else nobody is there to be told
  }
}
