/** `/api/auth/*`: what the page needs, throttled; every other path of better-auth is closed. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import type { Database } from "@headwater/db";
import { auditLock } from "../signin/access-audit.ts";
import { ADDRESS_HEADER } from "../signin/auth.ts";
import type { Auth } from "../signin/auth.ts";
import { SignUp, signUp } from "../signin/sign-up.ts";
import {
  ACCOUNT_TRIES,
  ACCOUNT_TRIES_ANYWHERE,
  ADDRESS_TRIES,
  addressKey,
  countTry,
  forgetTries,
  keyOf,
} from "../signin/throttle.ts";
import { localeFrom } from "../words/catalog.ts";
import { wordsIn } from "../words/words.ts";
import type { Words } from "../words/words.ts";
import { BodyTooLarge, header, readBody, sendJson } from "./exchange.ts";
import type { AddressOf } from "./exchange.ts";

const PREFIX = "/api/auth";
const BODY_MOST = 10_000;
/** Path of better-auth → method. */
const OPEN: Readonly<Record<string, string>> = {
  "/sign-in/email": "POST",
  "/sign-out": "POST",
  "/get-session": "GET",
  "/sign-up/email": "POST",
};

export interface AuthRoutes {
  readonly db: Database;
  readonly auth: Auth;
  readonly publicUrl: string;
  readonly addressOf: AddressOf;
  /** Sign-ups of one address in a quarter of an hour: each tells whether an e-mail address is taken. */
  readonly signUpsMost: number;
  readonly clock: () => Date;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly words: Words;
}

export async function answerAuth(
  routes: AuthRoutes,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const name = path.slice(PREFIX.length);
  const method = OPEN[name];
  if (method === undefined) return sendJson(response, 404, { code: "NOT_FOUND", message: "No such page." });
  if (request.method !== method)
    return sendJson(response, 405, { code: "METHOD_NOT_ALLOWED", message: `Use ${method}.` }, { allow: method });
  const words = wordsIn(localeFrom(header(request, "x-locale") ?? header(request, "accept-language")));
  if (method === "POST" && !isOurs(request, routes.publicUrl))
    return sendJson(response, 403, { code: "FOREIGN_ORIGIN", message: "This must come from the app itself." });
  if (method === "POST" && !/^application\/json\b/.test(header(request, "content-type") ?? ""))
    return sendJson(response, 415, { code: "UNSUPPORTED_MEDIA_TYPE", message: "Send JSON." });
  try {
    const body = method === "POST" ? await readBody(request, BODY_MOST) : Buffer.alloc(0);
    await answerOpen(routes, name, { request, response, body, words });
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    sendJson(response, 413, { code: "TOO_LARGE", message: "Too large." });
  }
}

/** Whoever names no origin is no browser; whoever names another one is turned away. */
export function isOurs(request: IncomingMessage, publicUrl: string): boolean {
  const origin = header(request, "origin");
  return origin === undefined || origin === new URL(publicUrl).origin;
}

async function answerOpen(routes: AuthRoutes, name: string, exchange: Exchange): Promise<void> {
  if (name === "/sign-up/email") return answerSignUp(routes, exchange);
  if (name === "/sign-in/email") return answerSignIn(routes, exchange, exchange.body);
  await forward(routes, exchange, exchange.body);
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8") || "{}");
  } catch {
    return null; // told as a wrong value by whoever reads it
  }
}

const isThrottled = async (
  { db, clock }: AuthRoutes,
  { request, response, words }: Exchange,
  keys: readonly { key: string; most: number; onLock?: () => Promise<void> }[],
): Promise<boolean> => {
  for (const { key, most, onLock } of keys) {
    const tooMany = await countTry(db, key, most, clock());
    if (tooMany === null) continue;
    const { seconds, isFirst } = tooMany;
    sendJson(
      response,
      429,
      { code: "TOO_MANY_ATTEMPTS", message: words.say("signin.throttled", { seconds }) },
      { "retry-after": String(seconds) },
    );
    request.resume();
    // After the answer, so that its time tells nobody whether the account exists.
    if (isFirst) await onLock?.();
    return true;
  }
  return false;
};

