// Puts an answer on the wire, whole or hurt.
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { Answer } from "../http.ts";

/** How the wire misbehaves. */
export interface Hurt {
  readonly way: "hang" | "reset" | "cut" | "slow" | "slowHeaders" | "wrongLength";
  readonly bytes: number;
  readonly ms: number;
}

export interface Sent {
  readonly bytes: number;
  readonly isWhole: boolean;
}

async function* chunksOf(body: Answer["body"]): AsyncGenerator<Buffer> {
  if (Buffer.isBuffer(body)) yield body;
  else yield* body;
}

const isGone = (response: ServerResponse): boolean => response.destroyed || response.writableEnded;

async function pause(response: ServerResponse, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(finish, ms);
    timer.unref();
    function finish(): void {
      clearTimeout(timer);
      response.off("close", finish);
      resolve();
    }
    response.once("close", finish);
  });
}

async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  if (isGone(response) || response.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off("drain", go);
      response.off("close", go);
      resolve();
    };
    response.once("drain", go);
    response.once("close", go);
  });
}

async function sendCut(response: ServerResponse, answer: Answer, bytesMax: number): Promise<Sent> {
  response.writeHead(answer.status, withoutLength(answer.headers));
  let bytes = 0;
  for await (const chunk of chunksOf(answer.body)) {
    const part = chunk.subarray(0, Math.max(0, bytesMax - bytes));
    await write(response, part);
    bytes += part.length;
    if (bytes >= bytesMax) break;
  }
  // Let what was written leave before the socket goes.
  await pause(response, 30);
  response.destroy();
  return { bytes, isWhole: false };
}

/** Promises a thousand bytes more than it sends. */
async function sendShort(response: ServerResponse, answer: Answer): Promise<Sent> {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.alloc(0);
  response.writeHead(answer.status, { ...answer.headers, "content-length": String(body.length + 1_000) });
  await write(response, body);
  await pause(response, 30);
  response.destroy();
  return { bytes: body.length, isWhole: false };
}

async function sendSlowly(response: ServerResponse, answer: Answer, ms: number): Promise<Sent> {
  response.writeHead(answer.status, withoutLength(answer.headers));
  let bytes = 0;
  for await (const chunk of chunksOf(answer.body)) {
    for (const byte of chunk) {
      if (isGone(response)) return { bytes, isWhole: false };
      response.write(Buffer.from([byte]));
      bytes += 1;
      await pause(response, ms);
    }
  }
  response.end();
  return { bytes, isWhole: true };
}

async function sendEndlessHeaders(response: ServerResponse): Promise<Sent> {
  response.socket?.write("HTTP/1.1 200 OK\r\n");
  for (let i = 0; !response.destroyed; i += 1) {
    response.socket?.write(`X-Waiting-${i}: still\r\n`);
    await pause(response, 500);
  }
  return { bytes: 0, isWhole: false };
}

const withoutLength = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "content-length"));

async function sendWhole(response: ServerResponse, answer: Answer): Promise<Sent> {
  const length =
    Buffer.isBuffer(answer.body) && answer.status !== 204 ? { "content-length": String(answer.body.length) } : {};
  response.writeHead(answer.status, { ...answer.headers, ...length });
  let bytes = 0;
  for await (const chunk of chunksOf(answer.body)) {
    if (isGone(response)) return { bytes, isWhole: false };
    await write(response, chunk);
    bytes += chunk.length;
  }
  response.end();
  return { bytes, isWhole: !response.destroyed };
}

export async function sendAnswer(response: ServerResponse, answer: Answer, hurt: Hurt | null): Promise<Sent> {
  switch (hurt?.way) {
    case undefined:
      return sendWhole(response, answer);
    case "hang":
      await once(response, "close");
      return { bytes: 0, isWhole: false };
    case "reset":
      response.socket?.resetAndDestroy();
      return { bytes: 0, isWhole: false };
    case "cut":
      return sendCut(response, answer, hurt.bytes);
    case "slow":
      return sendSlowly(response, answer, hurt.ms);
    case "slowHeaders":
      return sendEndlessHeaders(response);
    case "wrongLength":
      return sendShort(response, answer);
  }
}
