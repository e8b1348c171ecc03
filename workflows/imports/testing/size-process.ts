/** For tests: imports one file that lies ready, in a process of its own as a worker is, and says what memory that took. */
import { openDatabase } from "@headwater/db";
import { UNBOUNDED } from "../../costs/testing/files.ts";
import type { UploadRef } from "../upload-row.ts";
import { workOnUpload } from "../work-on-upload.ts";
import { offline } from "./offline.ts";

export interface SizeAsk {
  readonly workerUrl: string;
  readonly privateKey: string;
  readonly uploadsFolder: string;
  readonly ref: UploadRef;
  /** Smaller than usual, so that there is a moment to be killed at in every step. */
  readonly chunkRows?: number;
}

const ask: SizeAsk = JSON.parse(process.argv[2] ?? "{}");
const worker = openDatabase({ url: ask.workerUrl, max: 4, name: "size test" });
const deps = {
  ...offline({
    sql: worker.sql,
    vaultPrivateKey: ask.privateKey,
    uploadsFolder: ask.uploadsFolder,
    workerId: "size",
  }),
  costLimits: { ...UNBOUNDED, ...(ask.chunkRows === undefined ? {} : { chunkRows: ask.chunkRows }) },
};

const startedAt = performance.now();
const options = {
  signal: new AbortController().signal,
  heartbeat: () => undefined,
  budget: { ms: 3_600_000, pages: 0 },
};
const { kind } = await workOnUpload(deps, ask.ref, options);
const ms = Math.round(performance.now() - startedAt);
console.log(JSON.stringify({ kind, ms, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
await worker.close();
