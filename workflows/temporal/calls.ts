/** How each activity is called: queue, patience, order. Every policy is written down; the server's own default never ends. */
import { ActivityCancellationType, proxyActivities } from "@temporalio/workflow";
import type { ActivityOptions } from "@temporalio/workflow";
import type { BackfillActivities, EntityActivities, SweepActivities, WorkActivities } from "../activities/contract.ts";
import { PRIORITY, QUEUES } from "../lifecycle/names.ts";

/**
 * Between two tries after a lost worker or a lost database, however many have failed: with the ten seconds of a heartbeat
 * everything is at work again within fifteen.
 */
const LONGEST_WAIT = "4s";

/** Small statements on our own database: they go on until it answers. */
const rows: ActivityOptions = {
  taskQueue: QUEUES.lifecycle,
  startToCloseTimeout: "30s",
  retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: LONGEST_WAIT },
};

/**
 * Work on a source. The first retry is quick, for it follows a lost worker; how long a failure of the source waits, and
 * when it is no longer tried, the activity says itself. The heartbeat notices a dead worker within ten seconds.
 */
const work: ActivityOptions = {
  startToCloseTimeout: "15 minutes",
  heartbeatTimeout: "10s",
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: "500ms", backoffCoefficient: 2, maximumInterval: LONGEST_WAIT },
};

/** Calls the source once and our database: one try is short, the tries never end. */
const ending: ActivityOptions = {
  taskQueue: QUEUES.lifecycle,
  startToCloseTimeout: "1 minute",
  retry: { initialInterval: "1s", backoffCoefficient: 3, maximumInterval: "1 minute" },
};

export function callsFor(organisationId: string) {
  const fairnessKey = organisationId;
  const ofPeople = { ...work, taskQueue: QUEUES.sync, priority: { priorityKey: PRIORITY.people, fairnessKey } };
  const hourly = { ...work, taskQueue: QUEUES.sync, priority: { priorityKey: PRIORITY.hourly, fairnessKey } };
  const history = { ...work, taskQueue: QUEUES.backfill, priority: { priorityKey: PRIORITY.backfill, fairnessKey } };
  // A person waits for it, and it is as long as a history: people's priority on the queue of long work.
  const files = { ...work, taskQueue: QUEUES.backfill, priority: { priorityKey: PRIORITY.people, fairnessKey } };
  return {
    rows: proxyActivities<EntityActivities>(rows),
    asked: proxyActivities<WorkActivities>(ofPeople),
    hourly: proxyActivities<WorkActivities>(hourly),
    history: proxyActivities<BackfillActivities>(history),
    imports: proxyActivities<Pick<BackfillActivities, "workOnUpload">>(files),
    ending: proxyActivities<Pick<EntityActivities, "compensate">>(ending),
  };
}
export type Calls = ReturnType<typeof callsFor>;

/** One try a tick: the next tick is the retry. */
export const sweepCalls = proxyActivities<SweepActivities>({
  taskQueue: QUEUES.lifecycle,
  startToCloseTimeout: "4 minutes",
  heartbeatTimeout: "30s",
  retry: { maximumAttempts: 2, initialInterval: "5s" },
});
