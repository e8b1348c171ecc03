/** Puts a worker's parts together from its settings: the one place where engine, load path and connectors meet. */
import { isNative } from "@headwater/connectors/authorization.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { Connector, Stream } from "@headwater/connectors/contract.ts";
import { makeDial } from "@headwater/connectors/outbound/dial.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import { openDatabase } from "@headwater/db";
import { join } from "node:path";
import { limitsFor } from "../costs/limits.ts";
import { BUDGET } from "../lifecycle/budget.ts";
import type { PlatformRules, WorkDeps } from "../activities/deps.ts";
import type { StreamRule } from "../lifecycle/windows.ts";
import { loadRef } from "../activities/refs.ts";
import type { LoadDeps } from "../load/contract.ts";
import { loadPath } from "../load/load-path.ts";
import type { SourceLog } from "../source/contract.ts";
import { watchVault } from "../source/vault-watch.ts";
import type { Logger } from "pino";
import { DATABASE_SILENCE_MS } from "./config.ts";
import type { WorkerConfig } from "./config.ts";
import type { Frame } from "./process.ts";
import type { WebhookDeps } from "./webhooks.ts";

export interface Parts {
  readonly deps: WorkDeps;
  close(): Promise<void>;
}

export function assemble(frame: Frame): Parts {
  const { config, db } = frame;
  const log = sourceLog(frame.log);
  const outbound = makeOutbound({ routes: config.providerRoutes });
  /** A pool of its own: a batch that waits for a connection never waits behind a sweep. */
  const loadPool = openDatabase({
    url: config.databaseUrl,
    max: 24,
    name: "headwater load path",
    silenceMs: DATABASE_SILENCE_MS,
  });
  const loadDeps = loadDepsOf(config, {
    sql: loadPool.sql,
    outbound,
    dial: makeDial({ routes: config.providerRoutes }),
    vaultWatch: watchVault({
      sql: loadPool.sql,
      log,
      workerId: frame.id,
      count: (outcome) => frame.telemetry.vaultOpens.inc({ outcome }),
    }),
    workerId: frame.id,
    log,
  });
  return {
    deps: { db, log, load: loadPath, loadDeps, platformRules, budget: BUDGET },
    async close() {
      await outbound.close();
      await loadPool.close();
    },
  };
}

export const loadDepsOf = (
  config: WorkerConfig,
  own: Pick<LoadDeps, "sql" | "outbound" | "dial" | "workerId" | "log"> & Required<Pick<LoadDeps, "vaultWatch">>,
): LoadDeps => ({
  ...own,
  connectorOf: connectorFor,
  appOf: (platform) => {
    const client = config.clients[platform];
    return client === undefined ? null : { ...client, redirectUri: `${config.publicUrl}/oauth/${platform}/callback` };
  },
  webhookAddressOf: (platform) => `${config.publicUrl}/webhooks/${platform}`,
  vaultPrivateKey: config.vaultPrivateKey,
  uploadsFolder: join(config.dataDir, "uploads"),
  costLimits: limitsFor(config.costFileMegabytes),
});

/** Privacy requests are read by the connector and carried out by the load path. */
export const webhookDeps = ({ db, log, load, loadDeps }: WorkDeps): WebhookDeps => ({
  db,
  log,
  subjectOf: (platform, body) => connectorFor(platform)?.webhooks?.subject?.(body) ?? null,
  async eraseCustomer(ref, { customerId, orderIds }) {
    await load.eraseCustomer(loadDeps, loadRef(ref), { customerId, orderIds: [...orderIds] });
  },
});

export const sourceLog = (log: Logger): SourceLog => ({
  info: (event, facts) => log.info(facts ?? {}, event),
  warn: (event, facts) => log.warn(facts ?? {}, event),
  error: (event, facts) => log.error(facts ?? {}, event),
});

const none: PlatformRules = { manyAccounts: false, daily: {}, concurrency: 1, streams: [] };

/** What the engine has to know of a platform is what its connector declares. */
export function platformRules(platform: string): PlatformRules {
  const connector = connectorFor(platform);
  return connector === null ? none : rulesOf(connector);
}

export const rulesOf = (connector: Connector): PlatformRules => ({
  manyAccounts: connector.account.reaches === "many",
  ...(isNative(connector) ? { isNative: true } : {}),
  concurrency: connector.rate.concurrency,
  daily:
    connector.streams.length === 0
      ? {}
      : {
          reread: 1,
          ...(connector.streams.some((stream) => stream.ids !== undefined) ? { sweep: 1 } : {}),
          ...(connector.reconcile === undefined ? {} : { spotCheck: 1 }),
          ...refreshOf(connector),
        },
  webhooks: connector.webhooks !== undefined,
  streams: connector.streams
    .filter((stream) => stream.carriedBy === undefined)
    .map((stream) => ruleOf(stream, connector.streams)),
});

/** As often as the stream that asks for it most often. */
function refreshOf({ streams }: Connector): { refresh?: number } {
  const nights = streams.flatMap(({ window }) => (window.refresh === undefined ? [] : [window.refresh.everyDays]));
  return nights.length === 0 ? {} : { refresh: Math.min(...nights) };
}

const DAY_MS = 86_400_000;

const ruleOf = ({ name, needs, window }: Stream, all: readonly Stream[]): StreamRule => ({
  name,
  carries: all.filter(({ carriedBy }) => carriedBy === name).map((carried) => carried.name),
  needs,
  isSnapshot: window.history === "snapshot",
  longestDays: window.longestMs === null ? null : Math.max(1, Math.floor(window.longestMs / DAY_MS)),
});
