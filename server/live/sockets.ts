/** The `graphql-transport-ws` socket: graphql-ws keeps the protocol, groups write the frames. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { OperationTypeNode } from "graphql";
import type { ExecutionArgs, ExecutionResult } from "graphql";
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, makeServer, MessageType } from "graphql-ws";
import type { Server as GraphqlServer, SubscribePayload } from "graphql-ws";
import { WebSocketServer } from "ws";
import type { RawData, WebSocket } from "ws";
import { identify } from "../access/identify.ts";
import type { Caller } from "../access/caller.ts";
import { admit, answer } from "../graphql/answer.ts";
import type { Asking } from "../graphql/operation.ts";
import { mask } from "../graphql/mask.ts";
import { isOurs } from "../http/auth-routes.ts";
import { again } from "../http/again.ts";
import { header } from "../http/exchange.ts";
import { errorFacts } from "../log.ts";
import { isLocale } from "../words/catalog.ts";
import { makeIds, wireId } from "./ids.ts";
import type { Ids } from "./ids.ts";
import { BACKLOG_MOST } from "./member.ts";
import type { EndReason, Member } from "./member.ts";
import { callerKey, subscribe } from "./subscribe.ts";
import type { Live } from "./subscribe.ts";
import type { Listening, SessionEnd } from "./watch.ts";

const MESSAGE_MOST = 100_000;
/** A socket costs memory and an open file even where nobody listens on it. */
export const SOCKETS_MOST_PER_CALLER = 100;
const TERMINATE_AFTER_MS = 2000;
const BEAT_MS = 15_000;

/** Its client comes back by itself for all of these but 4401, at which it gives up: someone must sign in again. */
const CLOSE: Readonly<Record<EndReason, { code: number; text: string }>> = {
  slow: { code: 1013, text: "too slow" },
  revoked: { code: 4401, text: "revoked" },
  shutdown: { code: 1012, text: "restarting" },
  failed: { code: 1013, text: "try again" },
};

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Every connection, its caller, and how to end it. */
  readonly connections: Iterable<Listening>;
  close(): Promise<void>;
}

interface Extra {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  /** By id of the subscription, which never comes again. */
  readonly places: Map<string, Place>;
  readonly ids: Ids;
  asking: Asking | null;
}

/** Of one subscription; null between its admission and its place in a group. */
interface Place {
  leave: (() => void) | null;
}

type Args = ExecutionArgs & { readonly headwater: () => Promise<AsyncIterable<never> | ExecutionResult> };

export function openSockets(live: Live): Sockets {
  const { services } = live.answering;
  const wss = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_MOST,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const open = new Map<Extra, Listening>();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made by onSubscribe below, and by nothing else
  const run = (args: ExecutionArgs) => (args as Args).headwater();

  const server = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: 5000,
    onConnect: async (ctx) => {
      const { extra } = ctx;
      const asking = await askingOrGone(live, extra, ctx.connectionParams ?? {});
      if (asking === null || isFull(open.values(), asking.caller)) return turnAway(extra, asking);
      extra.asking = asking;
      const { socket } = extra;
      open.set(extra, {
        caller: asking.caller,
        end: (why) => closeSocket(socket, why),
        tellEnd: (end) => socket.send(pingOf(end)),
      });
      return true;
    },
    onSubscribe: async (ctx, id, payload) => {
      const { asking } = ctx.extra;
      if (asking === null) return [];
      return asArgs(live, asking, payload, () => joinGroup(live, ctx.extra, id, payload));
    },
    execute: run,
    subscribe: run,
    onComplete: (ctx, id) => leaveGroup(ctx.extra, id),
    onDisconnect: ({ extra }) => {
      for (const id of extra.places.keys()) leaveGroup(extra, id);
      open.delete(extra);
    },
  });

  const beat = setInterval(() => dropTheDead(wss.clients), BEAT_MS);
  beat.unref();

  wss.on("connection", (socket: WebSocket, request: IncomingMessage) => attach(server, socket, request));

  return {
    connections: { [Symbol.iterator]: () => open.values() },
    upgrade(request, socket, head) {
      if (!isOurs(request, services.publicUrl)) {
        socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        return;
      }
      wss.handleUpgrade(request, socket, head, (ws) => wss.emit("connection", ws, request));
    },
    close: async () => {
      clearInterval(beat);
      for (const socket of wss.clients) closeSocket(socket, "shutdown");
      await new Promise<void>((resolve) => wss.close(() => resolve()));
    },
  };
}

/** The protocol lets a ping carry what it likes, and every client answers one. */
const pingOf = (end: SessionEnd | null): string =>
  JSON.stringify({ type: MessageType.Ping, payload: { sessionEnd: end } });

function isFull(connections: Iterable<Listening>, caller: Caller): boolean {
  const key = callerKey(caller);
  let held = 0;
  for (const connection of connections) if (callerKey(connection.caller) === key) held += 1;
  return held >= SOCKETS_MOST_PER_CALLER;
}

/** Nobody is told by the protocol itself; who has too many is told why. */
function turnAway({ socket }: Extra, asking: Asking | null): false {
  if (asking !== null) socket.close(CloseCode.TooManyInitialisationRequests, "too many sockets");
  return false;
}

const textOf = (data: RawData): string =>
  (Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)).toString("utf8");

