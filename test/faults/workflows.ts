// One workflow a datasource, by Temporal's own word: never a second, never one that failed and was begun anew.
import { Client, Connection } from "@temporalio/client";
import type { Product } from "./product.ts";

interface Execution {
  readonly id: string;
  readonly status: string;
}

/** Every execution that Temporal knows of our datasources and their backfills, running or ended. */
async function executions(product: Product): Promise<Execution[]> {
  const connection = await Connection.connect({ address: product.stack.temporalAddress });
  try {
    const client = new Client({ connection, namespace: product.stack.settings.lifecycle.TEMPORAL_NAMESPACE });
    const found: Execution[] = [];
    const query = `WorkflowType IN ("datasource", "backfill")`;
    for await (const { workflowId, status } of client.workflow.list({ query }))
      found.push({ id: workflowId, status: status.name });
    return found;
  } finally {
    await connection.close();
  }
}

/** What is wrong with them, if something is. A child may be at its end or not have begun: none or one. */
function judge(datasources: readonly string[], found: readonly Execution[]): string[] {
  const wrong = found.filter(({ status }) => ["FAILED", "TIMED_OUT", "TERMINATED"].includes(status));
  const running = found.filter(({ status }) => status === "RUNNING").map(({ id }) => id);
  const twice = running.filter((id, i) => running.indexOf(id) !== i);
  const backfills = running.filter((id) => id.includes(":bf:")).map((id) => id.split(":bf:")[0] ?? id);
  const two = backfills.filter((id, i) => backfills.indexOf(id) !== i);
  const missing = datasources.filter((id) => !running.includes(`ds:${id}`));
  const strange = running.filter((id) => !datasources.includes(id.split(":")[1] ?? ""));
  return [
    ...wrong.map(({ id, status }) => `${id} ended as ${status}`),
    ...twice.map((id) => `${id} runs twice`),
    ...two.map((id) => `${id} has two backfills`),
    ...missing.map((id) => `ds:${id} does not run`),
    ...strange.map((id) => `${id} runs for no datasource`),
  ];
}

/** Exactly one for each living datasource. What was begun a moment ago may not be listed yet, so it is asked again for a while. */
export async function oneWorkflowEach(product: Product): Promise<void> {
  let wrong: string[] = [];
  const isRight = async (): Promise<boolean> => {
    const rows = await product.sql<{ id: string }[]>`
      select id from datasources where disconnected_at is null or phase <> 'END'`;
    wrong = judge(
      rows.map(({ id }) => id),
      await executions(product),
    );
    return wrong.length === 0;
  };
  await product.until("one workflow runs for each datasource", isRight).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${wrong.join("\n")}`, { cause: error });
  });
}
