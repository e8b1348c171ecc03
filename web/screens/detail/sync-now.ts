import type { PendingState, RunId } from "../commands/pending.ts";

/** What the button says from the click on. `before`: the run that was under way then. `wait`: until when the source is waited for. */
export function syncNowSays(
  pending: PendingState,
  { running, before, wait }: { running: RunId | null; before: RunId | null; wait: string | null },
): "ready" | "queued" | "syncing" | "starting" | "waiting" | "waitingForSource" {
  if (pending === "no") return "ready";
  if (running !== null) return running === before ? "queued" : "syncing";
  if (wait !== null) return "waitingForSource";
  return pending === "slow" ? "waiting" : "starting";
}
