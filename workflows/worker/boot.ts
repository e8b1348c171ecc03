/** What Temporal must have before a worker starts: the namespace, our search attributes, the five Schedules. Idempotent. */
import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from "@temporalio/client";
import type { Client, Connection, ScheduleOptions } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { QUEUES, SEARCH_ATTRIBUTES, SWEEPS, sweepWorkflowId } from "../lifecycle/names.ts";
import type { Sweep } from "../lifecycle/names.ts";
import type { SourceLog } from "../source/contract.ts";

const RETENTION = msToTs("72 hours");
const KEYWORD = 2;
const DATETIME = 6;
const ALREADY_EXISTS = 6;

export async function ensureNamespace(connection: Connection, namespace: string): Promise<void> {
  try {
    await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: RETENTION });
  } catch (error) {
    if (codeOf(error) !== ALREADY_EXISTS) throw error;
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: RETENTION },
    });
  }
}

/** A development server's own flag for this is ignored on an existing file, so the missing ones are added at every boot. */
export async function ensureSearchAttributes({ operatorService }: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const wanted = Object.values(SEARCH_ATTRIBUTES).map(
    (name) => [name, name === SEARCH_ATTRIBUTES.dueAt ? DATETIME : KEYWORD] as const,
  );
  const missing = wanted.filter(([name]) => !(name in customAttributes));
  if (missing.length > 0)
    await operatorService.addSearchAttributes({ namespace, searchAttributes: Object.fromEntries(missing) });
}

const EVERY: Readonly<Record<Sweep, string>> = {
  reconcile: "5 minutes",
  freshness: "5 minutes",
  planSweep: "1 hour",
  providerProbe: "1 minute",
  retention: "1 day",
};
const JITTER: Readonly<Record<Sweep, string>> = {
  reconcile: "20s",
  freshness: "30s",
  planSweep: "5 minutes",
  providerProbe: "5s",
  retention: "1 hour",
};

const scheduleOf = (sweep: Sweep) =>
  ({
    scheduleId: sweepWorkflowId(sweep),
    spec: { intervals: [{ every: EVERY[sweep] }], jitter: JITTER[sweep] },
    // The server's own window is a year: after a night without it, a year of sweeps would run.
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: "10 minutes" },
    action: {
      type: "startWorkflow",
      workflowType: sweep,
      workflowId: sweepWorkflowId(sweep),
      taskQueue: QUEUES.lifecycle,
      args: [],
    },
  }) as const satisfies ScheduleOptions;

async function ensureSchedules(client: Client): Promise<void> {
  for (const sweep of SWEEPS) {
    const schedule = scheduleOf(sweep);
    try {
      await client.schedule.create(schedule);
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      await client.schedule.getHandle(schedule.scheduleId).update((there) => ({ ...there, ...schedule }));
    }
  }
}

/** A namespace made a moment ago is not known to every part of the server yet. */
export async function prepare(
  { client, connection, namespace }: Prepared,
  log: SourceLog,
  patienceMs = 60_000,
): Promise<void> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      await ensureNamespace(connection, namespace);
      await ensureSearchAttributes(connection, namespace);
      return await ensureSchedules(client);
    } catch (error) {
      if (Date.now() > until) throw error;
      log.warn("Temporal is not prepared yet", { error: String(error) });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
export interface Prepared {
  readonly client: Client;
  readonly connection: Connection;
  readonly namespace: string;
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
