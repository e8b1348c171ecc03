import { continueAsNew, workflowInfo } from "@temporalio/workflow";
import { callsFor } from "./calls.ts";
import type { PurgeInput } from "./input.ts";

const MOST_EVENTS = 3_000;

/** Deletes what the merchant asked to delete, in batches, behind everything else; told twice, it finds nothing left. */
export async function purge(input: PurgeInput): Promise<void> {
  const { history } = callsFor(input.organisationId);
  const { organisationId, datasourceId, generation } = input;
  for (;;) {
    const { kind } = await history.purgeBatch({ organisationId, datasourceId, generation });
    if (kind === "done") return;
    if (workflowInfo().historyLength > MOST_EVENTS) return continueAsNew<typeof purge>(input);
  }
}
