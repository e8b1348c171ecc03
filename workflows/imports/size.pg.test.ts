// A file of any size takes the memory of a small one (R26): a process for each of two sizes, and what the one took over the other.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
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

async function importOf(megabytes: number): Promise<{ kind: string; ms: number; megabytes: number }> {
  const uploadId = await rig.put(rows(megabytes * MEGABYTE), {
    mode: "replace_all",
    confirm: { replaceAll: true, again: true },
  });
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
  expect((await rig.seen(uploadId)).state).toBe("committed");
  return JSON.parse(told);
}

test("memory does not grow with the file", async () => {
  const small = await importOf(16);
  const large = await importOf(40);
  console.log(`import of 16 MB: ${JSON.stringify(small)}; of 40 MB: ${JSON.stringify(large)}`);
  expect(large.megabytes / small.megabytes).toBeLessThan(1.25);
  expect(large.megabytes).toBeLessThan(300);
}, 240_000);
