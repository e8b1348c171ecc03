// The small HTTP vocabulary of the sandbox: a request read whole, an answer that faults may still bend before it leaves.
import type { IncomingMessage } from "node:http";

export interface Incoming {
  readonly method: string;
  /** The name in the Host header, or the one in a `/~/<name>/…` path. */
  readonly host: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** `/~/<name>` when a browser came that way, else empty. */
  readonly prefix: string;
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | AsyncIterable<Buffer>;
}

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

export const pageAnswer = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", "referrer-policy": "same-origin", ...headers },
  body: Buffer.from(body),
});

export const redirect = (status: 302 | 303, location: string): Answer => ({
  status,
  headers: { location },
  body: Buffer.alloc(0),
});

export class BodyTooLarge extends Error {}

export async function readBody(message: IncomingMessage, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message) {
    // node:http without an encoding yields buffers.
    const buffer: Buffer = chunk;
    bytes += buffer.length;
    if (bytes > bytesMax) throw new BodyTooLarge(`More than ${bytesMax} bytes`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A JSON object or a form, as flat text values; null when it is neither. */
export function readFields(incoming: Incoming): Record<string, string> | null {
  const type = incoming.headers["content-type"] ?? "";
  if (!type.includes("json")) return Object.fromEntries(new URLSearchParams(incoming.body));
  try {
    const parsed: unknown = JSON.parse(incoming.body);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
    return Object.fromEntries(
      Object.entries(parsed).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
    );
  } catch {
    return null; // refused by the caller, as the provider does
  }
}
