/** What Temporal remembers of a workflow, for budgets and recordings. */
import type { Client } from "@temporalio/client";
import { gunzipSync, gzipSync } from "node:zlib";
import proto from "@temporalio/proto";
import type { temporal } from "@temporalio/proto";

export type History = temporal.api.history.v1.IHistory;

const { EventType } = proto.temporal.api.enums.v1;

export interface Seen {
  readonly history: History;
  readonly types: readonly string[];
}

/** The newest run, or the one that is named. */
export async function historyOf(client: Client, workflowId: string, runId?: string): Promise<Seen> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return { history, types: (history.events ?? []).map((event) => nameOf(event.eventType ?? 0)) };
}

export const nameOf = (type: number): string =>
  (EventType[type] ?? "UNKNOWN")
    .replace("EVENT_TYPE_", "")
    .toLowerCase()
    .replaceAll(/_(.)/g, (_all, letter: string) => letter.toUpperCase());

/** Whether an activity or a task of the workflow was begun and has not ended. */
export function isUnderWay(types: readonly string[]): boolean {
  const count = (pattern: RegExp) => types.filter((type) => pattern.test(type)).length;
  return ["activityTask", "workflowTask"].some(
    (task) =>
      count(new RegExp(`^${task}Scheduled`)) > count(new RegExp(`^${task}(Completed|Failed|TimedOut|Canceled)`)),
  );
}

/** The child that read the history says so only after the row did: until it has ended, it wakes its parent once more. */
export const isAtRest = (types: readonly string[]): boolean =>
  types.includes("childWorkflowExecutionCompleted") && !isUnderWay(types);

/** How often the workflow asked for an activity, however often a busy machine had it repeated. */
export const timesAsked = (history: History, activity: string): number =>
  (history.events ?? []).filter((event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity)
    .length;

/**
 * What each cycle cost, from the wake to the next. One that a busy machine woke a whole interval late runs nothing, for it
 * waits a little more: no cycle of work is as cheap.
 */
export function cycleCosts(types: readonly string[]): number[] {
  const wakes = types.flatMap((type, at) => (type === "timerFired" ? [at] : []));
  return wakes.slice(1).flatMap((next, n) => {
    const cycle = types.slice(wakes[n], next);
    return cycle.includes("activityTaskScheduled") ? [cycle.length] : [];
  });
}

/** Of all runs of an id, newest first. */
export async function runsOf(
  client: Client,
  workflowId: string,
): Promise<{ runId: string; status: string; events: number }[]> {
  const runs: { runId: string; status: string; events: number }[] = [];
  for await (const run of client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    runs.push({ runId: run.runId, status: run.status.name, events: run.historyLength });
  return runs;
}

/** Every value that travelled: inputs, results, signals. */
export function valuesIn(history: History): unknown[] {
  const values: unknown[] = [];
  const walk = (part: unknown): void => {
    if (typeof part !== "object" || part === null || part instanceof Uint8Array) return;
    if ("metadata" in part && "data" in part && part.data instanceof Uint8Array) {
      const text = Buffer.from(part.data).toString();
      if (text !== "") values.push(JSON.parse(text));
      return;
    }
    for (const inner of Object.values(part)) walk(inner);
  };
  walk(history.events ?? []);
  return values;
}

/** A recording: the workflow's id on the first line, for replay must know the true one, then the history, all in gzip. */
export const packed = (workflowId: string, history: History): Buffer =>
  gzipSync(
    Buffer.concat([Buffer.from(`${workflowId}\n`), proto.temporal.api.history.v1.History.encode(history).finish()]),
    {
      level: 9,
    },
  );

export function unpacked(recording: Uint8Array): { readonly workflowId: string; readonly history: History } {
  const bytes = gunzipSync(recording);
  const end = bytes.indexOf("\n");
  return {
    workflowId: bytes.subarray(0, end).toString(),
    history: proto.temporal.api.history.v1.History.decode(bytes.subarray(end + 1)),
  };
}
