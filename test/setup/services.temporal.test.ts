import { Connection } from "@temporalio/client";
import { eventually } from "@headwater/server/start/wait.mjs";
import { expect, inject, test } from "vitest";
import { startTemporal } from "./services.ts";

const namespace = "headwater";
const describe = (connection: Connection) => connection.workflowService.describeNamespace({ namespace });

test("the Temporal server of the run has the namespace headwater", async () => {
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  try {
    const { namespaceInfo } = await describe(connection);
    expect(namespaceInfo?.name).toBe(namespace);
  } finally {
    await connection.close();
  }
});

/** Asks with ever other patience until so many askers had gone before the answer came. */
async function giveUp(connection: Connection, times: number): Promise<void> {
  for (let gone = 0, asked = 0; gone < times && asked < times * 200; asked += 1)
    try {
      await connection.withDeadline(Date.now() + (asked % 13), () => describe(connection));
    } catch {
      gone += 1;
    }
}

test("callers who give up leave the Temporal server answering the others", async () => {
  const temporal = await startTemporal();
  const connection = await Connection.connect({ address: temporal.address });
  try {
    await Promise.all(Array.from({ length: 16 }, () => giveUp(connection, 200)));
    const answers = async () => {
      for (let inRow = 0; inRow < 20; inRow += 1) await describe(connection);
      return true;
    };
    // What it refuses until it is another process is what this waits out.
    const isWell = await eventually(() => answers().catch(() => false), { withinMs: 120_000 });
    expect(isWell).toBe(true);
  } finally {
    await connection.close();
    await temporal.stop();
  }
});
