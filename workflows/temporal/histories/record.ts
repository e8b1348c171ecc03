/**
 * Records the lives of `testing/scenarios.ts` as a release leaves them: `node workflows/temporal/histories/record.ts
 * <release> <PostgreSQL superuser URL> <Temporal address> [scenario ...]`. Run it from the released code, never from a
 * branch: the next release must replay what this one wrote.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildBundle } from "../../worker/bundle.ts";
import { backfillWorkflowId, csvImportWorkflowId, datasourceWorkflowId } from "../../client.ts";
import { startEngine } from "../testing/engine.ts";
import { keepBundle } from "../testing/released.ts";
import { historyOf, packed, runsOf } from "../testing/histories.ts";
import { SCENARIOS } from "../testing/scenarios.ts";

const [release, postgresUrl, temporalAddress, ...only] = process.argv.slice(2);
if (release === undefined || postgresUrl === undefined || temporalAddress === undefined)
  throw new Error("Usage: record.ts <release> <PostgreSQL superuser URL> <Temporal address> [scenario ...]");

const scenarios = Object.entries(SCENARIOS).filter(([name]) => only.length === 0 || only.includes(name));
const folder = fileURLToPath(new URL(release, import.meta.url));
mkdirSync(folder, { recursive: true });
keepBundle(release, (await buildBundle()).code);
const engine = await startEngine({ postgresUrl, temporalAddress });
await engine.startWorkers();
try {
  await Promise.all(
    scenarios.map(async ([name, live]) => {
      const { datasourceId } = await live(engine);
      await keep(name, datasourceWorkflowId(datasourceId));
      await keep(`${name}-backfill`, backfillWorkflowId(datasourceId, 1));
      const [file] = await engine.merchant.sql<{ id: string }[]>`
        select id from uploads where datasource_id = ${datasourceId} order by asked_at, id limit 1`;
      if (file !== undefined) await keep(`${name}-import`, csvImportWorkflowId(datasourceId, file.id));
    }),
  );
} finally {
  await engine.close();
}

/** Every run of it, oldest first: what a continue-as-new carried over is in the next one's input. */
async function keep(name: string, workflowId: string): Promise<void> {
  const runs = (await runsOf(engine.client, workflowId)).toReversed();
  for (const [index, { runId }] of runs.entries()) {
    const { history } = await historyOf(engine.client, workflowId, runId);
    writeFileSync(`${folder}/${name}.${index + 1}.history.gz`, packed(workflowId, history));
  }
}
