// A file that is brought takes the memory of a small one, whatever its size (R26): what imports it is measured in `workflows/imports`.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { expect, inject, test } from "vitest";
import type { ReceiveAsk } from "../testing/receive-process.ts";

const MEGABYTE = 1024 * 1024;
const LARGE = inject("scale") > 1 ? 2_048 : 400;
/** Large enough that what is freed late is there of both. */
const SMALL = LARGE / 4;
/** Megabytes. The API in whole, and what a test of it needs, takes some 230 of it. */
const MOST = { more: 40, ever: 300 };
const TIMEOUT = inject("scale") > 1 ? { timeout: 600_000 } : {};
/** As the process that imports is started. */
const FLAGS = ["--max-old-space-size=320", "--max-semi-space-size=12"];
const chunk = Buffer.alloc(MEGABYTE / 16, "2026-11-01,fixed,3000.00,INR\n");

function* bytesOf(megabytes: number): Generator<Buffer> {
  for (let n = 0; n < megabytes * 16; n += 1) yield chunk;
}

async function brought(megabytes: number): Promise<number> {
  const digest = createHash("sha256");
  for (const part of bytesOf(megabytes)) digest.update(part);
  const size = megabytes * MEGABYTE;
  const ask: ReceiveAsk = { adminUrl: inject("postgresUrl"), size, sha256: digest.digest("hex") };
  const path = fileURLToPath(new URL("../testing/receive-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...FLAGS, path, JSON.stringify(ask)], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const address = String((await lines.next()).value);
  const put = request(address, { method: "PUT", headers: { "content-length": size } });
  const answered = once(put, "response");
  await pipeline(Readable.from(bytesOf(megabytes)), put);
  const [answer] = await answered;
  answer.resume();
  expect(answer.statusCode).toBe(201);
  child.stdin.end();
  const told: { state: string; megabytes: number } = JSON.parse(String((await lines.next()).value));
  expect(told.state).toBe("received");
  await once(child, "exit");
  return told.megabytes;
}

test("memory does not grow with the file that a program brings", TIMEOUT, async () => {
  const small = await brought(SMALL);
  const large = await brought(LARGE);
  console.log(`${SMALL} MB brought: ${small} MB of memory; ${LARGE} MB brought: ${large}`);
  expect(large - small).toBeLessThan(MOST.more);
  expect(large).toBeLessThan(MOST.ever);
});
