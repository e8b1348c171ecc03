// The folder of an SFTP feed: listed and read, and nothing else. No call here could rename, change or delete a file.
import type { FileEntryWithStats, SFTPWrapper, Stats } from "ssh2";
import { isSourceFailure } from "../failure.ts";
import { saidBy } from "../outbound/redact.ts";
import { failed, inOurWords } from "./failures.ts";
import { isNamed, readFilePattern } from "./file-pattern.ts";
import type { FilePattern } from "./file-pattern.ts";
import { openLine } from "./sftp-line.ts";
import type { Line, SftpAsk } from "./sftp-line.ts";

export interface RemoteFile {
  readonly name: string;
  readonly size: number;
  /** To the second, by the server's own clock. */
  readonly modifiedAt: Date;
}

export interface RemoteFolder {
  /** Those that the pattern names, oldest first. */
  list(): Promise<RemoteFile[]>;
  /** Its bytes, as it was listed: throws `FileMoved` where it is no longer that. */
  read(file: RemoteFile, bytesMax: number): AsyncGenerator<Uint8Array>;
  close(): void;
}

/** It grew, or another took its place, between the list and its last byte. */
export class FileMoved extends Error {
  override readonly name = "FileMoved";
}

const ENTRIES_MOST = 20_000;
const NAME_BYTES_MOST = 255;
/** What every server gives at one request. */
const PIECE_BYTES = 30 * 1024;
/** Asked for at once: one after the other, a server far away would take longer than there is time. */
const PIECES_AHEAD = 16;
const EOF = 1;
const NO_SUCH_FILE = 2;
const PERMISSION_DENIED = 3;

/** Throws `KeyMet`, or a `SourceFailure` in this connector's words. */
export async function openFolder(ask: SftpAsk): Promise<RemoteFolder> {
  const pattern = readFilePattern(ask.address.pattern);
  if (pattern === null)
    throw failed({ class: "invalid_request", code: "custom-costs.address" }, "The pattern names no file");
  const line = await openLine(ask);
  try {
    const sftp = await line.openSftp();
    return {
      list: () => told(() => list({ line, sftp }, pattern)),
      read: (file, bytesMax) => {
        line.limit(ask.totalMs);
        return read({ line, sftp }, pathIn(pattern.folder, file.name), file, bytesMax);
      },
      close: () => line.end(),
    };
  } catch (error) {
    line.end();
    throw inFolderWords(error);
  }
}

interface Session {
  readonly line: Line;
  readonly sftp: SFTPWrapper;
}

async function list(session: Session, { folder, name }: FilePattern): Promise<RemoteFile[]> {
  const { line, sftp } = session;
  const handle = await line.ask<Buffer>((done) => sftp.opendir(folder, done));
  const found: RemoteFile[] = [];
  const links: RemoteFile[] = [];
  let seen = 0;
  for (;;) {
    const batch = await line.ask<FileEntryWithStats[] | null>((done) =>
      sftp.readdir(handle, (error, entries) =>
        error !== undefined && codeOf(error) === EOF ? done(null, null) : done(error, entries),
      ),
    );
    if (batch === null) break;
    seen += batch.length;
    if (seen > ENTRIES_MOST)
      throw failed(
        { class: "invalid_request", code: "custom-costs.tooManyFiles" },
        `More than ${ENTRIES_MOST} entries`,
      );
    const named = batch.filter((entry) => isNamed(name, entry.filename));
    const ends = await Promise.all(named.filter(isLink).map((entry) => followed(session, folder, entry)));
    links.push(
      ...ends
        .filter((end) => end !== null)
        .filter(isFit)
        .map(fileOf),
    );
    found.push(...named.filter((entry) => !isLink(entry) && isFit(entry)).map(fileOf));
  }
  sftp.close(handle, () => undefined);
  const known = new Set(found.map(formOf));
  // A link to a file beside it brings nothing, and an older one once more would undo a newer.
  return [...found, ...links.filter((link) => !known.has(formOf(link)))].toSorted(
    (a, b) => a.modifiedAt.getTime() - b.modifiedAt.getTime() || (a.name < b.name ? -1 : 1),
  );
}

const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const LINK = 0o120000;

const isLink = ({ longname, attrs }: FileEntryWithStats): boolean => {
  const kind = (attrs.mode ?? 0) & FILE_TYPE;
  return kind === 0 ? longname.startsWith("l") : kind === LINK;
};

