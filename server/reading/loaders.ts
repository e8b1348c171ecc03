/** Everything that fields ask for by id, each batched; one set per operation. */
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import { batched } from "./batch.ts";
import { readCallHours, readCalls } from "./calls.ts";
import {
  readAttemptsByIds,
  readCandidates,
  readCommands,
  readCommandsByIds,
  readCredentialFacts,
  readGiven,
  readForward,
  readNewestAttempts,
} from "./commands.ts";
import { readDatasources } from "./datasources.ts";
import { readLoginShared } from "./dependents.ts";
import { readHistory, readProgress } from "./progress.ts";
import { readAskers } from "./inbox.ts";
import { readNames, readTokenNames, readWishes } from "./people.ts";
import { readOrganisation, readTokensByIds, readPlans, countSlots } from "./organisation.ts";
import { readHealth } from "./health.ts";
import {
  readRecentRuns,
  readRejectedByIds,
  readRowsLastDay,
  readRunsByIds,
  readSlicesByIds,
  readUnfinishedRuns,
} from "./runs.ts";
import { readCheckedMetrics } from "./checked-metrics.ts";
import { readLinks } from "./links.ts";
import { readNearestSkus } from "./skus.ts";
import { readPulledFiles, readRunAttempts } from "./run-attempts.ts";
import { readRunStreams } from "./run-streams.ts";
import { readOutages } from "./outages.ts";
import { readStops } from "./stops.ts";
import type { Transaction } from "./transaction.ts";
import { readFilesWaiting } from "./uploads.ts";

export type Loaders = ReturnType<typeof loadersFor>;

export function loadersFor(db: () => Transaction, now: Date) {
  return {
    datasource: batched(async (ids: Parameters<typeof readDatasources>[2] & {}) => {
      const views = await readDatasources(db(), now, ids);
      return new Map(views.map((view) => [view.row.id, view]));
    }),
    loginShared: batched((ids: Parameters<typeof readLoginShared>[1]) => readLoginShared(db(), ids)),
    progress: batched((ids: Parameters<typeof readProgress>[1]) => readProgress(db(), ids)),
    history: batched((ids: Parameters<typeof readHistory>[1]) => readHistory(db(), ids)),
    outage: batched((ids: Parameters<typeof readOutages>[1]) => readOutages(db(), ids)),
    stops: batched((ids: Parameters<typeof readStops>[1]) => readStops(db(), ids)),
    recentRuns: batched((ids: Parameters<typeof readRecentRuns>[1]) => readRecentRuns(db(), ids)),
    unfinishedRun: batched((ids: Parameters<typeof readUnfinishedRuns>[1]) => readUnfinishedRuns(db(), ids)),
    checkedMetrics: batched((ids: Parameters<typeof readCheckedMetrics>[1]) => readCheckedMetrics(db(), ids, now)),
    rowsLastDay: batched((ids: Parameters<typeof readRowsLastDay>[1]) => readRowsLastDay(db(), ids, now)),
    calls: batched((ids: Parameters<typeof readCalls>[1]) => readCalls(db(), ids, now)),
    callHours: batched((ids: Parameters<typeof readCallHours>[1]) => readCallHours(db(), ids, now)),
    commands: batched((ids: Parameters<typeof readCommands>[1]) => readCommands(db(), ids, now)),
    forward: batched((ids: Parameters<typeof readForward>[1]) => readForward(db(), ids)),
    newestAttempt: batched((ids: Parameters<typeof readNewestAttempts>[1]) => readNewestAttempts(db(), ids)),
    candidates: batched((ids: Parameters<typeof readCandidates>[1]) => readCandidates(db(), ids)),
    credential: batched((ids: Parameters<typeof readCredentialFacts>[1]) => readCredentialFacts(db(), ids)),
    given: batched((ids: Parameters<typeof readGiven>[1]) => readGiven(db(), ids)),
    run: batched((ids: readonly string[]) => readRunsByIds(db(), ids)),
    runStreams: batched((ids: readonly string[]) => readRunStreams(db(), ids)),
    runAttempts: batched((ids: Parameters<typeof readRunAttempts>[1]) => readRunAttempts(db(), ids)),
    pulledFiles: batched((ids: Parameters<typeof readPulledFiles>[1]) => readPulledFiles(db(), ids)),
    slice: batched((ids: readonly string[]) => readSlicesByIds(db(), ids)),
    rejected: batched((ids: readonly string[]) => readRejectedByIds(db(), ids)),
    command: batched((ids: Parameters<typeof readCommandsByIds>[1]) => readCommandsByIds(db(), ids)),
    attempt: batched((ids: Parameters<typeof readAttemptsByIds>[1]) => readAttemptsByIds(db(), ids)),
    apiToken: batched((ids: Parameters<typeof readTokensByIds>[1]) => readTokensByIds(db(), ids)),
    nearestSku: batched((skus: readonly string[]) => readNearestSkus(db(), skus)),
    fileWaits: batched((ids: Parameters<typeof readFilesWaiting>[1]) => readFilesWaiting(db(), ids)),
    links: batched((ids: Parameters<typeof readLinks>[1]) => readLinks(db(), ids, now)),
    personName: batched((ids: Parameters<typeof readNames>[1]) => readNames(db(), ids)),
    tokenName: batched((ids: Parameters<typeof readTokenNames>[1]) => readTokenNames(db(), ids)),
    askers: batched((ids: Parameters<typeof readAskers>[1]) => readAskers(db(), ids)),
    wishes: batched((ids: Parameters<typeof readWishes>[1]) => readWishes(db(), ids)),
    organisation: batched(async (ids: readonly OrganisationId[]) => {
      const found = await Promise.all(ids.map(async (id) => [id, await readOrganisation(db(), id)] as const));
      return new Map(found.flatMap(([id, row]) => (row === null ? [] : [[id, row] as const])));
    }),
    slotsUsed: batched(async (ids: readonly OrganisationId[]) => {
      const counted = await Promise.all(ids.map(async (id) => [id, await countSlots(db(), id)] as const));
      return new Map(counted);
    }),
    /** There is one answer; the key only makes it a batch. */
    plans: batched(async (keys: readonly "all"[]) => {
      const rows = await readPlans(db());
      return new Map(keys.map((key) => [key, rows]));
    }),
    health: batched(async (keys: readonly "now"[]) => {
      const health = await readHealth(db(), now);
      return new Map(keys.map((key) => [key, health]));
    }),
  };
}
