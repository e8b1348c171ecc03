import { Client, Connection, ScheduleOverlapPolicy } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { SWEEPS, sweepWorkflowId } from "../client.ts";
import { prepare } from "./boot.ts";

const namespace = `schedules-${randomUUID()}`;
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: inject("temporalAddress") });
  client = new Client({ connection, namespace });
  await prepare({ client, connection, namespace }, silent);
});
afterAll(() => connection.close());

const MINUTE = 60_000;
const everyMs = {
  reconcile: 5 * MINUTE,
  freshness: 5 * MINUTE,
  planSweep: 60 * MINUTE,
  providerProbe: MINUTE,
  retention: 24 * 60 * MINUTE,
};

const described = async (sweep: keyof typeof everyMs) => {
  const { spec, policies, action } = await client.schedule.getHandle(sweepWorkflowId(sweep)).describe();
  return { every: spec.intervals?.map(({ every }) => every), ...policies, type: action.workflowType };
};

test.each(SWEEPS)(
  "%s runs at its interval, one at a time, and a night without a server is not caught up",
  async (sweep) => {
    expect(await described(sweep)).toMatchObject({
      every: [everyMs[sweep]],
      overlap: ScheduleOverlapPolicy.SKIP,
      catchupWindow: 10 * MINUTE,
      type: sweep,
    });
  },
);

test("a schedule that an older release left otherwise is set right at boot", async () => {
  const handle = client.schedule.getHandle(sweepWorkflowId("reconcile"));
  await handle.update((there) => ({ ...there, spec: { intervals: [{ every: "3 days" }] } }));
  await prepare({ client, connection, namespace }, silent);
  expect((await described("reconcile")).every).toEqual([everyMs.reconcile]);
});
