/** Temporal may come back without its file while we live on: then namespace, search attributes and Schedules are made again, and every entity is rung. */
import { ScheduleNotFoundError } from "@temporalio/client";
import type { Client } from "@temporalio/client";
import { sweepWorkflowId } from "../lifecycle/names.ts";
import type { SourceLog } from "../source/contract.ts";
import { repeat } from "./repeat.ts";
import type { Loop } from "./repeat.ts";

const EVERY_MS = 10_000;
const NOT_FOUND = 5;

const isNotFound = (error: unknown): boolean =>
  error instanceof ScheduleNotFoundError ||
  (typeof error === "object" && error !== null && "code" in error && error.code === NOT_FOUND) ||
  (error instanceof Error && error.cause !== undefined && isNotFound(error.cause));

/** True where Temporal knows nothing of us any more; a Temporal that does not answer says nothing either way. */
async function hasForgottenUs(client: Client): Promise<boolean> {
  try {
    await client.schedule.getHandle(sweepWorkflowId("reconcile")).describe();
    return false;
  } catch (error) {
    return isNotFound(error);
  }
}

export interface Remade {
  readonly client: Client;
  readonly log: SourceLog;
  /** What a boot does before its worker starts. */
  readonly prepare: () => Promise<void>;
  /** Rings whatever has a row and no workflow. */
  readonly reconcile: () => Promise<unknown>;
}

export const keepPrepared = ({ client, log, prepare, reconcile }: Remade): Loop =>
  repeat(EVERY_MS, async () => {
    try {
      if (!(await hasForgottenUs(client))) return;
      log.warn("Temporal came back without its file", {});
      await prepare();
      await reconcile();
    } catch (error) {
      log.warn("Temporal is not prepared yet", { error: String(error) });
    }
  });
