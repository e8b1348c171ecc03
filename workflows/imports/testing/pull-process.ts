/** For tests: one sync of a datasource of costs, in a process of its own as a worker is, and what memory that took. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import { openDatabase, runId } from "@headwater/db";
import { limitsFor } from "../../costs/limits.ts";
import { syncOnce } from "../../load/sync-once.ts";
import type { DatasourceRef } from "../../load/contract.ts";
import { offline } from "./offline.ts";

export interface PullAsk {
  readonly workerUrl: string;
  readonly privateKey: string;
  readonly uploadsFolder: string;
  readonly ref: DatasourceRef;
  readonly n: number;
  /** Which host a server of the test stands in for, and where that listens. */
  readonly host: string;
  readonly origin: string;
  readonly megabytesMost: number;
}

const ask: PullAsk = JSON.parse(process.argv[2] ?? "{}");
const worker = openDatabase({ url: ask.workerUrl, max: 4, name: "pull test" });
const outbound = makeOutbound({ routes: new Map([[ask.host, new URL(ask.origin)]]) });
const deps = {
  ...offline({
    sql: worker.sql,
    vaultPrivateKey: ask.privateKey,
    uploadsFolder: ask.uploadsFolder,
    workerId: "pull",
  }),
  connectorOf: connectorFor,
  outbound,
  costLimits: limitsFor(ask.megabytesMost),
};
const run = { ...ask.ref, runId: runId(ask.ref.datasourceId, "sync", ask.n), kind: "sync" as const, n: ask.n };
const { kind } = await syncOnce(deps, run, { signal: new AbortController().signal, heartbeat: () => undefined });
console.log(JSON.stringify({ kind, megabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
await outbound.close();
await worker.close();