const SignIn = v.object({
  email: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(254)),
  password: v.pipe(v.string(), v.maxLength(1000)),
});

async function answerSignIn(routes: AuthRoutes, exchange: Exchange, body: Buffer): Promise<void> {
  const read = v.safeParse(SignIn, parsed(body));
  if (!read.success)
    return sendJson(exchange.response, 400, { code: "INVALID_INPUT", message: "E-mail and password are needed." });
  const account = keyOf("sign-in account", read.output.email);
  // Strict where both are the same: a stranger elsewhere cannot keep somebody out of their own account.
  const here = keyOf("sign-in account here", `${read.output.email} ${addressKey(routes.addressOf(exchange.request))}`);
  const address = keyOf("sign-in address", addressKey(routes.addressOf(exchange.request)));
  const onLock = () => auditLock(routes.db, read.output.email, routes.addressOf(exchange.request));
  if (
    await isThrottled(routes, exchange, [
      { key: address, most: ADDRESS_TRIES },
      { key: here, most: ACCOUNT_TRIES, onLock },
      { key: account, most: ACCOUNT_TRIES_ANYWHERE, onLock },
    ])
  )
    return;
  const status = await forward(routes, exchange, Buffer.from(JSON.stringify(read.output)));
  // The answer is out; tries that are not forgotten now are in a quarter of an hour.
  if (status === 200) for (const key of [account, here]) await forgetTries(routes.db, key).catch(() => {});
}

async function answerSignUp(routes: AuthRoutes, exchange: Exchange): Promise<void> {
  const { response, words, request } = exchange;
  const read = v.safeParse(SignUp, parsed(exchange.body));
  if (!read.success) {
    const fields = read.issues.map((issue) => ({ path: v.getDotPath(issue) ?? "", message: issue.message }));
    return sendJson(response, 400, {
      code: "INVALID_INPUT",
      message: fields.some(({ path }) => path === "password") ? words.say("signin.weak") : fields[0]?.message,
      fields,
    });
  }
  const address = routes.addressOf(request);
  if (
    await isThrottled(routes, exchange, [
      { key: keyOf("sign-up address", addressKey(address)), most: routes.signUpsMost },
    ])
  )
    return;
  const made = await signUp(routes.db, read.output, { address });
  if ("code" in made) {
    const message = made.code === "WEAK_PASSWORD" ? words.say("signin.weak") : "This e-mail address is taken.";
    return sendJson(response, 422, { code: made.code, message });
  }
  const { email, password } = read.output;
  await forward(routes, exchange, Buffer.from(JSON.stringify({ email, password })), "/sign-in/email", {
    organisation: made.slug,
  });
}

/** To better-auth and back; what it says of its own accord stays within. */
async function forward(
  routes: AuthRoutes,
  { request, response }: Exchange,
  body: Buffer,
  as?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<number> {
  const url = new URL(as === undefined ? (request.url ?? "/") : `${PREFIX}${as}`, routes.publicUrl);
  const headers = new Headers({ "content-type": "application/json", origin: new URL(routes.publicUrl).origin });
  for (const name of ["cookie", "user-agent"]) {
    const value = header(request, name);
    if (value !== undefined) headers.set(name, value);
  }
  const address = routes.addressOf(request);
  if (address !== null) headers.set(ADDRESS_HEADER, address.replace(/^::ffff:/, ""));
  const answered = await routes.auth.handler(
    new Request(url, {
      method: request.method ?? "GET",
      headers,
      ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
    }),
  );
  const cookies = answered.headers.getSetCookie();
  const value: unknown = await answered.json().catch(() => null);
  const told = answered.ok ? withoutToken(value, more) : value;
  sendJson(response, answered.status, told, cookies.length === 0 ? {} : { "set-cookie": cookies });
  return answered.status;
}

/** The token travels in the cookie, which no script can read, and nowhere else. */
function withoutToken(value: unknown, more: Readonly<Record<string, string>>): unknown {
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => name !== "token" && name !== "session");
  return { ...Object.fromEntries(kept), ...more };
}
