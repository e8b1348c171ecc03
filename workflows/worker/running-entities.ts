/** Which datasources Temporal is at work on; visibility is a moment behind, and a needless ring changes nothing. */
import type { Client } from "@temporalio/client";
import { WORKFLOW_TYPES } from "../lifecycle/names.ts";

/** Of whose entity runs, or whose deletion, which outlives it. */
export async function runningEntities(client: Client): Promise<ReadonlySet<string>> {
  const { datasource, purge } = WORKFLOW_TYPES;
  const query = `WorkflowType IN ('${datasource}', '${purge}') AND ExecutionStatus = 'Running'`;
  const running = new Set<string>();
  for await (const { workflowId } of client.workflow.list({ query, pageSize: 1_000 }))
    running.add(workflowId.split(":")[1] ?? "");
  return running;
}
