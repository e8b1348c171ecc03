/** Ties work to Temporal: a sign of life every two seconds and per page, a signal that ends it, a class for what it throws. */
import { activityInfo, CancelledFailure, cancellationSignal, Context, heartbeat } from "@temporalio/activity";
import type { WorkOptions } from "../load/contract.ts";
import { asFailure, shuttingDown, waitAfterBug } from "./failure.ts";

const EVERY_MS = 2_000;
/** Below the activity's own limit of 15 minutes. */
const BUDGET = { ms: 10 * 60_000, pages: 5_000 };

/** `tell`: of what nobody foresaw, and when it is tried again. Not of a stop, and not where our own database is away. */
export async function watched<T>(
  work: (options: WorkOptions) => Promise<T>,
  tell?: (retryAt: number | null) => Promise<void>,
): Promise<T> {
  const signal = cancellationSignal();
  let at = { pages: 0, rows: 0 };
  const beat = (details: { pages: number; rows: number }) => {
    at = details;
    heartbeat(details);
  };
  const timer = setInterval(() => heartbeat(at), EVERY_MS);
  try {
    return await work({ signal, heartbeat: beat, budget: BUDGET, attempt: activityInfo().attempt });
  } catch (error) {
    if (signal.aborted) throw isDeploy() ? shuttingDown() : new CancelledFailure("Stopped");
    const failure = asFailure(error, activityInfo().attempt);
    if (failure.type === "bug") await told(tell, activityInfo().attempt);
    throw failure;
  } finally {
    clearInterval(timer);
  }
}

async function told(tell: ((retryAt: number | null) => Promise<void>) | undefined, attempt: number): Promise<void> {
  const waitMs = waitAfterBug(attempt);
  // What cannot be written down is no reason to forget what happened: the caller throws that.
  await tell?.(waitMs === null ? null : Date.now() + waitMs).catch(() => undefined);
}

/** For what has no pages: a sign of life alone. */
export async function beating<T>(work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => heartbeat(), EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

const isDeploy = (): boolean => Context.current().cancellationDetails?.workerShutdown === true;