/** Lends a socket to the protocol. */
function attach(server: GraphqlServer<Extra>, socket: WebSocket, request: IncomingMessage): void {
  socket.on("pong", () => heard.add(socket));
  heard.add(socket);
  const ids = makeIds();
  const extra: Extra = { socket, request, places: new Map(), ids, asking: null };
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (data) =>
        new Promise((resolve, reject) => {
          const text = ids.said(data);
          if (text === null) resolve();
          else socket.send(text, (error) => (error ? reject(error) : resolve()));
        }),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => {
        socket.on("message", (data) => {
          const heard = ids.heard(textOf(data));
          if ("code" in heard) return socket.close(heard.code, heard.why);
          if (heard.text !== null)
            void handle(heard.text).catch(() => socket.close(CloseCode.InternalServerError, "failed"));
        });
      },
    },
    extra,
  );
  socket.on("error", () => socket.terminate());
  socket.once("close", (code, reason) => void closed(code, String(reason)));
}

/** Sockets that have spoken since the last beat; what has not is gone without a word. */
const heard = new WeakSet<WebSocket>();

function dropTheDead(sockets: Iterable<WebSocket>): void {
  for (const socket of sockets) {
    if (!heard.delete(socket)) socket.terminate();
    else socket.ping();
  }
}

/** The close frame waits behind the backlog: whoever does not read is cut off a little later. */
function closeSocket(socket: WebSocket, why: EndReason): void {
  socket.close(CLOSE[why].code, CLOSE[why].text);
  setTimeout(() => socket.terminate(), TERMINATE_AFTER_MS).unref();
}

/** With the database away its client is told to come back: any other end of a handshake would make it give up. */
async function askingOrGone(
  live: Live,
  extra: Extra,
  params: Readonly<Record<string, unknown>>,
): Promise<Asking | null> {
  try {
    return await again(() => askingOf(live, extra.request, params));
  } catch (error) {
    live.answering.services.log.warn("handshake failed", errorFacts(error));
    closeSocket(extra.socket, "failed");
    return null;
  }
}

async function askingOf(
  { answering }: Live,
  request: IncomingMessage,
  params: Readonly<Record<string, unknown>>,
): Promise<Asking | null> {
  const { services } = answering;
  const text = (name: string): string | null => (typeof params[name] === "string" ? params[name] : null);
  const token = text("token");
  const address = services.addressOf(request);
  const caller = await identify(services, {
    cookie: token === null ? header(request, "cookie") : undefined,
    authorization: token === null ? header(request, "authorization") : `Bearer ${token}`,
    organisation: text("organisation"),
    address,
  });
  const locale = text("locale") ?? text("language");
  return caller.kind === "nobody"
    ? null
    : {
        caller,
        visitor: { address, userAgent: header(request, "user-agent") ?? null, browser: null },
        locale: isLocale(locale) ? locale : "en",
      };
}

function asArgs(
  live: Live,
  asking: Asking,
  payload: SubscribePayload,
  join: () => Promise<AsyncIterable<never> | ExecutionResult>,
): Args | (ExecutionResult["errors"] & {}) {
  const prepared = live.answering.prepare(payload, asking.caller);
  if (!prepared.ok) return prepared.errors.map((error) => mask(error, live.answering.services.log));
  const { operation } = prepared;
  const isLive = operation.definition.operation === OperationTypeNode.SUBSCRIPTION;
  return {
    schema: operation.schema,
    document: operation.document,
    operationName: operation.definition.name?.value,
    variableValues: operation.variables,
    headwater: isLive ? join : () => answer(live.answering, asking, payload),
  };
}

async function joinGroup(
  live: Live,
  extra: Extra,
  id: string,
  payload: SubscribePayload,
): Promise<AsyncIterable<never> | ExecutionResult> {
  const { asking, socket } = extra;
  if (asking === null) return { errors: [] };
  const admitted = admit(live.answering, asking, payload);
  if (!admitted.ok) return { errors: admitted.errors };
  const place: Place = { leave: null };
  extra.places.set(id, place);
  const prefix = `{"id":${JSON.stringify(wireId(id))},"type":"next","payload":`;
  const member: Member = {
    caller: asking.caller,
    deliver: (text) => {
      if (!extra.ids.isRunning(id)) return true;
      if (socket.readyState !== socket.OPEN || socket.bufferedAmount > BACKLOG_MOST) return false;
      socket.send(`${prefix}${text}}`);
      return true;
    },
    end: (why) => {
      live.metrics.dropped.inc({ why });
      closeSocket(socket, why);
    },
  };
  const joined = await subscribe(live, asking, admitted.prepared, member);
  if ("errors" in joined) {
    if (extra.places.get(id) === place) leaveGroup(extra, id);
    return { errors: joined.errors };
  }
  // Completed, or gone, while the snapshot was taken.
  if (extra.places.get(id) === place && socket.readyState === socket.OPEN) place.leave = joined.leave;
  else joined.leave();
  return untilReturned();
}

function leaveGroup(extra: Extra, id: string): void {
  extra.places.get(id)?.leave?.();
  extra.places.delete(id);
}

/** For graphql-ws: a stream that says nothing and ends when it is told to. The group writes to the socket itself. */
function untilReturned(): AsyncIterableIterator<never> {
  let end: (result: IteratorResult<never>) => void = () => {};
  const ended = new Promise<IteratorResult<never>>((resolve) => {
    end = resolve;
  });
  const done: IteratorResult<never> = { done: true, value: undefined };
  return {
    next: () => ended,
    return: () => {
      end(done);
      return Promise.resolve(done);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
