/** Reading requests and writing answers by hand: whole bodies within a bound, and headers on everything. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";

export class BodyTooLarge extends Error {}
export class BodyTooSlow extends Error {}

/** Whoever sends a byte a minute holds a connection for nothing. */
const BODY_WITHIN_MS = 30_000;

export async function readBody(
  request: IncomingMessage,
  most: number,
  withinMs: number = BODY_WITHIN_MS,
): Promise<Buffer> {
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > most) throw new BodyTooLarge();
  const late = setTimeout(() => request.destroy(new BodyTooSlow()), withinMs);
  try {
    return await collect(request, most);
  } finally {
    clearTimeout(late);
  }
}

async function collect(request: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError("a request body is bytes");
    size += chunk.length;
    if (size > most) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string | Uint8Array;
}

export function send(response: ServerResponse, { status, type, headers, body }: Reply): void {
  if (response.headersSent) {
    // Cut off: half a file that ended well would be taken for the whole.
    if (!response.writableEnded) response.destroy();
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  response.writeHead(status, {
    "cache-control": "no-store",
    ...(type === undefined ? {} : { "content-type": type }),
    "content-length": String(bytes?.byteLength ?? 0),
    ...(status === 401 ? { "www-authenticate": challengeTo(response.req.headers.authorization) } : {}),
    ...headers,
  });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}

/** Whoever is told to say who they are is told how (RFC 9110, 15.5.2), and that what they gave is no good (RFC 6750, 3). */
export const challengeTo = (authorization: string | null | undefined): string =>
  `Bearer realm="Headwater"${/^Bearer \S/i.test(authorization ?? "") ? ', error="invalid_token"' : ""}`;

export const sendJson = (response: ServerResponse, status: number, value: unknown, headers?: Reply["headers"]): void =>
  send(response, {
    status,
    type: "application/json; charset=utf-8",
    body: JSON.stringify(value),
    ...(headers === undefined ? {} : { headers }),
  });

export const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

export type AddressOf = (request: IncomingMessage) => string | null;

/** Without port or brackets; null for what is no address. */
function addressIn(entry: string): string | null {
  const [, bracketed, plain] = /^(?:\[([^\]]+)\](?::\d+)?|([\d.]+):\d+)$/.exec(entry) ?? [];
  const address = plainAddress(bracketed ?? plain ?? entry);
  return isIP(address) === 0 ? null : address;
}

const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, "");

/**
 * Whose address it is. Behind proxies of ours: the nearest one that is none of them, read from the right, for everything
 * further left is whatever the visitor wrote. From anybody else the header is worth nothing.
 */
export function addressReader(trusted: readonly string[]): AddressOf {
  const ours = new BlockList();
  for (const range of trusted) {
    const [address = "", bits] = range.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    ours.addSubnet(address, Number(bits ?? (family === "ipv6" ? 128 : 32)), family);
  }
  const isOurs = (address: string): boolean =>
    isIP(address) !== 0 && ours.check(address, isIPv6(address) ? "ipv6" : "ipv4");
  return (request) => {
    const peer = request.socket.remoteAddress === undefined ? null : plainAddress(request.socket.remoteAddress);
    if (peer === null || !isOurs(peer)) return peer;
    const entries = (header(request, "x-forwarded-for") ?? "").split(",").map((entry) => addressIn(entry.trim()));
    // The first from the right that is none of ours ends the walk, whatever it is: further left the visitor wrote.
    const visitor = entries.toReversed().find((address) => address === null || !isOurs(address));
    return visitor ?? peer;
  };
}

/** Of what is written part by part: false where the reader has gone. */
export async function drained(response: ServerResponse): Promise<boolean> {
  if (response.closed) return false;
  const over = new AbortController();
  const { signal } = over;
  try {
    const isOpen = once(response, "drain", { signal }).then(() => true);
    const isGone = once(response, "close", { signal }).then(() => false);
    isOpen.catch(() => false); // whichever is not first is given up below
    isGone.catch(() => false);
    return await Promise.race([isOpen, isGone]);
  } finally {
    over.abort();
  }
}
