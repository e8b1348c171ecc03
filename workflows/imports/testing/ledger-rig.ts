/** For tests: one organisation with a datasource of costs in a fresh database, and files that are sealed for it and worked through. */
import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  accountId,
  datasourceId,
  makeVaultKeys,
  openDatabase,
  organisationId,
  sealFrames,
  uploadId,
} from "@headwater/db";
import type { UploadId, VaultKeys } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import postgres from "postgres";
import type { Sql } from "postgres";
import type { LoadDeps, WorkOptions } from "../../load/contract.ts";
import type { Confirm, Counts, UploadRef } from "../upload-row.ts";
import type { UploadOutcome } from "../../load/outcome.ts";
import { uploadPath } from "../upload-file.ts";
import { workOnUpload } from "../work-on-upload.ts";
import { offline } from "./offline.ts";

export interface Given {
  readonly mode?: "upsert" | "replace_range" | "replace_all";
  readonly asked?: "prepare" | "commit";
  readonly confirm?: Confirm;
  readonly how?: "browser" | "api" | "https";
  readonly mapping?: object;
  readonly dryRun?: boolean;
  readonly expected?: readonly object[];
}

export interface UploadSeen {
  readonly state: string;
  readonly reason: { readonly code: string } | null;
  readonly counts: Counts;
  readonly version: number | null;
  readonly totals: { costType: string; amount: string; count: number }[];
}

export interface LedgerRig {
  readonly owner: Sql;
  readonly deps: LoadDeps;
  readonly ref: Omit<UploadRef, "uploadId">;
  readonly privateKey: string;
  readonly workerUrl: string;
  /** Sealed and put down as the API does; nobody has worked on it. */
  put(content: string | AsyncIterable<Uint8Array>, given?: Given): Promise<UploadId>;
  work(id: UploadId, options?: Partial<WorkOptions>): Promise<UploadOutcome>;
  ask(id: UploadId, asked: "prepare" | "commit" | "discard" | "undo", confirm?: Confirm): Promise<UploadSeen>;
  /** Put, worked through, and as it then stands. */
  take(content: string, given?: Given): Promise<UploadSeen & { id: UploadId }>;
  seen(id: UploadId): Promise<UploadSeen>;
  findings(id: UploadId): Promise<string[]>;
  /** What stands, through the view: `name amount`. */
  costs(): Promise<string[]>;
  /** Through the view: metric, day, value. */
  days(metric?: string): Promise<[string, string][]>;
  close(): Promise<void>;
}

export async function makeLedgerRig(adminUrl: string, currency = "INR", zone = "Asia/Kolkata"): Promise<LedgerRig> {
  const database = await createTestDatabase(adminUrl);
  const owner = postgres(database.ownerUrl, { max: 3, onnotice: () => undefined });
  const worker = openDatabase({ url: database.workerUrl, max: 24, name: "import test" });
  const keys = makeVaultKeys();
  const uploadsFolder = mkdtempSync(join(tmpdir(), "headwater-uploads-"));
  const workerId = `test-${randomUUID()}`;
  const deps = offline({ sql: worker.sql, vaultPrivateKey: keys.privateKey, uploadsFolder, workerId });
  const ref = await fillGround(owner, currency, zone);
  return rigOver({ database, owner, worker, deps, keys, uploadsFolder, ref });
}

async function fillGround(owner: Sql, currency: string, zone: string): Promise<LedgerRig["ref"]> {
  const organisation = organisationId(randomUUID());
  const datasource = datasourceId(randomUUID());
  const account = accountId(randomUUID());
  await owner`insert into organisations (id, slug, name, zone, currency) values (${organisation}, ${`o-${organisation}`}, 'Rig', ${zone}, ${currency})`;
  await owner`insert into accounts (organisation_id, id, platform, external_id, name, currency, zone)
    values (${organisation}, ${account}, 'custom-costs', ${datasource}, 'Costs', ${currency}, ${zone})`;
  await owner`insert into datasources (organisation_id, id, platform, account_id, name, phase, auth)
    values (${organisation}, ${datasource}, 'custom-costs', ${account}, 'Costs', 'LIVE', 'ok')`;
  return { organisationId: organisation, datasourceId: datasource, generation: 0 };
}

interface Ground {
  readonly database: Awaited<ReturnType<typeof createTestDatabase>>;
  readonly owner: Sql;
  readonly worker: ReturnType<typeof openDatabase>;
  readonly deps: LoadDeps;
  readonly keys: VaultKeys;
  readonly uploadsFolder: string;
  readonly ref: LedgerRig["ref"];
}

