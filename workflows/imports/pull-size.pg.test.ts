// A file that is pulled takes the memory of a small one, whatever its size (R26).
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { makeLedgerRig } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";
import type { PullAsk } from "./testing/pull-process.ts";

const MEGABYTE = 1024 * 1024;
const LARGE = inject("scale") > 1 ? 2_048 : 400;
/** Megabytes: what is freed late, not what is held of the file. */
const MOST = { more: 150, ever: 300 };
const TIMEOUT = inject("scale") > 1 ? { timeout: 600_000 } : {};
/** As the process that loads is started. */
const FLAGS = ["--max-old-space-size=320", "--max-semi-space-size=12"];
const HOST = "files.example.com";
const chunk = Buffer.alloc(MEGABYTE / 16, "2026-11-01,fixed,3000.00,INR\n");

/** `/<n>.csv` is a file of n megabytes. */
const server: Server = createServer((request, response) => {
  const megabytes = Number(/^\/(\d+)\.csv$/u.exec(request.url ?? "")?.[1]);
  response.writeHead(200, { "content-type": "text/csv", "content-length": megabytes * MEGABYTE });
  Readable.from(Array.from({ length: megabytes * 16 }, () => chunk)).pipe(response);
});
let rig: LedgerRig;
beforeAll(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await rig.close();
});

let syncs = 0;
async function pulled(megabytes: number): Promise<number> {
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("it listens on no port");
  const { organisationId } = rig.ref;
  const address = { kind: "https", url: `https://${HOST}/${megabytes}.csv`, auth: "none", name: "" };
  await rig.owner`delete from cost_feeds`;
  await rig.owner`insert into cost_feeds (organisation_id, id, datasource_id, kind, name, address, every_minutes, mode, due_at)
    values (${organisationId}, ${randomUUID()}, ${rig.ref.datasourceId}, 'https', 'Daily', ${JSON.stringify(address)}::text::jsonb,
      15, 'upsert', now() - interval '1 minute')`;
  const ask: PullAsk = {
    workerUrl: rig.workerUrl,
    privateKey: rig.privateKey,
    uploadsFolder: rig.deps.uploadsFolder ?? "",
    ref: rig.ref,
    n: (syncs += 1),
    host: HOST,
    origin: `http://127.0.0.1:${bound.port}`,
    megabytesMost: LARGE,
  };
  const path = fileURLToPath(new URL("testing/pull-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...FLAGS, path, JSON.stringify(ask)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const part of child.stdout) text += String(part);
  const told: { kind: string; megabytes: number } = JSON.parse(text);
  expect(told.kind).toBe("done");
  const came = await rig.owner`select size::float8 as size from uploads order by created_at desc limit 1`;
  expect([...came]).toEqual([{ size: megabytes * MEGABYTE }]);
  return told.megabytes;
}

test("memory does not grow with the file that a feed brings", TIMEOUT, async () => {
  const small = await pulled(16);
  const large = await pulled(LARGE);
  console.log(`16 MB pulled: ${small} MB of memory; ${LARGE} MB pulled: ${large}`);
  expect(large - small).toBeLessThan(MOST.more);
  expect(large).toBeLessThan(MOST.ever);
});
