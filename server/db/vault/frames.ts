// Files at rest, under the vault's key pair: whoever receives a file seals it with the public key as it comes, and only
// workers open it, from any frame on. A frame is bound to its file, its place and whether it is the last: moved, cut
// short or put together from two files, it does not open.
//
//   file = "HWF1" + data key id (8) + frames;  frame = nonce (12) + up to 1 MB of ciphertext + tag (16)
import { randomBytes } from "node:crypto";
import { open as openFile, stat, type FileHandle } from "node:fs/promises";
import type { OrganisationId, UploadId } from "../schema/ids.ts";
import { lengthPrefixed } from "./format.ts";
import { decrypt, encryptParts, unwrap, VaultError, wrap } from "./vault.ts";

export interface FileBinding {
  organisationId: OrganisationId;
  uploadId: UploadId;
}

/** As the columns of `uploads` hold it. */
export interface SealedFile {
  wrappedKey: Buffer;
  keyId: string;
}

export const FRAME_BYTES = 1024 * 1024;
const OVERHEAD = 28;
const MARK = Buffer.from("HWF1");
const HEAD_BYTES = MARK.length + 8;

function associated(binding: FileBinding, dataKeyId: string, index: number, isLast: boolean): Buffer {
  return lengthPrefixed([
    "file 1",
    binding.organisationId,
    binding.uploadId,
    dataKeyId,
    String(index),
    isLast ? "last" : "more",
  ]);
}

/** The bytes to write, as the plain ones come, whose chunks are used up; `key` belongs beside the file, in its row. */
export function sealFrames(
  publicKey: string,
  binding: FileBinding,
): { key: SealedFile; sealed: (plain: AsyncIterable<Uint8Array>) => AsyncGenerator<Buffer> } {
  const dataKey = randomBytes(32);
  const dataKeyId = randomBytes(8).toString("hex");
  const key = wrap(publicKey, dataKey, dataKeyId);
  async function* sealed(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
    yield Buffer.concat([MARK, Buffer.from(dataKeyId, "hex")]);
    const frame = Buffer.alloc(FRAME_BYTES);
    let index = 0;
    let filled = 0;
    for await (const chunk of plain) {
      for (let from = 0; from < chunk.length;) {
        // One byte more than a frame must have come before a frame is known not to be the last.
        if (filled === FRAME_BYTES) {
          yield* encryptParts(dataKey, associated(binding, dataKeyId, index, false), frame);
          index += 1;
          filled = 0;
        }
        const part = chunk.subarray(from, from + FRAME_BYTES - filled);
        frame.set(part, filled);
        filled += part.length;
        from += part.length;
      }
      giveBack(chunk);
    }
    yield* encryptParts(dataKey, associated(binding, dataKeyId, index, true), frame.subarray(0, filled));
    frame.fill(0);
    dataKey.fill(0);
  }
  return { key, sealed };
}

/** On the disk, and closed, when it ends. */
export async function writeSealed(file: FileHandle, sealed: AsyncIterable<Buffer>): Promise<void> {
  try {
    for await (const part of sealed) {
      await file.appendFile(part);
      giveBack(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** At once: the collector sees a small object, and lets some hundred megabytes of such stand. Part of a larger one stays. */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** The plain bytes from an offset on; one frame is held at a time. */
export async function* openFrames(
  privateKey: string,
  binding: FileBinding,
  { path, key }: { path: string; key: SealedFile },
  fromByte = 0,
): AsyncGenerator<Buffer> {
  const { size } = await stat(path);
  const frames = Math.max(1, Math.ceil((size - HEAD_BYTES) / (FRAME_BYTES + OVERHEAD)));
  const file = await openFile(path, "r");
  try {
    const dataKeyId = await dataKeyIdOf(file);
    const dataKey = opened(() => unwrap(privateKey, key, dataKeyId));
    const box = Buffer.alloc(FRAME_BYTES + OVERHEAD);
    for (let index = Math.floor(fromByte / FRAME_BYTES); index < frames; index += 1) {
      const at = HEAD_BYTES + index * (FRAME_BYTES + OVERHEAD);
      const { bytesRead } = await file.read(box, 0, box.length, at);
      const isLast = index === frames - 1;
      const plain = opened(() =>
        decrypt(dataKey, associated(binding, dataKeyId, index, isLast), box.subarray(0, bytesRead)),
      );
      const skip = Math.max(0, fromByte - index * FRAME_BYTES);
      if (plain.length > skip) yield plain.subarray(skip);
    }
    dataKey.fill(0);
  } finally {
    await file.close();
  }
}

/** It stands in the open at the head of the file: a name, no key. */
async function dataKeyIdOf(file: FileHandle): Promise<string> {
  const head = Buffer.alloc(HEAD_BYTES);
  await file.read(head, 0, HEAD_BYTES, 0);
  if (!head.subarray(0, MARK.length).equals(MARK)) throw new VaultError("the file cannot be opened");
  return head.subarray(MARK.length).toString("hex");
}

/** The same data key, wrapped for another key pair; the file stays as it is. Null where there is no such file. */
export async function rewrapFile(
  privateKey: string,
  publicKey: string,
  { path, key }: { path: string; key: SealedFile },
): Promise<SealedFile | null> {
  const file = await openFile(path, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (file === null) return null;
  try {
    const dataKeyId = await dataKeyIdOf(file);
    return opened(() => wrap(publicKey, unwrap(privateKey, key, dataKeyId), dataKeyId));
  } finally {
    await file.close();
  }
}

function opened<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof VaultError) throw error;
    throw new VaultError("the file cannot be opened"); // the cause may hold key material: it is not kept
  }
}