function rigOver(ground: Ground): LedgerRig {
  const { database, owner, worker, deps, keys, uploadsFolder, ref } = ground;
  let asked = 0;
  const nextMoment = () => new Date(Date.UTC(2026, 10, 21) + (asked += 1));

  const rig: LedgerRig = {
    owner,
    deps,
    ref,
    privateKey: keys.privateKey,
    workerUrl: database.workerUrl,
    put: (content, given = {}) => putFile(ground, nextMoment(), content, given),
    work: (id, options = {}) =>
      workOnUpload(
        deps,
        { ...ref, uploadId: id },
        { signal: new AbortController().signal, heartbeat: () => undefined, ...options },
      ),
    async ask(id, wanted, confirm = {}) {
      await owner`update uploads set asked = ${wanted}, asked_at = ${nextMoment()}, confirm = ${JSON.stringify(confirm)}::text::jsonb where id = ${id}`;
      await rig.work(id);
      return rig.seen(id);
    },
    async take(content, given) {
      const id = await rig.put(content, given);
      await rig.work(id);
      return { id, ...(await rig.seen(id)) };
    },
    async seen(id) {
      const [row] = await owner<
        UploadSeen[]
      >`select state, reason, counts, version, totals from uploads where id = ${id}`;
      if (row === undefined) throw new Error("no such upload");
      return row;
    },
    async findings(id) {
      const rows = await owner<{ line: string; code: string }[]>`
        select line, code from upload_findings where upload_id = ${id} order by line, n`;
      return rows.map(({ line, code }) => `${line} ${code}`);
    },
    async costs() {
      const rows = await owner<{ name: string | null; amount: string }[]>`
        select coalesce(name, cost_id, sku, cost_type) as name, trim_scale(amount)::text as amount from costs order by 1, 2`;
      return rows.map(({ name, amount }) => `${name} ${amount}`);
    },
    async days(metric = "cost_fixed") {
      const rows = await owner<{ day: string; value: string }[]>`
        select day::text as day, trim_scale(value)::text as value from cost_rollups where metric = ${metric} order by day`;
      return rows.map(({ day, value }) => [day, value]);
    },
    async close() {
      await worker.close();
      await owner.end();
      await database.close();
      rmSync(uploadsFolder, { recursive: true, force: true });
    },
  };
  return rig;
}

async function putFile(
  { owner, keys, uploadsFolder, ref }: Ground,
  askedAt: Date,
  content: string | AsyncIterable<Uint8Array>,
  given: Given,
): Promise<UploadId> {
  const { organisationId: organisation, datasourceId: datasource } = ref;
  const id = uploadId(randomUUID());
  const { key, sealed } = sealFrames(keys.publicKey, { organisationId: organisation, uploadId: id });
  const digest = createHash("sha256");
  let size = 0;
  async function* counted() {
    const parts = typeof content === "string" ? [Buffer.from(content)] : content;
    for await (const part of parts) {
      digest.update(part);
      size += part.length;
      yield part;
    }
  }
  const path = uploadPath(uploadsFolder, id);
  writeFileSync(path, "");
  for await (const part of sealed(counted())) writeFileSync(path, part, { flag: "a" });
  await owner`insert into uploads (organisation_id, id, datasource_id, how, filename, by, mode, dry_run, state, size, sha256,
      wrapped_key, key_id, mapping, asked, asked_at, confirm, expected, received_at)
    values (${organisation}, ${id}, ${datasource}, ${given.how ?? "api"}, 'costs.csv', '{"kind":"system","name":"test"}',
      ${given.mode ?? "upsert"}, ${given.dryRun ?? false}, 'received', ${size}, ${digest.digest("hex")}, ${key.wrappedKey},
      ${key.keyId}, ${JSON.stringify(given.mapping ?? {})}::text::jsonb, ${given.asked ?? "commit"}, ${askedAt},
      ${JSON.stringify(given.confirm ?? {})}::text::jsonb, ${JSON.stringify(given.expected ?? [])}::text::jsonb, now())`;
  return id;
}

const HEADER = "date,cost_type,amount,name,cost_id,action";
/** Rows of the canonical shape, their last cells left out where they are empty. */
export const sheet = (...rows: string[]): string =>
  [HEADER, ...rows.map((row) => row + ",".repeat(Math.max(0, 5 - row.split(",").length + 1)))].join("\n") + "\n";
