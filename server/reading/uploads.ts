/** Files of costs as they stand: uploads, what was found in them, and what is pulled. */
import { and, asc, desc, eq, getColumns, gt, inArray, isNull, lt, or } from "drizzle-orm";
import { costBooks, costFeeds, uploadFindings, uploads } from "@headwater/db/schema/tables.ts";
import { uploadId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId, FeedId, UploadId } from "@headwater/db/schema/ids.ts";
import type { Severity } from "@headwater/db/schema/values.ts";
import { groupBy } from "./batch.ts";
import type { DatasourceView } from "./datasources.ts";
import type { Transaction } from "./transaction.ts";

const { wrappedKey: _wrapped, keyId: _keyId, checkPlace: _place, ...columns } = getColumns(uploads);
export const uploadColumns = columns;
export type UploadRow = Omit<typeof uploads.$inferSelect, "wrappedKey" | "keyId" | "checkPlace">;
export type FindingRow = typeof uploadFindings.$inferSelect;
export type FeedRow = typeof costFeeds.$inferSelect;

/** Newest first. What was announced and never came is not shown. */
export function pageOfUploads(
  db: Transaction,
  datasource: DatasourceId,
  { limit, after }: { limit: number; after: { at: Date; id: string } | null },
): Promise<UploadRow[]> {
  const beyond =
    after === null
      ? undefined
      : or(lt(uploads.createdAt, after.at), and(eq(uploads.createdAt, after.at), lt(uploads.id, uploadId(after.id))));
  return db
    .select(columns)
    .from(uploads)
    .where(and(eq(uploads.datasourceId, datasource), beyond))
    .orderBy(desc(uploads.createdAt), desc(uploads.id))
    .limit(limit);
}

export async function readUpload(db: Transaction, id: UploadId): Promise<UploadRow | null> {
  const [row] = await db.select(columns).from(uploads).where(eq(uploads.id, id));
  return row ?? null;
}

/**
 * Asked to be gone through again, or to be taken, it is on its way, though until a worker begins the row still says what it
 * came to before: whoever has just confirmed it is not asked to confirm it. It has ended only where it is on its way no more.
 */
export function standingOf(row: UploadRow): Pick<UploadRow, "state" | "reason" | "percent" | "settledAt"> {
  const onItsWay = { state: "validating", reason: null, settledAt: null } as const;
  if (row.asked === "prepare" && ["needs_confirmation", "held", "rejected"].includes(row.state))
    return { ...onItsWay, percent: 0 };
  if (row.asked === "commit" && ["needs_confirmation", "held"].includes(row.state))
    return { ...onItsWay, percent: row.percent };
  return row.state === "validating" ? { ...row, settledAt: null } : row;
}

/** What keeps everybody from doing what was asked of it; a credential that does not work does not. */
export function stopOf({ asked }: Pick<UploadRow, "asked">, view: DatasourceView | undefined) {
  const why = view?.status.dataSyncReason;
  const isStopped = why?.code === "pausedByPerson" || why?.code === "held";
  return isStopped && asked !== null && asked !== "check" ? why : null;
}

/** Refused for its columns, or with no row that could be read by them, and not on its way already: the file must still be here. */
export function canBeMapped({ state, asked, reason, survey, erasedAt, dryRun }: UploadRow): boolean {
  const headers: unknown = survey?.["headers"];
  const isAboutColumns = reason?.["code"] === "file" || reason?.["code"] === "nothing";
  const isHere = erasedAt === null && asked === null && !dryRun;
  return state === "rejected" && isAboutColumns && isHere && Array.isArray(headers) && headers.length > 0;
}

export interface FindingPlace {
  readonly line: number;
  readonly n: number;
}

export function pageOfFindings(
  db: Transaction,
  upload: UploadId,
  severity: Severity | null,
  { limit, after }: { limit: number; after: FindingPlace | null },
): Promise<FindingRow[]> {
  const beyond =
    after === null
      ? undefined
      : or(
          gt(uploadFindings.line, after.line),
          and(eq(uploadFindings.line, after.line), gt(uploadFindings.n, after.n)),
        );
  return db
    .select()
    .from(uploadFindings)
    .where(
      and(
        eq(uploadFindings.uploadId, upload),
        severity === null ? undefined : eq(uploadFindings.severity, severity),
        beyond,
      ),
    )
    .orderBy(asc(uploadFindings.line), asc(uploadFindings.n))
    .limit(limit);
}

export async function readFeeds(
  db: Transaction,
  datasources: readonly DatasourceId[],
): Promise<Map<DatasourceId, FeedRow[]>> {
  const rows = await db
    .select()
    .from(costFeeds)
    .where(and(inArray(costFeeds.datasourceId, [...datasources]), isNull(costFeeds.removedAt)))
    .orderBy(costFeeds.createdAt);
  return groupBy(rows, (row) => row.datasourceId);
}

export async function readFeed(db: Transaction, id: FeedId): Promise<FeedRow | null> {
  const [row] = await db
    .select()
    .from(costFeeds)
    .where(and(eq(costFeeds.id, id), isNull(costFeeds.removedAt)));
  return row ?? null;
}

const UNDO_MOST = 20;

/** The committed ones that an undo may still go back to, newest first: at most twenty. */
export async function readUndoable(db: Transaction, datasource: DatasourceId): Promise<UploadId[]> {
  const [book] = await db.select().from(costBooks).where(eq(costBooks.datasourceId, datasource));
  if (book === undefined || book.head === 0) return [];
  const rows = await db
    .select({ id: uploads.id })
    .from(uploads)
    .where(and(eq(uploads.datasourceId, datasource), eq(uploads.state, "committed")))
    .orderBy(desc(uploads.version))
    .limit(UNDO_MOST);
  return rows.map(({ id }) => id);
}

/** What an undo of it takes with it, newest first: whatever was taken after it. */
export async function readUndoTakes(db: Transaction, { id, datasourceId }: UploadRow): Promise<UploadRow[]> {
  const undoable = await readUndoable(db, datasourceId);
  const after = undoable.slice(0, Math.max(0, undoable.indexOf(id)));
  if (after.length === 0) return [];
  return db.select(columns).from(uploads).where(inArray(uploads.id, after)).orderBy(desc(uploads.version));
}

/** Datasources with a file that somebody has to look at before it counts. */
export async function readFilesWaiting(
  db: Transaction,
  ids: readonly DatasourceId[],
): Promise<Map<DatasourceId, true>> {
  const rows = await db
    .selectDistinct({ id: uploads.datasourceId })
    .from(uploads)
    .where(
      and(
        inArray(uploads.datasourceId, [...ids]),
        inArray(uploads.state, ["needs_confirmation", "held"]),
        isNull(uploads.asked),
      ),
    );
  return new Map(rows.map(({ id }) => [id, true]));
}
