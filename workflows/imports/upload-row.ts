/** An upload as a worker sees it, and the statements that move it. Every one is guarded by what it was read as. */
import type { DatasourceId, OrganisationId, UploadId, UploadMode } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { FoundColumns } from "../costs/codes.ts";
import type { ExpectedTotal } from "../costs/expected.ts";
import type { UploadMapping } from "../costs/mapping.ts";
import type { Halfway, Survey } from "../costs/survey.ts";
import type { DatasourceRef, LoadDeps } from "../load/contract.ts";
import { Fenced, fenceColumns, inOrganisation } from "../load/fence.ts";
import type { FenceRow } from "../load/fence.ts";
import type { FencedBy } from "../load/outcome.ts";

export interface UploadRef extends DatasourceRef {
  uploadId: UploadId;
}

/** Where the work stands: written in the transaction of what it covers. */
export interface Place {
  step: "survey" | "clean" | "land" | "twins" | "quote" | "replace" | "merge" | "note" | "ready";
  offset: number;
  /** The line that `land` and `quote` go on at, or that `merge` has merged up to. */
  line: number;
  /** The number that stood when it landed: moved since, all is done anew. */
  head: number;
  /** Of `twins`: the part of the identities that comes next. */
  twins?: { part: number; of: number };
  /** Of `replace`: how far what stands has been gone through. */
  replaced?: Replaced;
  /** Of `merge`: nothing stands that a row of the file could meet. */
  isFresh?: boolean;
  /** Of the first pass alone: where it is, and for which words of a person on the columns. */
  survey?: { mark: string; halfway: Halfway };
}

/** All of it, in the order in which it came; or by day, between the first and the last one of the file. */
export type Replaced =
  | { readonly since: number; readonly line: number; readonly part: number }
  | { readonly day: string; readonly last: string; readonly types: readonly string[] };

export interface Counts {
  rows: number;
  ok: number;
  errors: number;
  /** Records without an amount: left out. */
  empty: number;
  warnings: number;
  inserted: number;
  updated: number;
  deleted: number;
  ignored: number;
  /** Costs that count as ad spend, of all that it brings, changes and takes away: not known before it is prepared. */
  adSpend?: number;
}
export const NO_COUNTS: Counts = {
  rows: 0,
  ok: 0,
  errors: 0,
  empty: 0,
  warnings: 0,
  inserted: 0,
  updated: 0,
  deleted: 0,
  ignored: 0,
};

export interface Confirm {
  goodRowsOnly?: boolean;
  replaceAll?: boolean;
  again?: boolean;
  /** Nobody looks at it: a feed, or a program that commits by itself. */
  unattended?: boolean;
  /** Taken although it does not come to what was expected. */
  otherTotal?: boolean;
  /** Those that go with it where it is undone, as whoever asked could know. */
  undoTakes?: readonly string[];
}

/** How far the file, and then its rows, are gone through again. */
export interface CheckPlace {
  readonly version: number;
  readonly step: "file" | "rows";
  readonly offset: number;
  /** The line to go on at; of rows, the last that is counted. */
  readonly line: number;
  readonly file: readonly Total[];
  readonly rows: readonly Total[];
  /** Rows that were forgotten before the first were counted: more since, and they are counted anew. */
  readonly forgotten: number;
}

export interface Upload {
  id: UploadId;
  organisation_id: OrganisationId;
  datasource_id: DatasourceId;
  feed_id: string | null;
  how: "browser" | "api" | "https" | "sftp";
  mode: UploadMode;
  dry_run: boolean;
  state: string;
  size: number;
  sha256: string;
  wrapped_key: Buffer | null;
  key_id: string | null;
  erased_at: Date | null;
  mapping: UploadMapping;
  mapping_hash: string | null;
  /** Of a refused file it holds no more than its columns, and is gone through from the beginning. */
  survey: Survey | null;
  place: Place | null;
  counts: Partial<Counts>;
  totals: Total[];
  asked: "prepare" | "commit" | "discard" | "undo" | "check" | null;
  confirm: Confirm;
  /** What a person says that it comes to. */
  expected: ExpectedTotal[];
  check_place: CheckPlace | null;
  version: number | null;
  previous: number | null;
  head: number;
  last_version: number;
  brand_currency: string;
  brand_zone: string;
}

export interface Total {
  costType: string;
  currency: string;
  amount: string;
  count: number;
  /** The sum of marks of what each row says: of files that landed before there were any, none. */
  marks?: string;
  /** With what the file says twice, where that is not taken: `amount` and `count` are without it. `marks` are of all. */
  inFile?: { readonly amount: string; readonly count: number };
  /** What of `amount` counts as ad spend too: of marketing, once all of it has landed. */
  adSpend?: string | null;
}

const uploadText = `
  select u.id, u.organisation_id, u.datasource_id, u.feed_id, u.how, u.mode, u.dry_run, u.state, u.size::float8 as size, u.sha256,
    u.wrapped_key, u.key_id, u.erased_at, u.mapping, u.mapping_hash,
    case when u.state = 'rejected' then null else u.survey end as survey, u.place, u.counts, u.totals, u.asked, u.confirm, u.expected, u.check_place,
    u.version, u.previous, coalesce(b.head, 0) as head, coalesce(b.last_version, 0) as last_version,
    o.currency::text as brand_currency, o.zone as brand_zone
  from uploads as u
    join organisations as o on o.id = u.organisation_id
    left join cost_books as b on b.organisation_id = u.organisation_id and b.datasource_id = u.datasource_id
  where u.organisation_id = $1 and u.id = $2`;

