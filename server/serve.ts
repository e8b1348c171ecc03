/** The API process as one thing that starts and stops: what main.ts runs, and what tests start on a port of their own. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import { join } from "node:path";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import { openDatabase } from "@headwater/db";
import { connectLazily, converterFor, createRinger, limitsFor } from "@headwater/workflows/client.ts";
import type { Ringer } from "@headwater/workflows/client.ts";
import { loadClientConnectConfig } from "@temporalio/envconfig";
import { makeRates } from "./access/rates.ts";
import type { ServerConfig } from "./config.ts";
import type { Answering } from "./graphql/answer.ts";
import type { Services } from "./graphql/context.ts";
import { makeGraphqlHttp } from "./graphql/http.ts";
import { readDocuments } from "./graphql/persisted.ts";
import { makePrepare } from "./graphql/prepare.ts";
import { LIMITS } from "./graphql/limits.ts";
import { schema } from "./graphql/schema.ts";
import { addressReader } from "./http/exchange.ts";
import { giveSignsOfLife, makeMetrics } from "./http/health.ts";
import type { Metrics } from "./http/health.ts";
import type { Log } from "./log.ts";
import { makeRouter } from "./http/router.ts";
import { staticApp } from "./http/static-app.ts";
import { openEar } from "./live/ear.ts";
import { openEventStreams } from "./live/events.ts";
import { Hub } from "./live/hub.ts";
import { openSockets } from "./live/sockets.ts";
import type { Sockets } from "./live/sockets.ts";
import { openWatch } from "./live/watch.ts";
import { makeAuth } from "./signin/auth.ts";
import { keepForgetting, SIGN_UPS } from "./signin/throttle.ts";

const VERSION = "0.1.0";
const DRAIN_MS = 25_000;
/** A file comes slowly over a slow line, a very large one at a megabyte a second; every other body is held to seconds by the router. */
const longestRequestMs = ({ costFileMegabytes }: ServerConfig) => Math.max(15 * 60_000, costFileMegabytes * 1_000);
const IDLE_LOOK_MS = 50;

export interface ServeOptions {
  readonly config: ServerConfig;
  readonly log: Log;
  /** Tests count rings and stand in for providers' addresses. */
  readonly ringer?: Ringer;
  readonly outbound?: Outbound;
  readonly clock?: () => Date;
  readonly signUpsMost?: number;
  readonly executionMs?: number;
}

export interface Serving {
  readonly url: string;
  readonly services: Services;
  readonly hub: Hub;
  readonly metrics: Metrics;
  /** No new connections; what is under way ends within 30 s; subscribers are told to come back. */
  stop(): Promise<void>;
}

export async function serve({ config, log, ...given }: ServeOptions): Promise<Serving> {
  const server = createServer({
    requestTimeout: longestRequestMs(config),
    headersTimeout: 15_000,
    keepAliveTimeout: 60_000,
  });
  const port = await listen(server, config);
  const services = servicesFor(config, log, config.publicUrl ?? `http://${config.host}:${port}`, given);
  const { db, publicUrl } = services;
  const prepare = makePrepare({ schema, documents: readDocuments(config.webDist) });
  const answering: Answering = { services, prepare };
  const hub = new Hub();
  const metrics = makeMetrics(() => hub.counts().groups);
  const live = { answering, hub, metrics, byCaller: new Map<string, number>() };
  const sockets = openSockets(live);
  const streams = openEventStreams(live);
  const ear = openEar({
    url: config.databaseUrl,
    log,
    onChange: (organisation, datasource) => hub.changed(organisation, datasource),
    onBack: () => void hub.rereadAll(),
  });
  const watch = openWatch(services, hub, () => [...sockets.connections, ...streams.streams]);
  const signs = giveSignsOfLife(db, log, VERSION);
  const forgetting = keepForgetting(db, log, services.clock);
  const draining = { isDraining: false };
  server.on(
    "request",
    makeRouter({
      services,
      db,
      auth: makeAuth({ db, publicUrl, secret: config.secret }),
      publicUrl,
      addressOf: services.addressOf,
      secret: config.secret,
      vaultPublicKey: config.vaultPublicKey,
      mailbox: config.isEmbedded ? "/mailbox" : null,
      signUpsMost: given.signUpsMost ?? SIGN_UPS,
      clock: services.clock,
      graphql: makeGraphqlHttp(answering, streams),
      app: staticApp(config.webDist),
      metrics,
      isDraining: () => draining.isDraining,
    }),
  );
  server.on("upgrade", (request, socket, head) => {
    if (request.url?.split("?")[0] === "/graphql" && !draining.isDraining) sockets.upgrade(request, socket, head);
    else socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  });
  return {
    url: `http://${config.host}:${port}`,
    services,
    hub,
    metrics,
    stop: async () => {
      draining.isDraining = true;
      watch.close();
      forgetting.close();
      hub.end();
      await closeServer(server, sockets);
      await ear.close();
      await signs.end();
      await services.outbound.close();
      await db.close();
    },
  };
}

/** Longer than any statement may take. */
const SILENCE_BEYOND_MS = 5_000;

async function listen(server: Server, { host, port }: ServerConfig): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

function servicesFor(
  config: ServerConfig,
  log: Log,
  publicUrl: string,
  given: Pick<ServeOptions, "ringer" | "outbound" | "clock" | "executionMs">,
): Services {
  const executionMs = given.executionMs ?? LIMITS.executionMs;
  return {
    executionMs,
    db: openDatabase({
      url: config.databaseUrl,
      max: config.databaseConnections,
      name: "headwater api",
      silenceMs: executionMs + SILENCE_BEYOND_MS,
      statementMs: executionMs,
    }),
    ringer: given.ringer ?? ringerFor(config),
    outbound: given.outbound ?? makeOutbound({ routes: config.providerRoutes }),
    appOf: (platform) => config.apps.get(platform) ?? null,
    vaultPublicKey: config.vaultPublicKey,
    publicUrl,
    uploadsFolder: join(config.dataDir, "uploads"),
    costFileBytes: limitsFor(config.costFileMegabytes).rawBytes,
    isEmbedded: config.isEmbedded,
    supportUrl: config.supportUrl,
    secret: config.secret,
    addressOf: addressReader(config.trustedProxies),
    rates: makeRates(),
    clock: given.clock ?? (() => new Date()),
    log,
  };
}

/** No new connections; what is under way may end; what does not end in time is cut. */
async function closeServer(server: Server, sockets: Sockets): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await sockets.close();
  // A browser keeps its connection open after its last answer: it would hold the stop for as long as it likes.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(late);
}

/** Connects at the first ring: this process starts, and answers, without Temporal. */
function ringerFor({ temporalEnvironment, temporalNamespace, payloadKeys }: ServerConfig): Ringer {
  const { connectionOptions } = loadClientConnectConfig({ overrideEnvVars: { ...temporalEnvironment } });
  const way = { connection: connectionOptions, namespace: temporalNamespace };
  return createRinger(connectLazily({ ...way, dataConverter: converterFor(payloadKeys) }));
}
