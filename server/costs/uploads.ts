/**
 * What is asked of files of costs. Each is one transaction: facts and role are asked, the row says what is wanted, the
 * workflow is rung. What becomes of a file, a worker finds out.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { and, asc, count, eq, gt, sql } from "drizzle-orm";
import { uploads } from "@headwater/db/schema/tables.ts";
import { uploadId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId, UploadId } from "@headwater/db/schema/ids.ts";
import type { JsonObject, UploadAsked, UploadHow, UploadMode } from "@headwater/db/schema/values.ts";
import { isExpected, safeFileName } from "@headwater/workflows/client.ts";
import type { ExpectedTotal } from "@headwater/workflows/client.ts";
import { actorOf } from "../access/caller.ts";
import type { Acting } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import { checkKey, giveCommand, hashOf, lockDatasource, organisationIn, viewOf } from "../datasources/command.ts";
import type { Given } from "../datasources/command.ts";
import { allowanceFor } from "../graphql/actions.ts";
import type { Context, Services } from "../graphql/context.ts";
import { DatasourceGone, InvalidInput, KeyReused, NotAllowed, NotPossibleNow } from "../words/problems.ts";
import { canBeMapped, readUndoable, readUpload, uploadColumns } from "../reading/uploads.ts";
import type { UploadRow } from "../reading/uploads.ts";
import { refusalInWords } from "../words/reasons.ts";
import { UploadGone, UploadRefused } from "./problems.ts";
import { mappingAfter } from "./upload-mapping.ts";
import type { SaidOfFile } from "./upload-mapping.ts";

export const PLATFORM = "custom-costs";
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const PUT_MS = 15 * 60_000;
const HOURLY_MOST = 30;
const DAILY_MOST = 200;

export interface Announcement {
  readonly datasource: DatasourceId | null;
  readonly filename: string;
  readonly size: number;
  readonly sha256: string;
  readonly mode: UploadMode;
  readonly dryRun: boolean;
  readonly how: UploadHow;
  readonly expected?: readonly ExpectedTotal[];
  readonly idempotencyKey: string;
}

export interface Announced {
  readonly upload: UploadRow;
  readonly putUrl: string;
  readonly expiresAt: Date;
}

/** A file is announced by size and hash; the address that comes back takes these bytes, once, for a quarter of an hour. */
export async function announceUpload(ctx: Context, given: Announcement): Promise<Announced> {
  checkKey(given.idempotencyKey);
  const organisation = organisationIn(ctx);
  const { datasource, filename, size, sha256, mode, dryRun, how, expected = [] } = given;
  if (datasource === null || (await lockDatasource(ctx, datasource)) === null) throw new DatasourceGone();
  const said = expected.length === 0 ? {} : { expected: expected.map(plainTotal) };
  const argsHash = hashOf({ datasource, filename, size, sha256, mode, dryRun, ...said });
  const earlier = await earlierUpload(ctx, given.idempotencyKey);
  if (earlier !== null) {
    if (earlier.argsHash !== argsHash) throw new KeyReused();
    return announced(ctx.services, earlier);
  }
  refuseUnlikely(ctx, expected);
  await refuseUnfit(ctx, datasource, size, sha256);
  await refuseTooMany(ctx, datasource);
  const [row] = await ctx.db
    .insert(uploads)
    .values({
      organisationId: organisation,
      datasourceId: datasource,
      how,
      filename: safeFileName(filename),
      by: actorOf(ctx.caller),
      mode,
      dryRun,
      expected: expected.map(plainTotal),
      size,
      sha256: sha256.toLowerCase(),
      idempotencyKey: given.idempotencyKey,
      argsHash,
      putUntil: new Date(ctx.now.getTime() + PUT_MS),
    })
    .returning(uploadColumns);
  if (row === undefined) throw new UploadGone();
  return announced(ctx.services, row);
}

async function earlierUpload(ctx: Context, key: string): Promise<UploadRow | null> {
  const [row] = await ctx.db
    .select(uploadColumns)
    .from(uploads)
    .where(and(eq(uploads.idempotencyKey, key), gt(uploads.createdAt, new Date(ctx.now.getTime() - DAY_MS))))
    .orderBy(asc(uploads.createdAt))
    .limit(1);
  return row ?? null;
}

function refuseUnlikely(ctx: Context, expected: readonly ExpectedTotal[]): void {
  if (isExpected(expected)) return;
  throw new InvalidInput([{ path: "expectedTotals", message: ctx.words.say("input.expectedTotals") }]);
}
const plainTotal = ({ currency, amount }: ExpectedTotal): JsonObject => ({ currency, amount });

