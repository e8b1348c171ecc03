/** What this process counts, and where Temporal's own log lines go. */
import { activityInfo } from "@temporalio/activity";
import type { ActivityInboundCallsInterceptor, Logger as TemporalLogger } from "@temporalio/worker";
import type { Logger } from "pino";
import { Counter, Histogram } from "prom-client";
import type { Registry } from "prom-client";

export interface Telemetry {
  readonly activities: ActivityInboundCallsInterceptor;
  readonly rings: Counter<"outcome">;
  readonly vaultOpens: Counter<"outcome">;
}

export function measure(registry: Registry): Telemetry {
  const seconds = new Histogram({
    name: "headwater_activity_seconds",
    help: "How long an activity took, by what came of it.",
    labelNames: ["activity", "outcome"] as const,
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300, 900],
    registers: [registry],
  });
  const waited = new Histogram({
    name: "headwater_activity_wait_seconds",
    help: "From being scheduled to being started: how far a queue is behind.",
    labelNames: ["queue"] as const,
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600],
    registers: [registry],
  });
  const rings = new Counter({
    name: "headwater_rings_total",
    help: "Rings that had stayed in the outbox.",
    labelNames: ["outcome"] as const,
    registers: [registry],
  });
  const vaultOpens = new Counter({
    name: "headwater_vault_opens_total",
    help: "Credentials opened in the vault, and opens refused as too many.",
    labelNames: ["outcome"] as const,
    registers: [registry],
  });
  return { rings, vaultOpens, activities: { execute: (input, next) => timed(seconds, waited, () => next(input)) } };
}

async function timed(
  seconds: Histogram<"activity" | "outcome">,
  waited: Histogram<"queue">,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const { activityType: activity, currentAttemptScheduledTimestampMs: scheduled, taskQueue } = activityInfo();
  waited.observe({ queue: taskQueue }, Math.max(0, Date.now() - scheduled) / 1000);
  const end = seconds.startTimer({ activity });
  try {
    const result = await work();
    end({ outcome: "done" });
    return result;
  } catch (error) {
    end({ outcome: "failed" });
    throw error;
  }
}

/** What is so by intent: the workers of `load` have activities alone, and no option says that they mean it. */
const MEANT = "No workflows registered, not polling for workflow tasks";

/** Temporal's lines among ours, at our level, one event a line. */
export function asTemporalLogger(log: Logger): TemporalLogger {
  const at =
    (level: "debug" | "info" | "warn" | "error") =>
    (message: string, meta?: object): void =>
      log[message === MEANT ? "debug" : level](meta ?? {}, message);
  const levels = { TRACE: "debug", DEBUG: "debug", INFO: "debug", WARN: "warn", ERROR: "error" } as const;
  return {
    log: (level, message, meta) => at(levels[level])(message, meta),
    trace: at("debug"),
    debug: at("debug"),
    info: at("debug"),
    warn: at("warn"),
    error: at("error"),
  };
}
