/** For tests: a whole API process over a real database, people and organisations in it, and clients over real HTTP and sockets. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { makeVaultKeys, openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { Ringer, RingTarget } from "@headwater/workflows/client.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { ServerConfig } from "../config.ts";
import type { Log } from "../log.ts";
import { dayIn } from "../reading/days.ts";
import { serve } from "../serve.ts";
import type { Serving } from "../serve.ts";

export const PASSWORD = "correct horse battery 7";

export interface Rung extends RingTarget {
  readonly version: number;
}

export interface TestApi {
  readonly url: string;
  readonly serving: Serving;
  /** Superuser: for arranging and for looking past organisations. */
  readonly owner: Database;
  readonly rings: Rung[];
  readonly privateKey: string;
  readonly uploadsFolder: string;
  readonly databaseUrls: { readonly apiUrl: string; readonly workerUrl: string; readonly ownerUrl: string };
  readonly clock: { now: Date };
  close(): Promise<void>;
}

export interface ApiOptions {
  readonly outbound?: Outbound;
  readonly log?: Log;
  readonly isEmbedded?: boolean;
  /** Where nothing rings: Temporal is down. */
  readonly ringer?: Ringer;
  readonly webDist?: string;
  readonly publicUrl?: string;
  readonly databaseConnections?: number;
  readonly executionMs?: number;
  readonly costFileMegabytes?: number;
  readonly trustedProxies?: readonly string[];
  /** Ours at other platforms than Shopify. */
  readonly apps?: ServerConfig["apps"];
  /** A test cuts days in this zone: its midnight does not come in the middle of it. */
  readonly daysIn?: string;
}

/** Only what somebody must look at: a test that passes prints nothing. */
const printing: Log = {
  info: () => {},
  warn: () => {},
  error: (event, facts) => process.stderr.write(`${event} ${JSON.stringify(facts)}\n`),
};

/** Nothing leaves the process in a test that was not asked to. */
const closedDoor: Outbound = {
  send: () => Promise.reject(new Error("a test called out")),
  browserAddress: (address) => `http://sandbox.invalid/~/${address.host}${address.pathname}${address.search}`,
  close: () => Promise.resolve(),
};

export async function startApi(adminUrl: string, options: ApiOptions = {}): Promise<TestApi> {
  const database = await createTestDatabase(adminUrl);
  const keys = makeVaultKeys();
  const dataDir = mkdtempSync(join(tmpdir(), "headwater-api-"));
  const rings: Rung[] = [];
  const startedAt = Date.now();
  const clock = { now: new Date(startedAt - (options.daysIn === undefined ? 0 : behindMs(options.daysIn))) };
  const counting: Ringer = {
    ring: (target, version) => {
      rings.push({ ...target, version });
      return Promise.resolve();
    },
  };
  const owner = openDatabase({ url: database.ownerUrl, max: 4, name: "test owner" });
  await letWait(owner);
  const serving = await serve({
    config: configFor(database.apiUrl, keys.publicKey, options, dataDir),
    log: options.log ?? printing,
    ringer: options.ringer ?? counting,
    outbound: options.outbound ?? closedDoor,
    signUpsMost: 10_000,
    executionMs: options.executionMs ?? PATIENCE_MS,
    // Runs on by itself from wherever a test has set it.
    clock: () => new Date(clock.now.getTime() + (Date.now() - startedAt)),
  });
  return {
    url: serving.url,
    serving,
    owner,
    rings,
    privateKey: keys.privateKey,
    uploadsFolder: join(dataDir, "uploads"),
    databaseUrls: database,
    clock,
    close: async () => {
      await serving.stop();
      await owner.close();
      await database.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Twenty who write to one row at once wait for each other, on a busy machine for long. What the limits are is told by tests of their own. */
const PATIENCE_MS = 60_000;
const letWait = ({ sql }: Database) =>
  sql.unsafe(`do $$ begin
    execute format('alter role headwater_api in database %I set lock_timeout = 0', current_database());
    execute format('alter role headwater_api in database %I set idle_in_transaction_session_timeout = 0', current_database());
    execute format('alter role headwater_api in database %I set statement_timeout = 0', current_database()); end $$`);

/** Longer than any test takes. */
const AWAY_MS = 15 * 60_000;
/** Where midnight is near, a test lives a little earlier. */
const behindMs = (zone: string, now = Date.now()): number =>
  dayIn(new Date(now), zone) === dayIn(new Date(now + AWAY_MS), zone) ? 0 : AWAY_MS;

function configFor(databaseUrl: string, vaultPublicKey: string, options: ApiOptions, dataDir: string): ServerConfig {
  return {
    databaseUrl,
    databaseConnections: options.databaseConnections ?? 12,
    port: 0,
    host: "127.0.0.1",
    publicUrl: options.publicUrl ?? null,
    secret: randomBytes(32).toString("hex"),
    vaultPublicKey,
    providerRoutes: new Map(),
    webDist: options.webDist ?? null,
    trustedProxies: options.trustedProxies ?? [],
    supportUrl: "mailto:support@headwater.example",
    isEmbedded: options.isEmbedded ?? true,
    isProduction: false,
    temporalNamespace: "headwater",
    temporalEnvironment: {},
    payloadKeys: null,
    dataDir,
    costFileMegabytes: options.costFileMegabytes ?? 20,
    starterPid: null,
    apps: new Map([["shopify", { clientId: "test-client", clientSecret: "test-secret" }], ...(options.apps ?? [])]),
  };
}
