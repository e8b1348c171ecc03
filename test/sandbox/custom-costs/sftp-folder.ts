// What the SFTP double answers once somebody is in: `/out` and its files, to be listed and read. Everything else is refused.
import { setTimeout as wait } from "node:timers/promises";
import ssh2 from "ssh2";
import type { SFTPWrapper } from "ssh2";
import type { LaidFile, Room } from "./sftp-ground.ts";

type Open = { readonly kind: "file"; readonly name: string } | { readonly kind: "folder"; readonly left: LaidFile[] };

const { STATUS_CODE } = ssh2.utils.sftp;
const READ_ONLY: number = ssh2.utils.sftp.OPEN_MODE.READ;
const BATCH = 100;
const CHUNK_BYTES = 32_768;
const folders = new Set(["/out", "out", "./out"]);
const roots = new Set(["/", ".", ""]);
const nameIn = (path: string): string => /^(?:\.?\/)?out\/([^/]+)$/.exec(path)?.[1] ?? "";

const attrsOf = ({ bytes, modifiedMs }: LaidFile) => {
  const mtime = Math.floor(modifiedMs / 1000);
  return { mode: 0o100644, uid: 1000, gid: 1000, size: bytes.length, atime: mtime, mtime };
};
/** As a list shows it: a link for itself, and not what it leads to. */
const listedAs = (file: LaidFile) =>
  file.leadsTo === undefined ? attrsOf(file) : { ...attrsOf(file), mode: 0o120777, size: file.leadsTo.length };
const reached = ({ ground }: Room, name: string): LaidFile | null => {
  const file = ground.find(name);
  return file?.leadsTo === undefined ? file : ground.find(file.leadsTo);
};
const folderAttrs = { mode: 0o40755, uid: 1000, gid: 1000, size: 4096, atime: 0, mtime: 0 };

