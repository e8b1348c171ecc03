import type { LiveDatasource } from "../../live/live.documents.ts";

/** What adds an entry: a run that begins or ends, a command that settles, a status that changes. */
export function timelineKey({
  currentRun,
  recentRuns,
  commands,
  connection,
  dataSync,
  backfill,
}: LiveDatasource): string {
  const runs = recentRuns.map(({ id, state }) => `${id}${state}`).join();
  const given = commands.map(({ id, state }) => `${id}${state}`).join();
  return [currentRun?.id, runs, given, connection?.status, dataSync?.status, backfill.state].join("|");
}
