/** Puts a worker's parts together from its settings: the one place where engine, load path and connectors meet. */
import { connect } from "node:net";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { Connector, Stream } from "@headwater/connectors/contract.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import postgres from "postgres";
import { BUDGET } from "../lifecycle/budget.ts";
import type { PlatformRules, WorkDeps } from "../activities/deps.ts";
import type { StreamRule } from "../lifecycle/windows.ts";
import type { LoadDeps } from "../load/contract.ts";
import { loadPath } from "../load/load-path.ts";
import type { SourceLog } from "../source/contract.ts";
import type { Logger } from "pino";
import type { Frame } from "./process.ts";

export interface Parts {
  readonly deps: WorkDeps;
  close(): Promise<void>;
}

export function assemble(frame: Frame): Parts {
  const { config, db } = frame;
  const log = sourceLog(frame.log);
  const outbound = makeOutbound({ routes: config.providerRoutes });
  const sql = loadClient(config.databaseUrl);
  const loadDeps: LoadDeps = {
    sql,
    connectorOf: connectorFor,
    appOf: (platform) => {
      const client = config.clients[platform];
      return client === undefined ? null : { ...client, redirectUri: `${config.publicUrl}/oauth/${platform}/callback` };
    },
    outbound,
    vaultPrivateKey: config.vaultPrivateKey,
    workerId: frame.id,
    log,
  };
  return {
    deps: { db, log, load: loadPath, loadDeps, platformRules, budget: BUDGET },
    async close() {
      await outbound.close();
      await sql.end({ timeout: 5 });
    },
  };
}

export const sourceLog = (log: Logger): SourceLog => ({
  info: (event, facts) => log.info(facts ?? {}, event),
  warn: (event, facts) => log.warn(facts ?? {}, event),
  error: (event, facts) => log.error(facts ?? {}, event),
});

/** Apart from the one that drizzle stands on, for drizzle changes how times are read. */
function loadClient(url: string) {
  const options = {
    max: 24,
    onnotice: () => {},
    connection: { application_name: "headwater load path" },
    socket: withoutDelay, // the driver takes it; its types do not know it
  };
  return postgres(url, options);
}

const withoutDelay = ({ host, port }: { host: string[]; port: number[] }) =>
  connect({ host: host[0] ?? "localhost", port: port[0] ?? 5432, noDelay: true });

const none: PlatformRules = { manyAccounts: false, daily: {}, concurrency: 1, streams: [] };

/** What the engine has to know of a platform is what its connector declares. */
export function platformRules(platform: string): PlatformRules {
  const connector = connectorFor(platform);
  return connector === null ? none : rulesOf(connector);
}

export const rulesOf = (connector: Connector): PlatformRules => ({
  manyAccounts: connector.account.reaches === "many",
  concurrency: connector.rate.concurrency,
  daily: {
    reread: 1,
    ...(connector.streams.some((stream) => stream.ids !== undefined) ? { sweep: 1 } : {}),
    ...(connector.reconcile === undefined ? {} : { spotCheck: 1 }),
  },
  streams: connector.streams.filter((stream) => stream.carriedBy === undefined).map(ruleOf),
});

const DAY_MS = 86_400_000;

const ruleOf = ({ name, needs, window }: Stream): StreamRule => ({
  name,
  needs,
  isSnapshot: window.history === "snapshot",
  longestDays: window.longestMs === null ? null : Math.max(1, Math.floor(window.longestMs / DAY_MS)),
});
