/** What the activities stand on; made once per process, handed in. */
import type { Database } from "@headwater/db";
import type { Ringer } from "../client.ts";
import type { FailureBudget } from "../lifecycle/budget.ts";
import type { DatasourceRef, LoadDeps, LoadPath, ProbeOutcome, RevokeOutcome } from "../load/contract.ts";
import type { GrantId, OrganisationId } from "@headwater/db";
import type { DailyRhythm } from "../lifecycle/due.ts";
import type { StreamRule } from "../lifecycle/windows.ts";
import type { SourceLog } from "../source/contract.ts";

/** What the engine has to know of a platform; the connector says it. */
export interface PlatformRules {
  readonly manyAccounts: boolean;
  /** No outside account and no credential: files and nothing else, or sample data. */
  readonly isNative?: boolean;
  readonly daily: DailyRhythm;
  readonly concurrency: number;
  readonly streams: readonly StreamRule[];
  /** The source can be asked to tell us of its end. */
  readonly webhooks?: boolean;
}
export interface RowDeps {
  readonly db: Database;
  readonly platformRules: (platform: string) => PlatformRules;
  readonly budget: FailureBudget;
  readonly log: SourceLog;
}

export interface WorkDeps extends RowDeps {
  readonly load: LoadPath;
  readonly loadDeps: LoadDeps;
}

/** The last entry of an organisation's audit log. */
export interface AuditHead {
  readonly organisationId: string;
  readonly n: number;
  readonly hash: string;
}

export interface OrphanRef {
  readonly organisationId: OrganisationId;
  readonly grantId: GrantId;
}

export interface SweepDeps extends RowDeps {
  readonly ringer: Ringer;
  /** Ends a grant without a datasource at the source and here. */
  readonly endOrphan: (ref: OrphanRef) => Promise<RevokeOutcome>;
  /** One cheap call to the platform with this source's credential. */
  readonly probe: (ref: DatasourceRef) => Promise<ProbeOutcome>;
  /** Where the audit log's heads of the day are put down, outside of the database; absent: in the database alone. */
  readonly keepHeads?: (day: string, heads: readonly AuditHead[]) => Promise<void>;
  /** Where files of costs lie, sealed. */
  readonly uploadsFolder?: string;
  /** Of which datasources Temporal has the entity running, or the deletion; null where it cannot say. */
  readonly runningEntities: () => Promise<ReadonlySet<string> | null>;
}
