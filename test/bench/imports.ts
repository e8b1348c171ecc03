/**
 * R26: a file of costs through the whole import (two readings, twins, merge, commit) in a process of the product's own
 * flags, against PostgreSQL's own COPY of the very rows that came of it into a table of the same kind. Beside it what our own
 * code alone could do: a plain parse, and all that is done to a row before it is sent.
 */
import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { costChunks } from "@headwater/workflows/costs/reading.ts";
import { csvRecords } from "@headwater/workflows/costs/records.ts";
import { surveyFile } from "@headwater/workflows/costs/survey.ts";
import { fileOf, UNBOUNDED } from "@headwater/workflows/costs/testing/files.ts";
import { brandGround } from "@headwater/workflows/imports/brand.ts";
import { copyPlan } from "@headwater/workflows/imports/copy-rows.ts";
import { makeLedgerRig } from "@headwater/workflows/imports/testing/ledger-rig.ts";
import type { LedgerRig } from "@headwater/workflows/imports/testing/ledger-rig.ts";
import type { SizeAsk } from "@headwater/workflows/imports/testing/size-process.ts";
import { type Figure, rounded } from "./bars.ts";
import { LOAD_FLAGS } from "./child.ts";
import { costFile } from "./cost-file.ts";
import type { RowKind } from "./cost-file.ts";
import type { Servers } from "./servers.ts";

const MEGABYTE = 1_000_000;

interface Taken {
  ms: number;
  megabytes: number;
  rows: number;
  floorMs: number;
  parseMs: number;
  readMs: number;
}

const sizeProcess = fileURLToPath(import.meta.resolve("@headwater/workflows/imports/testing/size-process.ts"));

async function importOf(rig: LedgerRig, kind: RowKind, megabytes: number): Promise<{ ms: number; megabytes: number }> {
  const uploadId = await rig.put(costFile(megabytes * MEGABYTE, kind));
  const { privateKey, workerUrl, deps } = rig;
  const uploadsFolder = deps.uploadsFolder ?? "";
  const ask: SizeAsk = { privateKey, workerUrl, uploadsFolder, ref: { ...rig.ref, uploadId } };
  await rig.owner`checkpoint`;
  const child = spawn(process.execPath, [...LOAD_FLAGS, sizeProcess, JSON.stringify(ask)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  for await (const part of child.stdout) told += String(part);
  const { state, reason } = await rig.seen(uploadId);
  if (state !== "committed") throw new Error(`the run does not count: ${state} ${JSON.stringify(reason)}`);
  return JSON.parse(told);
}

/** The rows that came of it, copied by the server alone into an empty table with the same key and indexes. */
async function floorOf(rig: LedgerRig, folder: string): Promise<{ ms: number; rows: number }> {
  const path = join(folder, "costs.copy");
  await rig.owner.unsafe(`copy cost_rows to '${path}'`);
  await rig.owner.unsafe("create table floor (like cost_rows including indexes including generated)");
  await rig.owner`checkpoint`;
  const began = performance.now();
  const { count } = await rig.owner.unsafe(`copy floor from '${path}'`);
  const ms = performance.now() - began;
  await rm(path);
  return { ms, rows: count };
}

const SAMPLE_MEGABYTES = 32;

/** Of a sample in memory, for so many megabytes: cut into records; and surveyed, read as costs and written as COPY takes them. */
async function readingOf(kind: RowKind, megabytes: number): Promise<Pick<Taken, "parseMs" | "readMs">> {
  const parts: Buffer[] = [];
  for await (const part of costFile(SAMPLE_MEGABYTES * MEGABYTE, kind)) parts.push(part);
  const file = fileOf(Buffer.concat(parts), MEGABYTE);
  const scaled = (began: number) => ((performance.now() - began) * megabytes) / SAMPLE_MEGABYTES;
  let began = performance.now();
  let records = 0;
  for await (const found of csvRecords(file.read(0), ",", UNBOUNDED)) records += found.length;
  const parseMs = scaled(began);
  began = performance.now();
  const ground = brandGround("INR", "Asia/Kolkata");
  const survey = await surveyFile({ file, limits: UNBOUNDED, ground, saved: {} });
  const { lineOf } = copyPlan(survey.mapping.targets);
  const reading = { survey, brand: ground, answers: {}, corrections: [], limits: UNBOUNDED };
  let read = 0;
  for await (const { lines } of costChunks(file, reading, survey.firstRow, 500))
    read += lines.flatMap(({ rows }) => rows.map(lineOf)).length;
  if (read !== records - 1) throw new Error(`${read} costs of ${records} records`);
  return { parseMs, readMs: scaled(began) };
}

async function measure(servers: Servers, kind: RowKind, megabytes: number): Promise<Taken> {
  const reading = await readingOf(kind, megabytes);
  const rig = await makeLedgerRig(servers.postgresUrl);
  try {
    const taken = await importOf(rig, kind, megabytes);
    const floor = await floorOf(rig, servers.sharedFolder);
    return { ...taken, ...reading, rows: floor.rows, floorMs: floor.ms };
  } finally {
    await rig.close();
  }
}

/** What every file pays besides COPY: read twice, held against itself, merged, rolled up by day, and logged as versions. */
const REQUIRED: Readonly<Record<RowKind, number>> = { short: 4, long: 5 };

export async function importCosts(servers: Servers, megabytes: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const kind of ["short", "long"] as const) {
    const { ms, megabytes: peak, rows, floorMs, parseMs, readMs } = await measure(servers, kind, megabytes);
    const speed = (milliseconds: number) => `${((megabytes * 1_000) / milliseconds).toFixed(1)} MB/s`;
    figures.push(
      {
        id: `R26 ${kind}`,
        value: Number((ms / floorMs).toFixed(2)),
        required: REQUIRED[kind],
        unit: "x COPY of the same rows",
        detail: `${megabytes} MB, ${rows} rows in ${Math.round(ms)} ms: ${speed(ms)}, ${Math.round((rows * 1_000) / ms)} rows/s; COPY ${speed(floorMs)}, our reading alone ${speed(readMs)}, plain parse ${speed(parseMs)}`,
      },
      {
        id: `R26 ${kind} s`,
        value: rounded((ms * 100) / rows, 1),
        required: 60,
        unit: "s for 100,000 rows",
        detail: "from the file's being there until it counts",
      },
      {
        id: `R26 ${kind} MB`,
        value: peak,
        required: 300,
        unit: "MB peak of the process",
        detail: `over the whole import of ${megabytes} MB`,
      },
    );
  }
  return figures;
}
