import type { PendingState, RunId } from "../commands/pending.ts";

/** What the button says from the click on. `before`: the run that was under way then. */
export function syncNowSays(
  pending: PendingState,
  running: RunId | null,
  before: RunId | null,
): "ready" | "queued" | "syncing" | "starting" | "waiting" {
  if (pending === "no") return "ready";
  if (running !== null) return running === before ? "queued" : "syncing";
  return pending === "slow" ? "waiting" : "starting";
}
