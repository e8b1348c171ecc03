/** The path switch: every path of ours, in one place. A slug is never a first segment of ours. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomUUID } from "node:crypto";
import { identify } from "../access/identify.ts";
import { RATES } from "../access/rates.ts";
import { answerCalendar } from "../calendar/feed.ts";
import { answerCosts } from "../costs/http.ts";
import type { Caller } from "../access/caller.ts";
import { budgetsOf } from "../graphql/answer.ts";
import type { Services, Visitor } from "../graphql/context.ts";
import type { makeGraphqlHttp } from "../graphql/http.ts";
import type { Asking } from "../graphql/operation.ts";
import { MAILBOX_STYLE, mailboxPage } from "../mails/mailbox.ts";
import { newLinkBrowser } from "../links/browser.ts";
import { comeHome } from "../oauth/callback.ts";
import { returnedPage, RETURNED_SCRIPT, RETURNED_STYLE, OUTCOMES } from "../oauth/page.ts";
import { wayBack } from "../oauth/way-back.ts";
import { browserIn } from "../signin/browser-name.ts";
import { addressKey } from "../signin/throttle.ts";
import { receiveWebhook } from "../webhooks/receive.ts";
import { answerStatus } from "../webhooks/status-page.ts";
import { isLocale, localeFrom } from "../words/catalog.ts";
import type { Locale } from "../words/catalog.ts";
import { wordsIn } from "../words/words.ts";
import { accepted, answerType } from "./accepted.ts";
import { again } from "./again.ts";
import { answerAuth, isOurs } from "./auth-routes.ts";
import type { AuthRoutes } from "./auth-routes.ts";
import { answerLedgerFile, ledgerNamed } from "./ledger-files.ts";
import { BodyTooSlow, header, send, sendJson } from "./exchange.ts";
import { answerReviewFile } from "./review-file.ts";
import { isDatabaseUp } from "./health.ts";
import type { Metrics } from "./health.ts";
import { errorFacts } from "../log.ts";
import { questionIn } from "./question.ts";
import { CALLBACK_HEADERS, securityHeaders, UNTRACED_HEADERS } from "./security-headers.ts";
import type { StaticApp } from "./static-app.ts";

export interface Routes extends AuthRoutes {
  readonly services: Services;
  readonly graphql: ReturnType<typeof makeGraphqlHttp>;
  readonly app: StaticApp;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
}

export function makeRouter(routes: Routes): (request: IncomingMessage, response: ServerResponse) => void {
  const headers = Object.entries(securityHeaders(routes.publicUrl));
  return (request, response) => {
    const started = performance.now();
    for (const [name, value] of headers) response.setHeader(name, value);
    if (routes.isDraining()) response.setHeader("connection", "close");
    const path = pathOf(request);
    const route = routeOf(path);
    response.once("close", () =>
      routes.metrics.requests.observe(
        { route, status: String(response.statusCode) },
        (performance.now() - started) / 1000,
      ),
    );
    answer(routes, request, response, path).catch((error: unknown) => {
      // Cut off with its connection: there is nobody left to tell.
      if (error instanceof BodyTooSlow) return;
      const errorId = randomUUID();
      routes.services.log.error("request failed", { errorId, route, ...errorFacts(error) });
      sendJson(response, 500, { code: "INTERNAL", message: "Something went wrong on our side.", errorId });
    });
  };
}

function pathOf({ url }: IncomingMessage): string {
  const raw = (url ?? "/").split("?")[0] ?? "/";
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw; // not decodable: nothing of ours has that name
  }
}

const routeOf = (path: string): string => {
  const [, first = "", , third] = path.split("/");
  if (first === "oauth" && third === "callback") return "callback";
  return ["graphql", "api", "oauth", "webhooks", "healthz", "readyz", "metrics", "v1"].includes(first) ? first : "app";
};

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const [, first = "", second, third, ...rest] = path.split("/");
  switch (first) {
    case "graphql":
      return path === "/graphql" ? answerGraphql(routes, request, response) : send(response, { status: 404 });
    case "api":
      return path.startsWith("/api/auth/")
        ? answerAuth(routes, request, response, path)
        : send(response, { status: 404 });
    case "oauth":
      if (third === "callback" && rest.length === 0) return answerCallback(routes, request, response, second ?? "");
      return answerReturned(routes, request, response, second ?? "");
    case "webhooks":
      return answerWebhooks(routes, request, response, [second ?? "", third ?? null, ...rest]);
    case "healthz":
    case "readyz":
    case "metrics":
      return path === `/${first}` ? answerHealth(routes, request, response, first) : send(response, { status: 404 });
    case "mailbox":
      return answerMailbox(routes, request, response, path);
    case "v1":
      return answerDoors(routes, request, response, path);
    default: {
      const home = homeOf(routes.publicUrl, request);
      if (home !== null) return send(response, { status: 307, headers: { location: home } });
      return routes.app(request, response, path);
    }
  }
}

class TooFast extends Error {
  readonly seconds: number;
  constructor(seconds: number) {
    super("too many questions");
    this.seconds = seconds;
  }
}

/** By where they come from, before anybody is looked up: what is made up must cost less than what is meant. */
function payAtTheDoor({ services }: Routes, request: IncomingMessage, kind: "callbacks" | "doors"): void {
  const budget = [{ key: `${kind} ${addressKey(services.addressOf(request))}`, limit: RATES[kind] }];
  const { retryAfter } = services.rates.take(budget, 1, services.clock().getTime());
  if (retryAfter !== null) throw new TooFast(retryAfter);
}

