/** What people, the system and the source did to a datasource, newest first: its audit rows and its runs as one list. */
import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { Actor, Json, NoticeKind, RunKind, RunState } from "@headwater/db/schema/values.ts";
import { noticeKinds } from "@headwater/db/schema/values.ts";
import { platformEntry } from "./catalog.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";

export interface TimelineRow {
  readonly datasourceId: DatasourceId;
  /** `a:<n>` of the audit log, `n:<id>` of a notice, or `r:<run id>`. */
  readonly key: string;
  readonly at: Date;
  readonly actor: Actor;
  readonly verb: string;
  readonly before: Json;
  readonly after: Json;
  readonly runId: string | null;
  /** Whose words its notices are in. */
  readonly platform: string;
}

export interface TimelinePlace {
  readonly at: Date;
  readonly key: string;
}

interface Raw extends Record<string, unknown> {
  key: string;
  at: string;
  actor: Actor;
  verb: string;
  before: Json;
  after: Json;
  run_id: string | null;
}

/** What the list tells of runs. A file's own entries tell of its import, also where it fails; what is done each day is told only then. */
export const TOLD_RUNS: Readonly<Record<RunKind, readonly RunState[]>> = {
  sync: ["failed", "cancelled"],
  backfill: ["running", "succeeded", "failed", "cancelled"],
  resync: ["running", "succeeded", "failed", "cancelled"],
  refresh: ["failed"],
  reread: ["failed"],
  sweep: ["failed"],
  spotCheck: ["failed"],
  import: [],
};
const TOLD = Object.entries(TOLD_RUNS).flatMap(([kind, states]) => states.map((state) => `${kind}.${state}`));

/** Of what the audit log or a run tells in an entry of its own, no notice is told beside it; nor of what is of no datasource. */
const IN_THE_LOG = [
  "grantEnding",
  "pausedByPlatform",
  "frozenAtSource",
  "historyIncomplete",
  "linkFollowed",
  "requested",
  "dataDeleted",
  "platformOpened",
  "reviewDue",
] as const satisfies readonly NoticeKind[];
export const TOLD_NOTICES: readonly NoticeKind[] = noticeKinds.filter(
  (kind) => !IN_THE_LOG.some((one) => one === kind),
);

interface Of {
  readonly id: DatasourceId;
  readonly platform: string;
}

/** What the source itself said is its own word; that we wrote it down is no news. */
const SAID_BY_SOURCE = ["sourceNoticed", "accountChanged", "privacyRequest"];
const SOURCE = "source:";

const toldBy = (platform: string) => sql`
  case when verb in ${SAID_BY_SOURCE} and actor ->> 'kind' = 'system'
       then jsonb_build_object('kind', 'system', 'name', ${SOURCE + (platformEntry(platform)?.name ?? platform)}::text) else actor end`;

/** Files are given: no credential could work or fail. */
const isGiven = (platform: string): boolean => platformEntry(platform)?.methods.includes("upload") === true;

const actorKind = sql`case when actor ->> 'kind' = 'system' and starts_with(actor ->> 'name', ${SOURCE}) then 'source' else actor ->> 'kind' end`;

/**
 * Trouble that lasts is one entry, which stands where it began, and where it ended once it is over; the syncs that met it, and
 * the hourly ones that went well, stay in the list of runs: here they would bury what people did. Access that came by a link was
 * given by its holder, as the link's own entry says.
 */
