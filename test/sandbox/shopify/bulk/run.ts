// The work behind a bulk operation: walks the lists, writes JSONL, a slice at a time between the requests of others.
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { Kind, parse, type DocumentNode, type FieldNode } from "graphql";
import { seededRandom } from "../../random.ts";
import type { Row } from "../../store.ts";
import { runDocument, type Engine } from "../admin/answer.ts";
import { gid, type AdminContext, type ServedKind } from "../admin/context.ts";
import { customerList, orderList, productList, walk, type ListArguments } from "../admin/lists.ts";
import { connection } from "../admin/paging.ts";
import { argumentsOf } from "./arguments.ts";
import { linkDays } from "./links.ts";
import type { BulkServices } from "./operations.ts";
import { jsonLines } from "./lines.ts";

const lists = { orders: orderList, customers: customerList, products: productList } as const;
type ListName = keyof typeof lists;
const isListName = (name: string): name is ListName => Object.hasOwn(lists, name);

/** Small, so that a download or a request beside it waits for a few objects only. */
const sliceSize = 8;

/** How long the vendor takes to get going; the desk can stretch it. */
export interface BulkTempo {
  readonly createdMs: number;
  readonly runningMs: number;
  /** How fast the storage host sends a file; 0 for as fast as it goes. */
  readonly bytesPerSecond: number;
}

/** What a finished file has in it, for the ledger: kind, number and version of every record, and between which bytes. */
export type Reading = readonly (readonly [kind: ServedKind, n: number, version: number, from: number, to: number])[];

interface Job {
  readonly id: number;
  readonly context: AdminContext;
  readonly handle: FileHandle;
  readonly reading: [ServedKind, number, number, number, number][];
  readonly isGrouped: boolean;
  objects: number;
  roots: number;
  bytes: number;
}

const failureCodes = ["ACCESS_DENIED", "TIMEOUT", "INTERNAL_SERVER_ERROR"] as const;

class BulkFailure extends Error {
  readonly code: (typeof failureCodes)[number];
  constructor(code: BulkFailure["code"], said: string) {
    super(said);
    this.code = code;
  }
}

const statusOf = (job: Pick<Job, "id" | "context">): string =>
  String(job.context.store.first("select status from bulk_operations where id = ?", job.id)?.["status"]);

/** The document with one of its top fields only. */
function only(document: DocumentNode, field: FieldNode): DocumentNode {
  const definitions = document.definitions.map((each) =>
    each.kind === Kind.OPERATION_DEFINITION
      ? { ...each, selectionSet: { ...each.selectionSet, selections: [field] } }
      : each,
  );
  return { ...document, definitions };
}

async function writeSlice(
  job: Job,
  engine: Engine,
  { document, name, rows }: { document: DocumentNode; name: ListName; rows: readonly Row[] },
): Promise<void> {
  const list = lists[name];
  const read: [ServedKind, number, number][] = [];
  const context: AdminContext = { ...job.context, note: (kind, n, version) => void read.push([kind, n, version]) };
  // The root field gives exactly these rows, whatever its arguments: `first` and `after` mean nothing here.
  const page = connection<object>({
    items: rows.map((row) => list.node(context, row)),
    placeOf: (_, i) => ({ n: i, value: i, passed: i + 1 }),
    hasNext: false,
    hasPrevious: false,
  });
  const result = runDocument({ ...engine, roots: { [name]: () => page } }, document, context, {
    variables: {},
    operationName: null,
  });
  const failure = result.errors?.[0];
  if (failure) {
    const isDenied = failure.extensions["code"] === "ACCESS_DENIED";
    throw new BulkFailure(isDenied ? "ACCESS_DENIED" : "INTERNAL_SERVER_ERROR", failure.message);
  }
  const random = seededRandom("bulk", job.id, job.roots);
  const lines = jsonLines(result.data ?? {}, job.isGrouped, random);
  const text = lines.map((line) => `${line}\n`).join("");
  await job.handle.write(text);
  job.objects += lines.length;
  job.roots += rows.length;
  const from = job.bytes;
  job.bytes += Buffer.byteLength(text);
  for (const record of read) job.reading.push([...record, from, job.bytes]);
}

