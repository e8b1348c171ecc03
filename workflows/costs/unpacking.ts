/** From the bytes of a file to one stream of UTF-8: told by its first bytes, unpacked, transcoded; never changed in silence. */
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { FileRefused } from "./codes.ts";
import type { CostLimits } from "./limits.ts";

/** A file that can be read from any byte. */
export interface CostFile {
  readonly bytes: number;
  read(fromByte: number): AsyncIterable<Uint8Array>;
}

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

export interface Packing {
  readonly isPacked: boolean;
  readonly encoding: Encoding;
  /** Bytes of the mark at the beginning, which is no part of the text. */
  readonly markBytes: number;
}

const starts = (bytes: Uint8Array, ...first: number[]): boolean => first.every((byte, at) => bytes[at] === byte);

/** Throws `FileRefused` for what is known to be something else. */
export async function packingOf(file: CostFile, limits: CostLimits): Promise<Packing> {
  const raw = await firstBytes(file.read(0), 512);
  const isPacked = starts(raw, 0x1f, 0x8b);
  const head = isPacked ? await firstBytes(unpacked(file, 0, limits), 512) : raw;
  const refused = knownAs(head);
  if (refused !== null) throw new FileRefused("E_FILE_TYPE", { why: refused });
  if (head.length === 0) throw new FileRefused("E_HEADER_MISSING", { why: "empty" });
  if (starts(head, 0xef, 0xbb, 0xbf)) return { isPacked, encoding: "utf-8", markBytes: 3 };
  if (starts(head, 0xff, 0xfe)) return { isPacked, encoding: "utf-16le", markBytes: 2 };
  if (starts(head, 0xfe, 0xff)) return { isPacked, encoding: "utf-16be", markBytes: 2 };
  return { isPacked, encoding: "utf-8", markBytes: 0 };
}

function knownAs(head: Uint8Array): string | null {
  if (starts(head, 0x50, 0x4b, 0x03, 0x04) || starts(head, 0x50, 0x4b, 0x05, 0x06)) return "xlsx";
  if (starts(head, 0xd0, 0xcf, 0x11, 0xe0)) return "xls";
  if (starts(head, 0x25, 0x50, 0x44, 0x46)) return "pdf";
  if (starts(head, 0x1f, 0x8b)) return "packedTwice";
  const isImage =
    starts(head, 0x89, 0x50, 0x4e, 0x47) ||
    starts(head, 0xff, 0xd8, 0xff) ||
    starts(head, 0x47, 0x49, 0x46, 0x38) ||
    (starts(head, 0x52, 0x49, 0x46, 0x46) && starts(head.subarray(8), 0x57, 0x45, 0x42, 0x50));
  if (isImage) return "image";
  const text = Buffer.from(head).toString("latin1").replace(/^ï»¿/, "").trimStart().toLowerCase();
  return text.startsWith("<!doctype") || text.startsWith("<html") ? "html" : null;
}

async function firstBytes(chunks: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size >= most) break;
  }
  return Buffer.concat(parts).subarray(0, most);
}

/**
 * Counted as it comes: neither what a packed file says of its size nor what it grows to is believed. One member and
 * nothing behind it: its last four bytes give the size of all that came, so that of two members neither is left unsaid.
 */
async function* unpacked(file: CostFile, fromByte: number, limits: CostLimits): AsyncGenerator<Uint8Array> {
  let given = 0;
  let taken = 0;
  let last: Uint8Array = new Uint8Array(0);
  async function* counted() {
    for await (const chunk of file.read(0)) {
      taken += chunk.length;
      last = chunk.length >= 4 ? chunk.subarray(-4) : Buffer.concat([last, chunk]).subarray(-4);
      yield chunk;
    }
  }
  const gunzip = createGunzip();
  const source = Readable.from(counted());
  source.on("error", (error) => gunzip.destroy(error));
  try {
    for await (const chunk of source.pipe(gunzip)) {
      const bytes: Buffer = chunk; // a binary stream without an encoding gives Buffers
      given += bytes.length;
      if (given > limits.unpackedBytes) throw new FileRefused("E_TOO_LARGE", { why: "unpacked" });
      if (given > 64 * 1024 && given > taken * limits.ratio) throw new FileRefused("E_TOO_LARGE", { why: "packed" });
      const skip = Math.max(0, bytes.length - (given - fromByte));
      if (skip < bytes.length) yield skip === 0 ? bytes : bytes.subarray(skip);
    }
    if (last.length < 4 || Buffer.from(last).readUInt32LE(0) !== given % 2 ** 32)
      throw new FileRefused("E_FILE_TYPE", { why: "severalPacked" });
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("Z_")) throw new FileRefused("E_FILE_TYPE", { why: "damagedGzip" });
    throw error;
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

/** The file's text as UTF-8 bytes, from an offset within that text: a restart goes on there. */
export function textOf(
  file: CostFile,
  packing: Packing,
  limits: CostLimits,
  fromOffset = 0,
): AsyncGenerator<Uint8Array> {
  const { isPacked, encoding, markBytes } = packing;
  const isPlain = encoding === "utf-8";
  const from = isPlain ? markBytes + fromOffset : markBytes;
  const bytes = isPacked ? unpacked(file, from, limits) : plain(file, from, limits);
  return isPlain ? checkedUtf8(bytes) : transcoded(bytes, encoding, fromOffset);
}

async function* plain(file: CostFile, from: number, limits: CostLimits): AsyncGenerator<Uint8Array> {
  if (file.bytes > limits.unpackedBytes) throw new FileRefused("E_TOO_LARGE", { why: "unpacked" });
  yield* file.read(from);
}

/** Strict: one wrong byte and it is not UTF-8 at all. */
async function* checkedUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for await (const chunk of bytes) {
    if (chunk.includes(0)) throw new FileRefused("E_FILE_TYPE", { why: "binary" });
    strictly(() => decoder.decode(chunk, { stream: true }), "utf-8");
    yield chunk;
  }
  strictly(() => decoder.decode(), "utf-8");
}

/** Not an error of the file yet: it may be in the older code page. */
export class NotUtf8 extends Error {
  override readonly name = "NotUtf8";
}

function strictly<T>(work: () => T, encoding: Encoding): T {
  try {
    return work();
  } catch (cause) {
    if (encoding === "utf-8") throw new NotUtf8("not UTF-8", { cause });
    throw new FileRefused("E_ENCODING", { why: encoding });
  }
}

/** Five bytes of the code page stand for nothing; the decoder would make control characters of them. */
const UNDEFINED_1252 = /[\u0081\u008d\u008f\u0090\u009d]/;

async function* transcoded(
  bytes: AsyncIterable<Uint8Array>,
  encoding: Exclude<Encoding, "utf-8">,
  fromOffset: number,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  let offset = 0;
  const wanted = (text: string): Uint8Array | null => {
    if (text.includes("\0")) throw new FileRefused("E_FILE_TYPE", { why: "binary" });
    if (encoding === "windows-1252" && UNDEFINED_1252.test(text))
      throw new FileRefused("E_ENCODING", { why: encoding });
    const utf8 = Buffer.from(text, "utf8");
    const skip = Math.min(utf8.length, Math.max(0, fromOffset - offset));
    offset += utf8.length;
    return skip === utf8.length ? null : utf8.subarray(skip);
  };
  for await (const chunk of bytes) {
    const part = wanted(strictly(() => decoder.decode(chunk, { stream: true }), encoding));
    if (part !== null) yield part;
  }
  const last = wanted(strictly(() => decoder.decode(), encoding));
  if (last !== null) yield last;
}