const told = {
  a: ({ id: datasource, platform }: Of, which: SQL) => sql`
  select 'a:' || lpad(n::text, 12, '0') as key, at, ${toldBy(platform)} as actor, verb, before, after, null::text as run_id
  from audit_log where datasource_id = ${datasource} and ${which}
    and verb not in ('historyRead', 'resyncDone')
    and not (verb = 'authChanged' and ${isGiven(platform)})
    and not (verb = 'datasource.reauthorized' and actor ->> 'kind' = 'system')
    and not (verb = 'phaseChanged' and 'SYNCING' in (coalesce(after ->> 'phase', ''), coalesce(before ->> 'phase', '')))`,
  r: ({ id: datasource }: Of, which: SQL) => sql`
  select 'r:' || id as key, coalesce(finished_at, started_at) as at, jsonb_build_object('kind', 'system', 'name', 'headwater') as actor,
         'run.' || kind || '.' || state as verb, null::jsonb as before, jsonb_strip_nulls(jsonb_build_object('written', written, 'read', read,
           'asked', case when kind = 'backfill' and asked_by is not null then 'extension' end)) as after,
         id as run_id
  from runs where datasource_id = ${datasource} and ${which} and kind || '.' || state in ${TOLD}
    and not (kind = 'sync' and (outcome ->> 'stopped' = 'providerDown' or jsonb_path_exists(outcome, '$.failedStreams[0]')))`,
  n: ({ id: datasource }: Of, which: SQL) => sql`
  select 'n:' || id as key, coalesce(resolved_at, since) as at, jsonb_build_object('kind', 'system', 'name', 'headwater') as actor,
         case when detail ->> 'endedBy' = 'disconnect' then 'notice.disconnected'
           else 'notice.' || kind || case when resolved_at is null then '.standing' else '.over' end end as verb, null::jsonb as before,
         jsonb_build_object('said', detail ->> 'said', 'reason', detail ->> 'reason', 'field', detail ->> 'field', 'times', times,
           'streams', (select string_agg(name, ', ') from jsonb_array_elements_text(detail -> 'streams') as one(name)),
           'minutes', greatest(1, round(extract(epoch from coalesce(resolved_at, now()) - since) / 60)::int)) as after,
         null::text as run_id
  from notices where datasource_id = ${datasource} and ${which} and kind in ${TOLD_NOTICES}`,
} as const;

const ALL = sql`true`;
const entriesOf = (datasource: Of) =>
  sql`${told.a(datasource, ALL)} union all ${told.r(datasource, ALL)} union all ${told.n(datasource, ALL)}`;

/** Its key begins with where it stands: of the others nothing is read. */
function entryOf(datasource: Of, key: string): SQL | null {
  const place = key.slice(2);
  if (key.startsWith("a:")) return told.a(datasource, sql`n = ${Number(place)}`);
  if (key.startsWith("r:")) return told.r(datasource, sql`id = ${place}`);
  return key.startsWith("n:") ? told.n(datasource, sql`id = ${place}`) : null;
}

const asRows = (rows: Iterable<Raw>, { id: datasourceId, platform }: Of): TimelineRow[] =>
  Array.from(rows, ({ at, run_id: runId, ...row }) => ({ ...row, at: new Date(at), runId, datasourceId, platform }));

const COLUMNS = sql`key, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, actor, verb, before, run_id,
  case when after -> 'upload' is null then after
       else after || jsonb_build_object('file', (select filename from uploads where id = (after ->> 'upload')::uuid)) end as after`;

export async function pageOfTimeline(
  db: Transaction,
  datasource: Of,
  { after, limit }: PageOf<TimelinePlace>,
  kind: string | null,
): Promise<TimelineRow[]> {
  const rows = await db.execute<Raw>(sql`
    select ${COLUMNS} from (${entriesOf(datasource)}) entries
    where (${kind}::text is null or ${actorKind} = ${kind})
      and (${after?.at.toISOString() ?? null}::timestamptz is null
           or (at, key) < (${after?.at.toISOString() ?? null}::timestamptz, ${after?.key ?? null}))
    order by entries.at desc, key desc
    limit ${limit}`);
  return asRows(rows, datasource);
}

export async function readTimelineEntry(db: Transaction, datasource: Of, key: string): Promise<TimelineRow | null> {
  const entry = entryOf(datasource, key);
  if (entry === null) return null;
  const rows = await db.execute<Raw>(sql`select ${COLUMNS} from (${entry}) entries`);
  return asRows(rows, datasource)[0] ?? null;
}