/** What a link leads to, under the link's own name, as `latest.csv` often is one; null where nothing can be seen there. */
async function followed(
  { line, sftp }: Session,
  folder: string,
  entry: FileEntryWithStats,
): Promise<FileEntryWithStats | null> {
  try {
    const attrs = await line.ask<Stats>((done) => sftp.stat(pathIn(folder, entry.filename), done));
    return { filename: entry.filename, longname: "", attrs };
  } catch (error) {
    if (codeOf(error) === 0) throw error; // no answer of the server's
    return null;
  }
}

const pathIn = (folder: string, name: string): string => `${folder === "/" ? "" : folder}/${name}`;

/** A file with a name and a size to believe. Not every server tells what kind an entry is; its long name begins with it. */
function isFit({ filename, longname, attrs }: FileEntryWithStats): boolean {
  const kind = (attrs.mode ?? 0) & FILE_TYPE;
  if (kind === 0 ? /^[dlbcps]/.test(longname) : kind !== REGULAR) return false;
  // oxlint-disable-next-line no-control-regex -- a name with one is none to keep
  if (/[/\\\u0000-\u001f\u007f]/.test(filename) || Buffer.byteLength(filename) > NAME_BYTES_MOST) return false;
  return Number.isSafeInteger(attrs.size) && attrs.size > 0 && Number.isFinite(attrs.mtime);
}

const fileOf = ({ filename, attrs }: FileEntryWithStats): RemoteFile => ({
  name: filename,
  size: attrs.size,
  modifiedAt: new Date(attrs.mtime * 1000),
});

const formOf = ({ size, modifiedAt }: RemoteFile): string => `${size} ${modifiedAt.getTime()}`;

async function* read(session: Session, path: string, file: RemoteFile, bytesMax: number): AsyncGenerator<Uint8Array> {
  const { line, sftp } = session;
  if (file.size > bytesMax) throw tooLarge(bytesMax);
  const handle = await told(() => opened(session, path));
  try {
    const coming: Promise<Buffer>[] = [];
    let [asked, at] = [0, 0];
    while (at < file.size) {
      for (; coming.length < PIECES_AHEAD && asked < file.size; asked += PIECE_BYTES) {
        const one = piece(session, handle, asked);
        one.catch(() => undefined); // told once it is its turn, if it ever is
        coming.push(one);
      }
      const next = await told(async () => coming.shift());
      if (next === undefined || next.length === 0) throw new FileMoved();
      at += next.length;
      if (at > file.size || (next.length < PIECE_BYTES && at < file.size)) throw new FileMoved();
      yield next;
    }
    const now = await told(() => line.ask<Stats>((done) => sftp.fstat(handle, done)));
    if (now.size !== file.size || now.mtime * 1000 !== file.modifiedAt.getTime()) throw new FileMoved();
  } finally {
    sftp.close(handle, () => undefined);
  }
}

async function opened({ line, sftp }: Session, path: string): Promise<Buffer> {
  try {
    return await line.ask<Buffer>((done) => sftp.open(path, "r", done));
  } catch (error) {
    // Listed, and yet not there: its name is no UTF-8, and lost letters on the way here.
    if (codeOf(error) !== NO_SUCH_FILE || !path.includes("\ufffd")) throw error;
    throw failed({ class: "invalid_request", code: "custom-costs.fileName" }, saidBy(path), error);
  }
}

/** Shorter only at the end of the file: a server may answer with less than it was asked for. */
async function piece({ line, sftp }: Session, handle: Buffer, at: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(PIECE_BYTES);
  let length = 0;
  while (length < PIECE_BYTES) {
    const bytes = await line.ask<number>((done) =>
      sftp.read(handle, buffer, length, PIECE_BYTES - length, at + length, done),
    );
    if (bytes === 0) break;
    length += bytes;
  }
  return buffer.subarray(0, length);
}

const tooLarge = (bytesMax: number) =>
  failed({ class: "invalid_request", code: "custom-costs.tooLarge" }, `The file is over ${bytesMax} bytes`);

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inFolderWords(error);
  }
}

const codeOf = (error: unknown): number =>
  error instanceof Error && "code" in error && typeof error.code === "number" ? error.code : 0;

function inFolderWords(error: unknown): unknown {
  if (error instanceof FileMoved || isSourceFailure(error)) return inOurWords(error, true);
  const said = error instanceof Error ? saidBy(error.message) : "";
  if (codeOf(error) === NO_SUCH_FILE)
    return failed({ class: "gone", what: "object", code: "custom-costs.missing" }, said, error);
  if (codeOf(error) === PERMISSION_DENIED)
    return failed({ class: "reauthorize", why: "revoked", code: "custom-costs.notReadable" }, said, error);
  if (error instanceof DOMException) return error; // stopped by us
  return failed({ class: "transient", code: "custom-costs.trouble" }, said, error);
}
