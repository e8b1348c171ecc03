/** One organisation with one connected datasource in a fresh database, and the dependencies to load into it. */
import type { RunKind } from "@headwater/db/schema/values.ts";
import type { Connector } from "@headwater/connectors/contract.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import {
  accountId,
  credentialId,
  datasourceId,
  grantId,
  makeVaultKeys,
  openDatabase,
  organisationId,
  runId,
  seal,
  sliceId,
} from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import { randomUUID } from "node:crypto";
import postgres, { type Sql } from "postgres";
import type { LoadDeps, PlannedSlice, RunRef, SliceRef, WorkOptions } from "../contract.ts";
import { planRun } from "../plan-run.ts";

export interface Rig {
  deps: LoadDeps;
  /** Superuser: sees everything. */
  owner: Sql;
  workerUrl: string;
  ref: {
    organisationId: ReturnType<typeof organisationId>;
    datasourceId: ReturnType<typeof datasourceId>;
    generation: number;
  };
  accountId: ReturnType<typeof accountId>;
  grantId: ReturnType<typeof grantId>;
  /** Everything sent to Postgres since the test emptied it, BEGIN and COMMIT included. */
  statements: string[];
  use(connector: Connector): void;
  run(kind: RunKind, n?: number): RunRef;
  /** Plans a run of one window over everything and gives its slice. */
  slice(kind?: RunKind, n?: number, window?: { from: string; to: string }): Promise<SliceRef>;
  close(): Promise<void>;
}

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

const noOutbound: Outbound = {
  send: () => Promise.reject(new Error("this rig has no network")),
  browserAddress: (address) => address.href,
  close: () => Promise.resolve(),
};

export const options = (more: Partial<WorkOptions> = {}): WorkOptions => ({
  signal: new AbortController().signal,
  heartbeat: () => undefined,
  ...more,
});

export interface RigOptions {
  zone?: string;
  currency?: string;
  outbound?: Outbound;
  accessExpiresAt?: Date | null;
  /** What the login is at the source, and what it is shown with. */
  login?: { key: string; credential: Record<string, string> };
}

export async function makeRig(adminUrl: string, connector: Connector, rig: RigOptions = {}): Promise<Rig> {
  const database = await createTestDatabase(adminUrl);
  const owner = postgres(database.ownerUrl, { max: 2, onnotice: () => undefined });
  const worker = openDatabase({ url: database.workerUrl, max: 12, name: "load test" });
  const keys = makeVaultKeys();
  const statements: string[] = [];
  // Read by the driver when it connects, which it has not yet.
  Object.assign(worker.sql.options, {
    debug: (_connection: number, text: string) => statements.push(...text.split(/;\s+/)),
  });
  let current = connector;
  const deps: LoadDeps = {
    sql: worker.sql,
    connectorOf: (platform) => (platform === "shopify" ? current : null),
    appOf: () => ({ clientId: "client", clientSecret: "secret", redirectUri: "http://127.0.0.1/callback" }),
    outbound: rig.outbound ?? noOutbound,
    vaultPrivateKey: keys.privateKey,
    workerId: `test-${randomUUID()}`,
    log: silent,
    pace: 0.001,
  };
  const ids = {
    organisationId: organisationId(randomUUID()),
    datasourceId: datasourceId(randomUUID()),
    accountId: accountId(randomUUID()),
    grantId: grantId(randomUUID()),
    credentialId: credentialId(randomUUID()),
  };
  const sealed = seal(keys.publicKey, ids, rig.login?.credential ?? { access: "access-1", refresh: "refresh-1" });
  await owner.begin(async (tx) => {
    await tx`insert into organisations (id, slug, name, zone, currency) values (${ids.organisationId}, ${`o-${ids.organisationId}`}, 'Rig', 'UTC', 'EUR')`;
    await tx`insert into accounts (organisation_id, id, platform, external_id, name, currency, zone)
      values (${ids.organisationId}, ${ids.accountId}, 'shopify', ${`shop-${ids.accountId}`}, 'Shop', ${rig.currency ?? "EUR"}, ${rig.zone ?? "UTC"})`;
    await tx`insert into grants (organisation_id, id, platform, login_key, credential_id, scopes, version, access_expires_at)
      values (${ids.organisationId}, ${ids.grantId}, 'shopify', ${rig.login?.key ?? `${ids.grantId}.test`}, ${ids.credentialId}, '{read_orders}', 1, ${rig.accessExpiresAt ?? null})`;
    await tx`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id, last_used_at)
      values (${ids.organisationId}, ${ids.credentialId}, ${ids.grantId}, 1, ${sealed.sealed}, ${sealed.wrappedKey}, ${sealed.keyId}, now())`;
    await tx`insert into datasources (organisation_id, id, platform, grant_id, account_id, name, phase, auth)
      values (${ids.organisationId}, ${ids.datasourceId}, 'shopify', ${ids.grantId}, ${ids.accountId}, 'Shop', 'LIVE', 'ok')`;
  });
  const ref = { organisationId: ids.organisationId, datasourceId: ids.datasourceId, generation: 0 };
  const run = (kind: RunKind, n = 1): RunRef => ({ ...ref, kind, n, runId: runId(ids.datasourceId, kind, n) });
  return {
    deps,
    owner,
    workerUrl: database.workerUrl,
    ref,
    statements,
    accountId: ids.accountId,
    grantId: ids.grantId,
    use: (next) => {
      current = next;
    },
    run,
    slice: async (kind = "backfill", n = 1, window = { from: "2024-01-01T00:00:00Z", to: "2027-01-01T00:00:00Z" }) => {
      const planned = await planRun(deps, run(kind, n), [{ stream: "orders", ...window, position: 0 }]);
      return { ...run(kind, n), sliceId: firstOf(planned).sliceId };
    },
    close: async () => {
      await worker.close();
      await owner.end();
      await database.close();
    },
  };
}

function firstOf(planned: readonly PlannedSlice[]): PlannedSlice {
  const [slice] = planned;
  if (slice === undefined) throw new Error("nothing was planned");
  return { ...slice, sliceId: sliceId(slice.sliceId) };
}