const sendTooFast = (response: ServerResponse, error: unknown): void => {
  if (!(error instanceof TooFast)) throw error;
  const { seconds } = error;
  const told = { code: "RATE_LIMITED", message: `Too many questions. Go on in ${seconds} s.` };
  sendJson(response, 429, told, { ...CALLBACK_HEADERS, "retry-after": String(seconds), connection: "close" });
};

/** A question at a door for programs costs what a page of a list does. */
const DOOR_COST = 100;

async function answerDoors(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const { services, publicUrl } = routes;
  const asking = async (): Promise<Asking> => {
    const found = await askingOf(routes, request, response);
    if (found.caller.kind === "nobody") return found;
    const { retryAfter } = services.rates.take(budgetsOf(found), DOOR_COST, services.clock().getTime());
    if (retryAfter !== null) throw new TooFast(retryAfter);
    return found;
  };
  try {
    payAtTheDoor(routes, request, "doors");
    const [, , door, file = "", ...more] = path.split("/");
    if (door === "calendars" && more.length === 0) return await answerCalendar(services, request, response, file);
    if (door === "access-reviews" && more.length === 0)
      return await answerReviewFile({ services, asking, request, response }, file);
    const ledger = door === "datasources" ? ledgerNamed(more.join("/")) : null;
    if (ledger !== null) return await answerLedgerFile({ services, asking, request, response }, file, ledger);
    await answerCosts({ services, asking, isOurs: isOurs(request, publicUrl) }, request, response, path);
  } catch (error) {
    sendTooFast(response, error);
  }
}

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Opened by another name of this very machine: session and origin belong to one name, so the page goes there. */
function homeOf(publicUrl: string, request: IncomingMessage): string | null {
  const { origin, hostname, port } = new URL(publicUrl);
  const came = URL.parse(`http://${header(request, "host") ?? ""}`);
  if (came === null || came.hostname === hostname || came.port !== port) return null;
  return LOOPBACK.has(came.hostname) && LOOPBACK.has(hostname) ? `${origin}${request.url ?? "/"}` : null;
}

/**
 * On this machine and not through a proxy: figures and letters are for whoever runs it. And called by this machine's name: a
 * page from elsewhere whose name was led here reads nothing.
 */
function isNeighbour(request: IncomingMessage): boolean {
  const called = URL.parse(`http://${header(request, "host") ?? ""}`)?.hostname ?? "";
  return (
    header(request, "x-forwarded-for") === undefined &&
    header(request, "forwarded") === undefined &&
    (LOOPBACK.has(called) || called.endsWith(".localhost")) &&
    /^(::1$|(::ffff:)?127\.)/.test(request.socket.remoteAddress ?? "")
  );
}

async function answerHealth(
  { services, metrics, isDraining }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  name: "healthz" | "readyz" | "metrics",
): Promise<void> {
  const type = "text/plain; charset=utf-8";
  if (name === "metrics" && !isNeighbour(request)) return send(response, { status: 404 });
  if (name === "metrics")
    return send(response, { status: 200, type: metrics.registry.contentType, body: await metrics.registry.metrics() });
  if (name === "healthz") return send(response, { status: 200, type, body: "alive\n" });
  const isReady = !isDraining() && (await isDatabaseUp(services.db));
  return send(response, { status: isReady ? 200 : 503, type, body: isReady ? "ready\n" : "not ready\n" });
}

/** A source tells of something; or who asked it to looks how far that is. */
async function answerWebhooks(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  [platform, door, code, ...more]: readonly [string, string | null, ...string[]],
): Promise<void> {
  const { services } = routes;
  if (more.length > 0 || door === "") return send(response, { status: 404 });
  if (code === undefined) return receiveWebhook(services, request, response, { platform, door });
  try {
    payAtTheDoor(routes, request, "doors");
    await answerStatus(services, request, response, { platform, door, code });
  } catch (error) {
    sendTooFast(response, error);
  }
}

/** Letters may hold a link that signs in: in production there is no such page, and elsewhere it is for this machine. */
async function answerMailbox(
  { services, mailbox, publicUrl }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  if (mailbox === null || !isNeighbour(request)) return send(response, { status: 404 });
  if (request.method !== "GET" && request.method !== "HEAD")
    return send(response, { status: 405, headers: { allow: "GET, HEAD" } });
  if (path === "/mailbox/mailbox.css")
    return send(response, { status: 200, type: "text/css; charset=utf-8", body: MAILBOX_STYLE });
  if (path !== mailbox) return send(response, { status: 404 });
  const body = await mailboxPage(services.db, wordsIn(languageOf(request)), publicUrl);
  return send(response, { status: 200, type: "text/html; charset=utf-8", headers: UNTRACED_HEADERS, body });
}