export function serveFolder(sftp: SFTPWrapper, room: Room): void {
  const handles = new Handles();
  /** Written down first, and never answered where the server hangs. */
  const heard = (name: string, answer: () => void): void => {
    room.operations.push(name);
    if (room.ways.hang !== true) answer();
  };
  sftp.on("error", () => undefined);
  sftp.on("REALPATH", (id, path) =>
    heard("REALPATH", () =>
      sftp.name(id, [{ filename: roots.has(path) ? "/" : path, longname: "", attrs: folderAttrs }]),
    ),
  );
  sftp.on("OPENDIR", (id, path) => heard("OPENDIR", () => openFolder(sftp, room, handles, { id, path })));
  sftp.on("READDIR", (id, handle) => heard("READDIR", () => readFolder(sftp, handles, id, handle)));
  sftp.on("OPEN", (id, path, flags) => heard("OPEN", () => openFile(sftp, room, handles, { id, path, flags })));
  sftp.on("READ", (id, handle, offset, length) =>
    heard("READ", () => readFile(sftp, room, handles.fileOf(handle), { id, offset, length })),
  );
  const told = (id: number, path: string) => {
    const file = reached(room, nameIn(path));
    if (folders.has(path) || roots.has(path)) return sftp.attrs(id, folderAttrs);
    return file === null ? sftp.status(id, STATUS_CODE.NO_SUCH_FILE) : sftp.attrs(id, attrsOf(file));
  };
  sftp.on("STAT", (id, path) => heard("STAT", () => told(id, path)));
  sftp.on("LSTAT", (id, path) => heard("LSTAT", () => told(id, path)));
  sftp.on("FSTAT", (id, handle) => heard("FSTAT", () => told(id, `out/${handles.fileOf(handle)}`)));
  sftp.on("CLOSE", (id, handle) =>
    heard("CLOSE", () => {
      handles.drop(handle);
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  refuseChanges(sftp, room);
}

function refuseChanges(sftp: SFTPWrapper, { operations }: Room): void {
  const refuse = (name: string) => (id: number) => {
    operations.push(name);
    sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
  };
  sftp.on("WRITE", refuse("WRITE"));
  sftp.on("SETSTAT", refuse("SETSTAT"));
  sftp.on("FSETSTAT", refuse("FSETSTAT"));
  sftp.on("REMOVE", refuse("REMOVE"));
  sftp.on("RMDIR", refuse("RMDIR"));
  sftp.on("MKDIR", refuse("MKDIR"));
  sftp.on("RENAME", refuse("RENAME"));
  sftp.on("SYMLINK", refuse("SYMLINK"));
  sftp.on("READLINK", refuse("READLINK"));
}

class Handles {
  readonly #open = new Map<number, Open>();
  #next = 0;
  hold(what: Open): Buffer {
    const handle = Buffer.alloc(4);
    this.#next += 1;
    handle.writeUInt32BE(this.#next);
    this.#open.set(this.#next, what);
    return handle;
  }
  held = (handle: Buffer): Open | undefined =>
    handle.length === 4 ? this.#open.get(handle.readUInt32BE()) : undefined;
  fileOf(handle: Buffer): string {
    const what = this.held(handle);
    return what?.kind === "file" ? what.name : "";
  }
  drop(handle: Buffer): void {
    if (handle.length === 4) this.#open.delete(handle.readUInt32BE());
  }
}

interface Asked {
  readonly id: number;
  readonly path: string;
}

function openFolder(sftp: SFTPWrapper, { ground, ways }: Room, handles: Handles, { id, path }: Asked): void {
  if (roots.has(path)) return sftp.handle(id, handles.hold({ kind: "folder", left: [] }));
  if (!folders.has(path)) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
  if (ways.growing !== undefined) ground.grow(ways.growing);
  const left = ground.files();
  if (ways.hugeName !== undefined)
    left.push({ name: `${"n".repeat(ways.hugeName)}.csv`, bytes: Buffer.from("x"), modifiedMs: 0 });
  sftp.handle(id, handles.hold({ kind: "folder", left }));
}

function readFolder(sftp: SFTPWrapper, handles: Handles, id: number, handle: Buffer): void {
  const what = handles.held(handle);
  if (what?.kind !== "folder") return sftp.status(id, STATUS_CODE.FAILURE);
  const batch = what.left.splice(0, BATCH);
  if (batch.length === 0) return sftp.status(id, STATUS_CODE.EOF);
  sftp.name(
    id,
    batch.map((file) => ({
      filename: file.name,
      longname: `-rw-r--r-- 1 demo demo ${file.bytes.length} ${file.name.slice(0, 200)}`,
      attrs: listedAs(file),
    })),
  );
}

interface Opened extends Asked {
  readonly flags: number;
}

function openFile(sftp: SFTPWrapper, room: Room, handles: Handles, { id, path, flags }: Opened): void {
  const file = reached(room, nameIn(path));
  if (file === null) return sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
  const mayRead = room.ways.closedFiles !== true && file.isClosed !== true && flags === READ_ONLY;
  if (!mayRead) return sftp.status(id, STATUS_CODE.PERMISSION_DENIED);
  sftp.handle(id, handles.hold({ kind: "file", name: file.name }));
}

interface Read {
  readonly id: number;
  readonly offset: number;
  readonly length: number;
}

function readFile(sftp: SFTPWrapper, { ground, ways }: Room, name: string, { id, offset, length }: Read): void {
  const file = ground.find(name);
  if (file === null) return sftp.status(id, STATUS_CODE.FAILURE);
  const most = Math.min(length, ways.drip?.bytes ?? length, CHUNK_BYTES);
  const part = file.bytes.subarray(offset, offset + most);
  const answer = () => (part.length === 0 ? sftp.status(id, STATUS_CODE.EOF) : sftp.data(id, part));
  if (ways.drip === undefined) answer();
  else void wait(ways.drip.everyMs, undefined, { ref: false }).then(answer);
}
