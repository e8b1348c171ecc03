// A body on its way in: unpacked, counted against its caps, cut into text or lines. Nothing is held that is not needed.
import { StringDecoder } from "node:string_decoder";
import { PassThrough, pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { SourceFailure } from "../failure.ts";

/** A packed body may grow at most a hundredfold; below this size the ratio is not looked at. */
const RATIO_MAX = 100;
const RATIO_FREE_BYTES = 4 * 1024 * 1024;
/** The first two are right. The others are what files in object stores are often labelled with by whoever puts them there. */
const PACKS_NOTHING = new Set(["", "identity", "none", "binary", "utf-8", "utf8", "aws-chunked"]);
/** Each is a decoder with buffers of its own; the ratio counts first byte in against last byte out. */
const ENCODINGS_MAX = 2;
const LINE_MAX = 32 * 1024 * 1024;

export type Caps = { readonly bytesMax: number };
export type Wire = { bytes: number };

export function cutShort(code: string, said: string, cause?: unknown): SourceFailure {
  return new SourceFailure({ class: "transient", code: `outbound.${code}`, said }, { cause });
}

/** The unpacked chunks of a body. Throws transient failures for what breaks on the way. */
export async function* unpacked(
  body: Readable,
  encoding: string | undefined,
  caps: Caps,
  wire: Wire,
): AsyncGenerator<Buffer> {
  body.on("data", (chunk: Buffer) => {
    wire.bytes += chunk.length;
  });
  body.pause();
  const source = throughAll(body, encoding);
  let given = 0;
  for await (const chunk of source) {
    const bytes: Buffer = chunk; // binary streams without an encoding give Buffers
    given += bytes.length;
    if (given > caps.bytesMax) throw cutShort("tooLarge", `The answer is over ${caps.bytesMax} bytes`);
    if (source !== body && given > RATIO_FREE_BYTES && given > wire.bytes * RATIO_MAX)
      throw cutShort("tooPacked", "The answer grows more than a hundredfold when unpacked");
    yield bytes;
  }
}

function throughAll(body: Readable, encoding: string | undefined): Readable {
  const listed = (encoding ?? "").split(",").map((name) => name.trim().toLowerCase());
  const names = listed.filter((name) => !PACKS_NOTHING.has(name));
  if (names.length > ENCODINGS_MAX) throw cutShort("encoding", `The answer is packed ${names.length} times over`);
  const steps = names.map(decoderFor);
  if (steps.length === 0) return body;
  const end = new PassThrough();
  pipeline([body, ...steps.toReversed(), end], () => {}); // an error reaches the reader through `end`
  return end;
}

function decoderFor(encoding: string): Transform {
  if (encoding === "gzip" || encoding === "x-gzip") return createGunzip();
  if (encoding === "br") return createBrotliDecompress();
  if (encoding === "deflate") return createInflate();
  throw cutShort("encoding", `The answer is packed as ${encoding.slice(0, 20)}`);
}

export async function wholeText(chunks: AsyncIterable<Buffer>): Promise<string> {
  const decoder = new StringDecoder("utf8");
  const parts: string[] = [];
  for await (const chunk of chunks) parts.push(decoder.write(chunk));
  parts.push(decoder.end());
  return parts.join("");
}

/** Lines without `\n` or `\r\n`; the last one may lack its end. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let open = "";
  for await (const chunk of chunks) {
    const parts = (open + decoder.write(chunk)).split("\n");
    open = parts.pop() ?? "";
    if (open.length > LINE_MAX) throw cutShort("lineTooLong", "A line of the answer has no end");
    for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
  }
  open += decoder.end();
  if (open !== "") yield open;
}