const languageOf = (request: IncomingMessage): Locale => {
  const named = header(request, "x-locale");
  return isLocale(named) ? named : localeFrom(header(request, "accept-language"));
};

/** A link to a file sends no header: of the organisations of a person, its address says which. */
const organisationIn = ({ url }: IncomingMessage): string | null =>
  url?.startsWith("/v1/") === true ? new URLSearchParams(url.split("?")[1]).get("organisation") : null;

const callerOf = ({ services }: Pick<Routes, "services">, request: IncomingMessage): Promise<Caller> =>
  again(() =>
    identify(services, {
      cookie: header(request, "cookie"),
      authorization: header(request, "authorization"),
      organisation: header(request, "x-organisation") ?? organisationIn(request),
      address: services.addressOf(request),
    }),
  );

async function answerGraphql(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const accept = header(request, "accept");
  const question = await questionIn(request, routes.publicUrl);
  if ("refused" in question) {
    const { status, code, message, headers } = question.refused;
    const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
    const type = `${answerType(accept)}; charset=utf-8`;
    return send(response, { status, type, body, ...(headers === undefined ? {} : { headers }) });
  }
  const asking = await askingOf(routes, request, response);
  response.setHeader("cache-control", "no-store");
  // yoga goes by the order alone, whatever the types weigh.
  const types = accepted(accept);
  if (types.length > 0) request.headers.accept = types.join(", ");
  // It takes a body that was read and parsed before it; by itself it would read without a bound.
  await routes.graphql.handle(Object.assign(request, { body: question.asked }), response, { asking });
}

const askingOf = async (routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<Asking> => ({
  caller: await callerOf(routes, request),
  visitor: visitorOf(routes, request, response),
  locale: languageOf(request),
});

function visitorOf(
  { services }: Pick<Routes, "services">,
  request: IncomingMessage,
  response?: ServerResponse,
): Visitor {
  const browser = browserIn("link", header(request, "cookie"), services.publicUrl);
  return {
    address: services.addressOf(request),
    userAgent: header(request, "user-agent") ?? null,
    browser,
    ...(response === undefined
      ? {}
      : {
          keepBrowser: () => {
            const [name, cookie] = browser === null ? newLinkBrowser(services.publicUrl) : [browser, null];
            if (cookie !== null) response.appendHeader("set-cookie", cookie);
            return name;
          },
        }),
  };
}

async function answerCallback(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  platform: string,
): Promise<void> {
  if (request.method !== "GET") return send(response, { status: 405, headers: { allow: "GET" } });
  try {
    payAtTheDoor(routes, request, "callbacks");
  } catch (error) {
    return sendTooFast(response, error);
  }
  const caller = await callerOf(routes, request);
  const home = await comeHome(routes.services, {
    platform,
    query: request.url?.split("?").slice(1).join("?") ?? "",
    person: caller.kind === "person" ? caller : null,
    visitor: visitorOf(routes, request),
  });
  if (home.status === 303) {
    const location = `/oauth/returned?outcome=${home.outcome}${home.attempt === null ? "" : `&attempt=${home.attempt}`}`;
    return send(response, { status: 303, headers: { ...CALLBACK_HEADERS, location } });
  }
  const body = returnedPage({
    outcome: home.outcome,
    attempt: home.attempt,
    back: await wayBack(routes.services, caller, home.attempt),
    words: wordsIn(languageOf(request)),
  });
  return send(response, { status: home.status, type: "text/html; charset=utf-8", headers: CALLBACK_HEADERS, body });
}

async function answerReturned(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return send(response, { status: 405, headers: { allow: "GET, HEAD" } });
  if (name === "returned.js")
    return send(response, { status: 200, type: "text/javascript; charset=utf-8", body: RETURNED_SCRIPT });
  if (name === "returned.css")
    return send(response, { status: 200, type: "text/css; charset=utf-8", body: RETURNED_STYLE });
  if (name !== "returned") return send(response, { status: 404 });
  const query = new URLSearchParams(request.url?.split("?")[1] ?? "");
  const outcome = OUTCOMES.find((one) => one === query.get("outcome")) ?? "failed";
  const given = query.get("attempt");
  const attempt = given !== null && /^[\w-]{1,200}$/.test(given) ? given : null;
  const body = returnedPage({
    outcome,
    attempt,
    back: await wayBack(routes.services, await callerOf(routes, request), attempt),
    words: wordsIn(languageOf(request)),
  });
  return send(response, { status: 200, type: "text/html; charset=utf-8", headers: CALLBACK_HEADERS, body });
}