async function walkAll(job: Job, engine: Engine, document: DocumentNode, run: BulkRun): Promise<void> {
  const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
  const fields = operation?.selectionSet.selections.filter((each): each is FieldNode => each.kind === Kind.FIELD) ?? [];
  for (const field of fields) {
    const name = field.name.value;
    if (!isListName(name)) throw new BulkFailure("INTERNAL_SERVER_ERROR", `The stand-in cannot walk ${name} in bulk`);
    const args: ListArguments = argumentsOf(field);
    const part = only(document, field);
    for (const rows of walk<object>(lists[name], job.context, args, sliceSize)) {
      await writeSlice(job, engine, { document: part, name, rows });
      job.context.store.run(
        "update bulk_operations set object_count = ?, root_count = ? where id = ?",
        job.objects,
        job.roots,
        job.id,
      );
      if (run.fault !== null) {
        throw new BulkFailure(failureCodes.find((each) => each === run.fault) ?? "TIMEOUT", "The desk asked for it");
      }
      if (statusOf(job) !== "RUNNING") return;
      await nextTurn(undefined, { signal: run.signal });
    }
  }
  await heldBack(run, ({ runningMs }) => runningMs);
}

function finish(job: Job, file: string, failure: BulkFailure["code"] | null): void {
  const { store, clock } = job.context;
  const before = statusOf(job);
  const status =
    before === "CANCELING" || before === "CANCELED" ? "CANCELED" : failure === null ? "COMPLETED" : "FAILED";
  store.run(
    "update bulk_operations set status = ?, error_code = ?, completed_at = ?, object_count = ?, root_count = ?, file_size = ?, file = ?, link_until_ms = ?, reading = ? where id = ?",
    status,
    failure,
    clock.nowSeconds(),
    job.objects,
    job.roots,
    job.bytes,
    job.objects > 0 ? file : null,
    clock.nowMs() + linkDays * 86_400_000,
    Buffer.from(JSON.stringify(job.reading)),
    job.id,
  );
}

export interface BulkRun {
  /** As the desk has it now. */
  readonly tempo: () => BulkTempo;
  readonly signal: AbortSignal;
  /** The desk wants it to fail with this code, after the first slices. */
  readonly fault: string | null;
}

/** As long as the desk says, and no longer than it says meanwhile: what it holds back it can let go. */
async function heldBack(run: BulkRun, wanted: (tempo: BulkTempo) => number): Promise<void> {
  const since = Date.now();
  for (let left = wanted(run.tempo()); left > 0; left = since + wanted(run.tempo()) - Date.now())
    await sleep(Math.min(left, 50), undefined, { ref: false, signal: run.signal });
}

export async function runBulk(services: BulkServices, id: number, context: AdminContext, run: BulkRun): Promise<void> {
  const row = services.store.first("select query, grouped from bulk_operations where id = ?", id);
  if (!row) return;
  await heldBack(run, ({ createdMs }) => createdMs);
  services.store.run(`update bulk_operations set status = 'RUNNING' where id = ? and status = 'CREATED'`, id);
  const folder = join(services.store.dataDir, "bulk");
  mkdirSync(folder, { recursive: true });
  const file = `bulk-${id}-${randomBytes(8).toString("hex")}.jsonl`;
  const handle = await open(join(folder, file), "w");
  const job: Job = {
    id,
    context: { ...context, isBulk: true },
    handle,
    reading: [],
    isGrouped: Number(row["grouped"]) === 1,
    objects: 0,
    roots: 0,
    bytes: 0,
  };
  let failure: BulkFailure["code"] | null = null;
  try {
    if (statusOf(job) === "RUNNING") await walkAll(job, services.engine(), parse(String(row["query"])), run);
  } catch (error) {
    if (!(error instanceof BulkFailure)) throw error;
    failure = error.code;
  } finally {
    await handle.close();
  }
  finish(job, file, failure);
  services.announce(context.shop, "bulk_operations/finish", {
    admin_graphql_api_id: gid("BulkOperation", String(id)),
    status: statusOf(job).toLowerCase(),
    error_code: failure?.toLowerCase() ?? null,
    type: "query",
  });
}
