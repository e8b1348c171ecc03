// A file of any size takes the memory of a small one (R26): a process for each of two sizes, and what the one took over the other.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { UploadId } from "@headwater/db";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeLedgerRig } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";
import type { SizeAsk } from "./testing/size-process.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

const MEGABYTE = 1024 * 1024;
/** The long run takes what R26 names. */
const LARGE = inject("scale") > 1 ? 10 * 1024 : 40;
const TIMEOUT = inject("scale") > 1 ? { timeout: 3_600_000 } : {};
/** As the process that loads is started: what the heap may grow to is part of what is measured. */
const FLAGS = ["--max-old-space-size=320", "--max-semi-space-size=12"];

/** Two years of days, five types: no cost comes twice. */
async function* rows(bytes: number): AsyncGenerator<Buffer> {
  yield Buffer.from("cost_id,date,cost_type,amount,currency,vendor,name,note\n");
  for (let n = 0, made = 0; made < bytes;) {
    const lines: string[] = [];
    for (const end = n + 1_000; n < end; n += 1) {
      const day = new Date(Date.UTC(2024, 11, 1) + (n % 700) * 86_400_000).toISOString().slice(0, 10);
      const type = ["fixed", "marketing", "other", "shipping", "handling"][n % 5] ?? "";
      const note = "as it was agreed with those who bring it ".repeat(20);
      lines.push(`K-${n},${day},${type},${n % 9_000}.25,INR,"Vendor, ${n % 40}",Row ${n},${note}`);
    }
    const chunk = Buffer.from(`${lines.join("\n")}\n`);
    made += chunk.length;
    yield chunk;
  }
}

interface Told {
  readonly kind: string;
  readonly ms: number;
  readonly megabytes: number;
}

/** What is asked of it, worked through in a process of its own. */
async function workOf(uploadId: UploadId): Promise<Told> {
  const { privateKey, workerUrl, deps } = rig;
  const ask: SizeAsk = {
    privateKey,
    workerUrl,
    uploadsFolder: deps.uploadsFolder ?? "",
    ref: { ...rig.ref, uploadId },
  };
  const path = fileURLToPath(new URL("testing/size-process.ts", import.meta.url));
  const child = spawn(process.execPath, [...FLAGS, path, JSON.stringify(ask)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  for await (const part of child.stdout) told += String(part);
  return JSON.parse(told);
}

async function importOf(megabytes: number): Promise<Told> {
  const id = await rig.put(rows(megabytes * MEGABYTE), {
    mode: "replace_all",
    confirm: { replaceAll: true, again: true },
  });
  const told = await workOf(id);
  expect((await rig.seen(id)).state).toBe("committed");
  return told;
}

test("memory does not grow with the file", TIMEOUT, async () => {
  const small = await importOf(16);
  const large = await importOf(LARGE);
  console.log(`import of 16 MB: ${JSON.stringify(small)}; of ${LARGE} MB: ${JSON.stringify(large)}`);
  expect(large.megabytes / small.megabytes).toBeLessThan(1.25);
  expect(large.megabytes).toBeLessThan(300);
});

async function checkOf(id: UploadId, found: "equal" | "different"): Promise<Told> {
  await rig.owner`update uploads set asked = 'check', asked_at = now() where id = ${id}`;
  const told = await workOf(id);
  const [row] = await rig.owner`select asked, checked->>'state' as found from uploads where id = ${id}`;
  expect(row).toEqual({ asked: null, found });
  return told;
}

test("nor with a file that is held against what stands", async () => {
  const id = await rig.put(rows(16 * MEGABYTE));
  await workOf(id);
  const small = await checkOf(id, "equal");
  // All of it is read again, and what stands is the small one's: to land so many rows would take the time, and show no more.
  const long = await rig.put(rows(200 * MEGABYTE));
  await rig.owner`update uploads as u set state = s.state, version = s.version, survey = s.survey, totals = s.totals
    from uploads as s where u.id = ${long} and s.id = ${id}`;
  const large = await checkOf(long, "different");
  console.log(`check of 16 MB: ${JSON.stringify(small)}; of 200 MB: ${JSON.stringify(large)}`);
  expect(large.megabytes / small.megabytes).toBeLessThan(1.5);
  expect(large.megabytes).toBeLessThan(300);
});
