// The guarded client: https only, the address checked and the socket pinned to it, redirects off, size and time capped.
import { Agent, buildConnector, type Dispatcher } from "undici";
import { checkedUrl, isGlobalUnicast, refusal, type Resolver } from "./address.ts";
import { answerOf, networkFailure } from "./answer.ts";
import type { Answer, Outbound, OutboundRequest } from "./outbound.ts";
import { startDeadline } from "./deadline.ts";
import { guardedLookup, systemResolver } from "./lookup.ts";
import { browserAddress, ownAddress, routeFor, type ProviderRoutes } from "./routes.ts";

const CONNECT_MS = 10_000;
const IDLE_MS = 30_000;
const TOTAL_MS = 60_000;
const BYTES_MAX = 64 * 1024 * 1024;

export type OutboundOptions = {
  readonly routes?: ProviderRoutes;
  readonly resolve?: Resolver;
  /** Ports that may be reached besides 443. */
  readonly ports?: readonly number[];
  readonly idleMs?: number;
  /** Open sockets to one place. */
  readonly socketsPerOrigin?: number;
  readonly userAgent?: string;
};

export function makeOutbound(options: OutboundOptions = {}): Outbound {
  const routes = options.routes ?? new Map<string, URL>();
  const ports = [443, ...(options.ports ?? [])];
  const guarded = guardedAgent(options);
  const standIns = new Agent(agentTimes(options)); // only ever given the origins of PROVIDER_ROUTES

  async function send(request: OutboundRequest): Promise<Answer> {
    const own = ownAddress(routes, request.url, request.hosts);
    const url = own ?? checkedUrl(request.url, { hosts: request.hosts, ports });
    const route = own ?? routeFor(routes, url.hostname);
    const deadline = startDeadline(request.totalMs ?? TOTAL_MS, request.signal, networkFailure);
    try {
      const arrived = await (route === null ? guarded : standIns).request({
        origin: route?.origin ?? url.origin,
        path: url.pathname + url.search,
        method: request.method,
        headers: headersFor(request, url, options.userAgent ?? "Headwater/1.0"),
        body: request.body ?? null,
        signal: deadline.signal,
      });
      const { statusCode: status, headers, body } = arrived;
      return answerOf({ status, headers: joined(headers), body, bytesMax: request.bytesMax ?? BYTES_MAX, deadline });
    } catch (error) {
      deadline.done();
      throw deadline.explain(error);
    }
  }

  return {
    send,
    browserAddress: (address) => browserAddress(routes, address),
    close: async () => {
      await Promise.all([guarded.destroy(), standIns.destroy()]);
    },
  };
}

function agentTimes(options: OutboundOptions): Agent.Options {
  const idleMs = options.idleMs ?? IDLE_MS;
  return { headersTimeout: idleMs, bodyTimeout: idleMs, connections: options.socketsPerOrigin ?? 16, allowH2: false };
}

/** Looks a name up once for each socket, refuses it unless all is well, and hands the checked addresses to the socket. */
function guardedAgent(options: OutboundOptions): Agent {
  const lookup = guardedLookup(options.resolve ?? systemResolver);
  const connect = buildConnector({ timeout: CONNECT_MS, allowH2: false, lookup });
  return new Agent({
    ...agentTimes(options),
    connect: (target, done) =>
      connect(target, (error, socket) => {
        if (error !== null) return done(error, null);
        // A literal never passes the look-up above, so the socket itself is asked as well.
        if (isGlobalUnicast(socket.remoteAddress ?? "")) return done(null, socket);
        socket.destroy();
        return done(refusal("privateAddress", "The connection ended at a private address"), null);
      }),
  });
}

function headersFor(request: OutboundRequest, url: URL, userAgent: string): Record<string, string> {
  return {
    accept: "application/json",
    "accept-encoding": "gzip, br, deflate",
    "user-agent": userAgent,
    ...request.headers,
    host: url.host,
  };
}

function joined(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value] as const],
  );
  return Object.fromEntries(entries);
}
