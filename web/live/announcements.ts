import type { LiveDatasource } from "./live.documents.ts";

export type Announcement =
  | { kind: "percent"; name: string; percent: 25 | 50 | 75 }
  | { kind: "historyComplete"; name: string }
  | { kind: "streamComplete"; name: string; stream: string }
  | { kind: "stopped"; name: string }
  | { kind: "needsSomeone"; name: string }
  | { kind: "works"; name: string };

const steps = [75, 50, 25] as const;

/** What is worth saying aloud between two states of a datasource: quarters of its history and changes of state. */
export function announcements(before: LiveDatasource, after: LiveDatasource): Announcement[] {
  const { name } = after;
  const found: Announcement[] = [];
  const [was, is] = [before.backfill, after.backfill];
  // Files bring their own days: they have no history that could be complete.
  if (was.state !== "DONE" && is.state === "DONE" && is.daysTotal > 0) found.push({ kind: "historyComplete", name });
  const crossed = steps.find((step) => (was.percent ?? 0) < step && (is.percent ?? 0) >= step);
  if (crossed && is.state === "RUNNING") found.push({ kind: "percent", name, percent: crossed });
  for (const stream of after.streams) {
    const earlier = before.streams.find(({ id }) => id === stream.id);
    if (earlier && earlier.state !== "DONE" && stream.state === "DONE" && is.state === "RUNNING")
      found.push({ kind: "streamComplete", name, stream: stream.title });
  }
  if (before.dataSync?.status !== "INACTIVE" && after.dataSync?.status === "INACTIVE")
    found.push({ kind: "stopped", name });
  if (!before.needsAttention && after.needsAttention) found.push({ kind: "needsSomeone", name });
  if (before.needsAttention && !after.needsAttention && after.disconnectedAt === null)
    found.push({ kind: "works", name });
  return found;
}