async function refuseUnfit(ctx: Context, datasource: DatasourceId, size: number, sha256: string): Promise<void> {
  const view = await viewOf(ctx, datasource);
  const wrong = [
    ...(view.row.platform === PLATFORM ? [] : ["datasource"]),
    ...(Number.isSafeInteger(size) && size > 0 ? [] : ["size"]),
    ...(/^[0-9a-f]{64}$/i.test(sha256) ? [] : ["sha256"]),
  ];
  if (wrong.length > 0) throw new InvalidInput(wrong.map((path) => ({ path, message: ctx.words.say("input.upload") })));
  if (size > ctx.services.costFileBytes) throw new UploadRefused("tooLarge");
  const allowance = allowanceFor("UPLOAD", view, ctx);
  if (allowance.allowed) return;
  if (allowance.because === "role") throw new NotAllowed();
  throw new NotPossibleNow(refusalInWords(allowance, ctx.words), view);
}

async function refuseTooMany(ctx: Context, datasource: DatasourceId): Promise<void> {
  for (const [withinMs, most] of [
    [HOUR_MS, HOURLY_MOST],
    [DAY_MS, DAILY_MOST],
  ] as const) {
    const recent = and(
      eq(uploads.datasourceId, datasource),
      gt(uploads.createdAt, new Date(ctx.now.getTime() - withinMs)),
    );
    const [found] = await ctx.db
      .select({ times: count(), oldest: sql<Date | null>`min(${uploads.createdAt})`.mapWith(uploads.createdAt) })
      .from(uploads)
      .where(recent);
    if (found === undefined || found.times < most || found.oldest === null) continue;
    const waitMs = found.oldest.getTime() + withinMs - ctx.now.getTime();
    throw new UploadRefused("tooMany", { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });
  }
}

/** The address is its own proof: it names the file, its end, its size and its hash, and we have signed that. */
function announced(services: Services, upload: UploadRow): Announced {
  const expiresAt = upload.putUntil ?? upload.createdAt;
  const until = String(expiresAt.getTime());
  const signature = signatureOf(services, upload, until);
  const organisation = upload.organisationId;
  const query = new URLSearchParams({ organisation, until, signature });
  return { upload, putUrl: `${services.publicUrl}/v1/uploads/${upload.id}/file?${query.toString()}`, expiresAt };
}

const signatureOf = (services: Services, upload: Pick<UploadRow, "id" | "size" | "sha256">, until: string): string =>
  createHmac("sha256", services.secret)
    .update(["upload 1", upload.id, until, String(upload.size), upload.sha256].join("\n"))
    .digest("base64url");