export async function readUploadRow(tx: TransactionSql, ref: UploadRef): Promise<Upload | undefined> {
  const [row] = await tx.unsafe<[Upload?]>(uploadText, [ref.organisationId, ref.uploadId], { prepare: true });
  return row;
}

/** A credential that does not work stops a pull, never a file that is here. First of all locks, as a command takes them. */
export async function passImportFence(tx: TransactionSql, ref: DatasourceRef): Promise<FenceRow> {
  const [row] = await tx.unsafe<[FenceRow?]>(
    `select ${fenceColumns} from datasources as d where d.organisation_id = $1 and d.id = $2 for no key update of d`,
    [ref.organisationId, ref.datasourceId],
    { prepare: true },
  );
  const forbids = fencedBy(row, ref.generation);
  if (row === undefined || forbids !== null) throw new Fenced(forbids ?? "missing", row?.intent_version ?? 0);
  return row;
}

function fencedBy(row: FenceRow | undefined, generation: number): FencedBy | null {
  if (row === undefined) return "missing";
  if (row.is_disconnected) return "disconnected";
  if (row.generation !== generation) return "generation";
  if (row.is_paused) return "paused";
  return row.is_held ? "hold" : null;
}

/** Another worker has gone on with this upload since it was read: whatever was about to be written is written already. */
export class Overtaken extends Error {
  override readonly name = "Overtaken";
}

type AsRead = Pick<Upload, "place" | "asked"> & Partial<Pick<Upload, "check_place">>;

/**
 * One transaction of the import: the fence first, then the upload's row, locked and as it was read. Two workers on one
 * upload (one of them believed dead) take turns, and the second finds that it was overtaken.
 */
export const inImport = <T>(
  deps: LoadDeps,
  ref: UploadRef,
  read: AsRead,
  work: (tx: TransactionSql) => Promise<T>,
): Promise<T> =>
  inOrganisation(deps.sql, ref, async (tx) => {
    await holdUpload(tx, ref, read);
    return work(tx);
  });

export async function holdUpload(tx: TransactionSql, ref: UploadRef, read: AsRead): Promise<void> {
  await passImportFence(tx, ref);
  // A plan that walks all rows of all files is never right here, and statistics follow a landing file too late.
  await tx.unsafe("select set_config('enable_seqscan', 'off', true)", [], { prepare: true });
  const [same] = await tx.unsafe<[{ is_same: boolean }?]>(
    `select place is not distinct from $3::text::jsonb and asked is not distinct from $4
       and ($4 is distinct from 'check' or check_place is not distinct from $5::text::jsonb) as is_same from uploads
     where organisation_id = $1 and id = $2 for update`,
    [ref.organisationId, ref.uploadId, written(read.place), read.asked, written(read.check_place ?? null)],
    { prepare: true },
  );
  if (same?.is_same !== true) throw new Overtaken();
}

const written = (place: Place | CheckPlace | null): string | null => (place === null ? null : JSON.stringify(place));

export interface UploadChange {
  readonly state?: string;
  readonly asked?: null;
  readonly settled_at?: Date;
  readonly percent?: number;
  readonly version?: number;
  readonly previous?: number;
  readonly mapping_hash?: string;
  readonly place?: Place | null;
  readonly counts?: Counts;
  readonly totals?: readonly Total[];
  readonly preview?: readonly object[];
  readonly survey?: Survey | FoundColumns | null;
  readonly mapping?: UploadMapping;
  readonly checked?: object;
  readonly checked_at?: Date;
  readonly check_place?: CheckPlace | null;
  readonly reason?: { readonly code: string; readonly values?: object } | null;
}

const JSON_COLUMNS = new Set([
  "place",
  "counts",
  "totals",
  "preview",
  "survey",
  "reason",
  "confirm",
  "mapping",
  "checked",
  "check_place",
]);

/** Columns by name; what is JSON travels as text. */
export async function moveUpload(tx: TransactionSql, ref: UploadRef, change: UploadChange): Promise<void> {
  const entries = Object.entries(change);
  const list = entries.map(
    ([column], at) => `${column} = $${at + 3}${JSON_COLUMNS.has(column) ? "::text::jsonb" : ""}`,
  );
  const values = entries.map(([column, value]: [string, unknown]) => toParameter(column, value));
  await tx.unsafe(`update uploads set ${list.join(", ")} where organisation_id = $1 and id = $2`, [
    ref.organisationId,
    ref.uploadId,
    ...values,
  ]);
}

function toParameter(column: string, value: unknown): string | number | Date | null {
  if (value === null) return null;
  if (JSON_COLUMNS.has(column)) return JSON.stringify(value);
  if (typeof value === "string" || typeof value === "number" || value instanceof Date) return value;
  throw new TypeError(`${column} takes no such value`);
}

export async function say(
  tx: TransactionSql,
  ref: UploadRef,
  verb: string,
  after: { readonly [name: string]: unknown },
): Promise<void> {
  await tx`
    select append_audit('{"kind":"system","name":"engine"}'::jsonb, ${verb}, 'datasource', ${ref.datasourceId}::text,
      ${ref.datasourceId}::uuid, null, ${JSON.stringify({ upload: ref.uploadId, ...after })}::text::jsonb)`;
}

export async function announceAndSettle(
  tx: TransactionSql,
  ref: UploadRef,
  state: "done" | "refused" | "failed",
  code: string,
): Promise<void> {
  await tx`
    update commands set state = ${state}, outcome = ${JSON.stringify({ code })}::text::jsonb, settled_at = now()
    where organisation_id = ${ref.organisationId} and datasource_id = ${ref.datasourceId} and kind = 'upload'
      and state = 'accepted' and args->>'upload' = ${ref.uploadId}::text`;
  await tx`select announce_change(${ref.datasourceId}::uuid)`;
}
