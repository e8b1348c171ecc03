/** The bytes of an announced file, sealed as they come: nothing of them is held, and nothing of them lies open. */
import { createHash } from "node:crypto";
import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { inTenant, sealFrames, writeSealed } from "@headwater/db";
import { apiTokens, datasources, memberships } from "@headwater/db/schema/tables.ts";
import { apiTokenId, isUuid, organisationId, userId } from "@headwater/db/schema/ids.ts";
import type { UploadId } from "@headwater/db/schema/ids.ts";
import { NOBODY } from "../access/caller.ts";
import type { Acting } from "../access/caller.ts";
import { PERMISSIONS } from "../access/permissions.ts";
import { followCommit } from "../after-commit.ts";
import type { Following } from "../after-commit.ts";
import { lockDatasource, ringLater } from "../datasources/command.ts";
import type { Context, Services } from "../graphql/context.ts";
import { header, send, sendJson } from "../http/exchange.ts";
import { readUpload } from "../reading/uploads.ts";
import type { UploadRow } from "../reading/uploads.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { UploadRefused } from "./problems.ts";
import type { UploadTrouble } from "./problems.ts";
import { fileArrived, isSigned, PLATFORM } from "./uploads.ts";

export async function receiveFile(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
  id: UploadId,
): Promise<void> {
  if (request.method !== "PUT") return send(response, { status: 405, headers: { allow: "PUT" } });
  if (!isBytes(header(request, "content-type") ?? null)) return send(response, { status: 415 });
  const query = new URLSearchParams(request.url?.split("?")[1] ?? "");
  const named = query.get("organisation");
  if (!isUuid(named)) return send(response, { status: 404 });
  const organisation = organisationId(named);
  const upload = await inTenant(services.db, organisation, ({ drizzle }) => readUpload(drizzle, id), {
    readOnly: true,
  });
  const until = query.get("until") ?? "";
  if (upload === null || !isSigned(services, upload, until, query.get("signature") ?? ""))
    return send(response, { status: 404 });
  try {
    if (Number(until) < services.clock().getTime()) throw new UploadRefused("lapsed");
    if (upload.state !== "announced") throw new UploadRefused("twice");
    await takeIn(services, request, upload);
    sendJson(response, 201, { id: upload.id, state: "received" });
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === null) throw error;
    const message = wordsOfPlatform(PLATFORM, "en").say(`trouble.${trouble}`);
    const status = new UploadRefused(trouble).status;
    sendJson(response, status, { code: trouble, message }, { connection: "close" });
  }
}

/** A form wraps a file and is none. Any other label passes: what the bytes are, their first ones say, and a person is told. */
const isBytes = (type: string | null): boolean =>
  type === null || !/^(multipart\/|application\/(x-www-form-urlencoded|json)\b|text\/html\b)/i.test(type);

const troubleOf = (error: unknown): UploadTrouble | null => (error instanceof UploadRefused ? error.trouble : null);

async function takeIn(services: Services, request: IncomingMessage, upload: UploadRow): Promise<void> {
  const { uploadsFolder } = services;
  await mkdir(uploadsFolder, { recursive: true, mode: 0o700 });
  const part = join(uploadsFolder, `${upload.id}.part`);
  const { key, sealed } = sealFrames(services.vaultPublicKey, {
    organisationId: upload.organisationId,
    uploadId: upload.id,
  });
  // Opened before the first byte: a stream that is refused at once would make the file after it was taken away.
  const file = await openAlone(part);
  try {
    const checked = checkedBytes(request, upload);
    await writeSealed(file, sealed(checked.bytes));
    if (!checked.isWhole()) throw new UploadRefused("otherFile");
    await arrived(services, upload, { key, part, address: services.addressOf(request) });
  } finally {
    await rm(part, { force: true });
  }
}

const STALE_MS = 15 * 60_000;

/** One at a time: many slow ones of one announced file would fill the disk. What a dead process left is no one. */
async function openAlone(part: string): Promise<FileHandle> {
  for (let tries = 0; ; tries += 1)
    try {
      return await open(part, "wx", 0o600);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
      const found = await stat(part).catch(() => null); // gone since: then it is free
      const isStale = found === null || Date.now() - found.mtimeMs > STALE_MS;
      if (!isStale || tries > 0) throw new UploadRefused("twice");
      await rm(part, { force: true });
    }
}

/** Exactly the bytes that were announced: one more ends it at once, one less or another is no file of ours. */
function checkedBytes(request: IncomingMessage, { size, sha256 }: UploadRow) {
  const digest = createHash("sha256");
  let came = 0;
  async function* bytes(): AsyncGenerator<Buffer> {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("a request body is bytes");
      came += chunk.length;
      if (came > size) throw new UploadRefused("otherFile");
      digest.update(chunk);
      yield chunk;
    }
  }
  return { bytes: bytes(), isWhole: () => came === size && digest.digest("hex") === sha256 };
}

/** The first of two takes its place, in one transaction with the row; the other finds that it came second. */
async function arrived(
  services: Services,
  upload: UploadRow,
  { key, part, address }: { key: { wrappedKey: Buffer; keyId: string }; part: string; address: string | null },
): Promise<void> {
  const organisation = upload.organisationId;
  const after: Following[] = [];
  const bringing = {
    services,
    caller: whoBrought(upload),
    visitor: { address, userAgent: null, browser: null },
    now: services.clock(),
    afterCommit: (follow: Following) => void after.push(follow),
  };
  await inTenant(services.db, organisation, async ({ drizzle }) => {
    const ctx = { ...bringing, db: drizzle };
    const datasource = await lockDatasource(ctx, upload.datasourceId);
    if (!(await mayStill(ctx, upload))) throw new UploadRefused("lapsed");
    if (datasource === null || !(await fileArrived(ctx, upload, key))) throw new UploadRefused("twice");
    await rename(part, join(services.uploadsFolder, upload.id));
    const version = datasource.intentVersion + 1;
    await drizzle.update(datasources).set({ intentVersion: version }).where(eq(datasources.id, datasource.id));
    await ringLater(ctx, organisation, datasource.id, version);
  });
  followCommit(services, after);
}

/** Whoever announced it was somebody then: a member who has gone, or a token that was revoked, brings nothing in. */
async function mayStill({ db, now }: Pick<Context, "db" | "now">, { by }: UploadRow): Promise<boolean> {
  if (by.kind === "person") {
    const [member] = await db
      .select()
      .from(memberships)
      .where(eq(memberships.userId, userId(by.userId)));
    return member !== undefined && PERMISSIONS.uploadCosts.roles.includes(member.role);
  }
  if (by.kind !== "token") return false;
  const [token] = await db
    .select({ revokedAt: apiTokens.revokedAt, expiresAt: apiTokens.expiresAt })
    .from(apiTokens)
    .where(eq(apiTokens.id, apiTokenId(by.tokenId)));
  return token !== undefined && token.revokedAt === null && token.expiresAt > now;
}

/** The address proved itself, and whoever was given it was known then. */
function whoBrought({ by }: UploadRow): Acting {
  if (by.kind === "token") return { kind: "token", tokenId: apiTokenId(by.tokenId) };
  return by.kind === "person" ? { kind: "person", userId: userId(by.userId) } : NOBODY;
}