export function isSigned(services: Services, upload: UploadRow, until: string, signature: string): boolean {
  const expected = Buffer.from(signatureOf(services, upload, until));
  const given = Buffer.from(signature);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

export interface UploadTarget {
  readonly upload: UploadId | null;
  readonly idempotencyKey: string;
}

export interface AskedOfUpload extends Given {
  readonly upload: UploadRow;
}

interface Wanted {
  readonly asked: UploadAsked;
  readonly said?: object;
  /** What the audit log tells beside it. */
  readonly audited?: JsonObject;
}

/** Asks a worker for it; what came of it, the row says. `said` tells one asking from another that was given the same key. */
async function askOf(
  ctx: Context,
  target: UploadTarget,
  { asked, said = {}, audited = {} }: Wanted,
  check: (upload: UploadRow) => Promise<Partial<typeof uploads.$inferInsert>>,
): Promise<AskedOfUpload> {
  const before = target.upload === null ? null : await readUpload(ctx.db, target.upload);
  if (before === null) throw new UploadGone();
  const args: JsonObject = {
    upload: before.id,
    asked,
    ...(Object.keys(said).length === 0 ? {} : { said: hashOf(asJson(said)) }),
  };
  const given = await giveCommand(
    ctx,
    {
      action: "UPLOAD",
      kind: "upload",
      datasource: before.datasourceId,
      idempotencyKey: target.idempotencyKey,
      args,
    },
    async () => {
      const change = await check(before);
      return {
        after: { upload: before.id, asked, ...audited },
        also: async () => {
          await ctx.db
            .update(uploads)
            .set({ ...change, asked, askedBy: actorOf(ctx.caller), askedAt: ctx.now })
            .where(eq(uploads.id, before.id));
        },
      };
    },
  );
  const upload = await readUpload(ctx.db, before.id);
  if (upload === null) throw new UploadGone();
  return { ...given, upload };
}

export interface Confirmation {
  readonly goodRowsOnly: boolean;
  /** Nobody looks at it: a program commits by itself. */
  readonly unattended?: boolean;
  readonly text?: string | null | undefined;
  /** In the place of what was said before. */
  readonly expected?: readonly ExpectedTotal[] | null | undefined;
  /** Although it does not come to that. */
  readonly otherTotal?: boolean;
}

/** What replaces everything asks for its own name, typed; with rows that are wrong it is not taken at all. */
export const confirmUpload = (ctx: Context, target: UploadTarget, given: Confirmation): Promise<AskedOfUpload> =>
  askOf(ctx, target, { asked: "commit", said: given }, async (upload) => {
    if (!["needs_confirmation", "held", "received", "validating"].includes(upload.state))
      throw new UploadRefused("notNow");
    const view = await viewOf(ctx, upload.datasourceId);
    const name = (view.account?.name ?? view.row.name).trim();
    if (upload.mode === "replace_all" && given.text?.trim() !== name) throw new UploadRefused("typeToConfirm");
    refuseUnlikely(ctx, given.expected ?? []);
    return {
      ...(given.expected == null ? {} : { expected: given.expected.map(plainTotal) }),
      confirm: {
        goodRowsOnly: given.goodRowsOnly,
        ...(given.unattended === true ? { unattended: true } : {}),
        ...(given.otherTotal === true ? { otherTotal: true } : {}),
        ...(upload.mode === "replace_all" ? { replaceAll: true } : {}),
        ...(upload.reason?.["code"] === "replaceAllShrinks" ? { again: true } : {}),
        asked: ctx.now.toISOString(),
      },
    };
  });

export const discardUpload = (ctx: Context, target: UploadTarget): Promise<AskedOfUpload> =>
  askOf(ctx, target, { asked: "discard" }, async (upload) => {
    if (!["received", "validating", "needs_confirmation", "held"].includes(upload.state) && !canBeMapped(upload))
      throw new UploadRefused("notNow");
    return {};
  });

export interface Undoing {
  /** Those that whoever asks has seen go with it; null: they looked at none. */
  readonly takes: readonly string[] | null;
}

/** Back to how it was before this upload: it and those taken after it no longer count. None goes with it unseen. */
export const undoUpload = (ctx: Context, target: UploadTarget, { takes }: Undoing): Promise<AskedOfUpload> =>
  askOf(ctx, target, { asked: "undo", said: takes === null ? {} : { takes } }, async (upload) => {
    const undoable = await readUndoable(ctx.db, upload.datasourceId);
    if (!undoable.includes(upload.id)) throw new UploadRefused("notNow");
    const undoTakes = undoable.slice(0, undoable.indexOf(upload.id));
    const unseen = takes === null ? undefined : undoTakes.find((id) => !takes.includes(id));
    const newer = unseen === undefined ? null : await readUpload(ctx.db, unseen);
    if (newer !== null) throw new UploadRefused("takesMore", { filename: newer.filename });
    return { confirm: { ...upload.confirm, undoTakes } };
  });

export interface MappingInput extends SaidOfFile {
  readonly mode?: UploadMode | null | undefined;
}

/** A person's word on the columns and on single cells: the file is gone through again with it, and with what was said before. */
export const setUploadMapping = (ctx: Context, target: UploadTarget, given: MappingInput): Promise<AskedOfUpload> => {
  const { corrections } = given;
  const audited = corrections.length === 0 ? {} : asJson({ corrections });
  return askOf(ctx, target, { asked: "prepare", said: given, audited }, async (upload) => {
    if (!["needs_confirmation", "held", "rejected"].includes(upload.state)) throw new UploadRefused("notNow");
    const mapping = mappingAfter(ctx, upload, given);
    return { mapping: asJson(mapping), ...(given.mode == null ? {} : { mode: given.mode }) };
  });
};

/** Written out and read back, so that nothing but JSON is stored. */
function asJson(said: object): JsonObject {
  const written: JsonObject = JSON.parse(JSON.stringify(said));
  return written;
}

/** The bytes are here: whoever brought them, the file is next in line. */
export async function fileArrived(
  ctx: Pick<Context, "db" | "now" | "visitor"> & { readonly caller: Acting },
  upload: UploadRow,
  sealed: { wrappedKey: Buffer; keyId: string },
): Promise<boolean> {
  const done = await ctx.db
    .update(uploads)
    .set({ state: "received", receivedAt: ctx.now, ...sealed, asked: "prepare", askedBy: upload.by, askedAt: ctx.now })
    .where(and(eq(uploads.id, upload.id), eq(uploads.state, "announced")))
    .returning({ id: uploads.id });
  if (done.length === 0) return false;
  await audit(ctx, {
    verb: "upload.received",
    objectType: "datasource",
    objectId: upload.datasourceId,
    datasourceId: upload.datasourceId,
    after: { upload: upload.id, filename: upload.filename, size: upload.size, sha256: upload.sha256 },
  });
  return true;
}

export const uploadIdIn = (text: string): UploadId | null => {
  try {
    return uploadId(text);
  } catch {
    return null; // not a uuid: no upload of ours has that name
  }
};
