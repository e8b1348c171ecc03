/** Names that Temporal keeps for ever. A test freezes this list: a name may be added, never changed or removed. */

export const WORKFLOW_TYPES = {
  datasource: "datasource",
  backfill: "backfill",
  purge: "purge",
  csvImport: "csvImport",
  reconcile: "reconcile",
  freshness: "freshness",
  planSweep: "planSweep",
  providerProbe: "providerProbe",
  retention: "retention",
} as const;

export const MESSAGES = { intent: "intent", backfillDone: "backfillDone", debugState: "debugState" } as const;

export const QUEUES = { lifecycle: "lifecycle", sync: "sync", backfill: "backfill" } as const;

export const SEARCH_ATTRIBUTES = {
  platform: "DsPlatform",
  organisation: "DsOrganisation",
  phase: "DsPhase",
  hold: "DsHold",
  dueAt: "DsDueAt",
} as const;

export const SWEEPS = ["reconcile", "freshness", "planSweep", "providerProbe", "retention"] as const;
export type Sweep = (typeof SWEEPS)[number];

/** Ids hold our own ids only; nothing in them is ever encrypted. */
export const datasourceWorkflowId = (datasourceId: string): string => `ds:${datasourceId}`;
export const backfillWorkflowId = (datasourceId: string, n: number): string => `ds:${datasourceId}:bf:${n}`;
export const purgeWorkflowId = (datasourceId: string, generation: number): string =>
  `purge:${datasourceId}:${generation}`;
export const csvImportWorkflowId = (datasourceId: string, uploadId: string): string =>
  `ds:${datasourceId}:csv:${uploadId}`;
export const sweepWorkflowId = (sweep: Sweep): string => `sys:${sweep}`;

/** Priorities: 1 people, 3 hourly, 5 backfill. Order of dispatch only; nothing rests on it. */
export const PRIORITY = { people: 1, hourly: 3, backfill: 5 } as const;
