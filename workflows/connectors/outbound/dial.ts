// A connection for what is no HTTP, guarded as the client is: the name looked up once, every address checked, the socket
// pinned to them. Only a stand-in that PROVIDER_ROUTES names with `sftp:` may be on this machine.
import { connect, type Socket } from "node:net";
import { checkedHost, isGlobalUnicast, refusal, type Resolver } from "./address.ts";
import { networkFailure } from "./answer.ts";
import { cutShort } from "./body.ts";
import { guardedLookup, systemResolver } from "./lookup.ts";
import { routeFor, type ProviderRoutes } from "./routes.ts";

const CONNECT_MS = 10_000;
const STAND_IN_PORT = 22;

export type Dialled = { readonly host: string; readonly port: number; readonly signal: AbortSignal };
/** Throws a `SourceFailure`: transient (network, time), invalid_request (an address that we refuse). */
export type Dial = (to: Dialled) => Promise<Socket>;

export type DialOptions = {
  readonly routes?: ProviderRoutes;
  readonly resolve?: Resolver;
  readonly connectMs?: number;
};

export function makeDial(options: DialOptions = {}): Dial {
  const routes = options.routes ?? new Map<string, URL>();
  const lookup = guardedLookup(options.resolve ?? systemResolver);
  const connectMs = options.connectMs ?? CONNECT_MS;
  return async ({ host, port, signal }) => {
    const name = checkedHost(host);
    const route = routeFor(routes, name);
    if (route?.protocol === "sftp:") {
      const origin = { host: route.hostname, port: route.port === "" ? STAND_IN_PORT : Number(route.port) };
      return opened(connect(origin), connectMs, signal);
    }
    const socket = await opened(connect({ host: name, port, lookup }), connectMs, signal);
    // A literal never passes the look-up, so the socket itself is asked as well.
    if (isGlobalUnicast(socket.remoteAddress ?? "")) return socket;
    socket.destroy();
    throw refusal("privateAddress", "The connection ended at a private address");
  };
}

/** Connected, looked up included, within the time; else destroyed. */
function opened(socket: Socket, connectMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      socket.off("error", fail).off("close", closed);
    };
    const fail = (error: unknown) => {
      end();
      socket.on("error", () => undefined).destroy();
      reject(signal.aborted ? signal.reason : networkFailure(error));
    };
    const closed = () => fail(cutShort("network", "The connection was closed before it stood"));
    const stop = () => fail(signal.reason);
    const timer = setTimeout(() => fail(cutShort("connectTimeout", `No connection within ${connectMs} ms`)), connectMs);
    signal.addEventListener("abort", stop, { once: true });
    socket.once("error", fail).once("close", closed);
    socket.once("connect", () => {
      end();
      socket.setNoDelay(true);
      resolve(socket);
    });
    if (signal.aborted) stop();
  });
}
