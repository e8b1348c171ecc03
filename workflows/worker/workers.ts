/** How the workers are set: slots, caches, patience at the end. Each number has its reason in lifecycle terms. */
import type { DataConverter } from "@temporalio/common";
import { Worker } from "@temporalio/worker";
import type { ActivityInboundCallsInterceptor, NativeConnection, WorkerOptions } from "@temporalio/worker";
import type { BackfillActivities, EntityActivities, SweepActivities, WorkActivities } from "../activities/contract.ts";
import { QUEUES } from "../lifecycle/names.ts";
import { guardResults } from "./guard.ts";

export interface Base {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly dataConverter: DataConverter;
  /** What else looks at each activity. */
  readonly watchers?: readonly ActivityInboundCallsInterceptor[];
}

const polling = {
  workflowTaskPollerBehavior: { type: "autoscaling", minimum: 1, maximum: 5 },
  activityTaskPollerBehavior: { type: "autoscaling", minimum: 1, maximum: 5 },
} as const;

/** The default is none: a deploy would kill what runs. Running activities commit their page and stop within it. */
const leaving = { shutdownGraceTime: "20s", shutdownForceTime: "35s" } as const;
/** A cancellation comes back with a heartbeat, so heartbeats are not held back for long. */
const hearing = { maxHeartbeatThrottleInterval: "3s", defaultHeartbeatThrottleInterval: "3s" } as const;

const common = ({ connection, namespace, dataConverter, watchers = [] }: Base): Omit<WorkerOptions, "taskQueue"> => ({
  connection,
  namespace,
  dataConverter,
  ...leaving,
  ...hearing,
  interceptors: { activity: [...watchers, guardResults].map((inbound) => () => ({ inbound })) },
});

/** The only one with workflows. */
export const lifecycleWorker = (
  base: Base,
  bundle: { readonly codePath: string },
  activities: EntityActivities & SweepActivities,
): Promise<Worker> =>
  Worker.create({
    ...common(base),
    ...polling,
    taskQueue: QUEUES.lifecycle,
    workflowBundle: bundle,
    activities: named(activities),
    maxCachedWorkflows: 500,
    maxConcurrentWorkflowTaskExecutions: 20,
    maxConcurrentActivityTaskExecutions: 20,
    // A command to a source cached by a killed worker waits this long, not ten seconds.
    stickyQueueScheduleToStartTimeout: "2s",
  });

export const syncWorker = (base: Base, activities: WorkActivities): Promise<Worker> =>
  Worker.create({
    ...common(base),
    activityTaskPollerBehavior: polling.activityTaskPollerBehavior,
    taskQueue: QUEUES.sync,
    activities: named(activities),
    maxConcurrentActivityTaskExecutions: 12,
  });

export const backfillWorker = (base: Base, activities: BackfillActivities): Promise<Worker> =>
  Worker.create({
    ...common(base),
    activityTaskPollerBehavior: polling.activityTaskPollerBehavior,
    taskQueue: QUEUES.backfill,
    activities: named(activities),
    maxConcurrentActivityTaskExecutions: 4,
  });

/** An interface has no index signature; Temporal wants names and functions. */
const named = (activities: object): object => ({ ...activities });
