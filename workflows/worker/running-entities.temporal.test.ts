import { randomUUID } from "node:crypto";
import { Client, Connection } from "@temporalio/client";
import { expect, inject, test } from "vitest";
import { backfillWorkflowId, datasourceWorkflowId, purgeWorkflowId } from "../lifecycle/names.ts";
import { until } from "../temporal/testing/until.ts";
import { prepare } from "./boot.ts";
import { runningEntities } from "./running-entities.ts";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

test("a datasource is at work while its entity runs, and while its deletion does; a history by itself is not it", async () => {
  const namespace = `running-${randomUUID()}`;
  const connection = await Connection.connect({ address: inject("temporalAddress") });
  const client = new Client({ connection, namespace });
  await prepare({ client, connection, namespace }, silent);
  const begin = (type: string, workflowId: string) =>
    client.workflow.start(type, { workflowId, taskQueue: "nobody", args: [] });
  const [alive, over, deleted] = [randomUUID(), randomUUID(), randomUUID()];
  await begin("backfill", backfillWorkflowId(over, 1));
  const ended = await begin("purge", purgeWorkflowId(over, 2));
  await begin("datasource", datasourceWorkflowId(alive));
  await begin("purge", purgeWorkflowId(deleted, 7));
  const told = (most: number) =>
    until(
      () => runningEntities(client),
      ({ size }) => size === most,
    );
  expect(await told(3)).toEqual(new Set([alive, over, deleted]));
  await ended.terminate("test");
  expect(await told(2)).toEqual(new Set([alive, deleted]));
  await connection.close();
});
