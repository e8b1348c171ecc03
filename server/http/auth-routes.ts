/** `/api/auth/*`: what the page needs, throttled; every other path of better-auth is closed. */
import type { IncomingMessage, ServerResponse } from "node:http";
import * as v from "valibot";
import type { Database } from "@headwater/db";
import { auditLock } from "../signin/access-audit.ts";
import { ADDRESS_HEADER, cookieName, lasting, sessionCookie } from "../signin/auth.ts";
import type { Auth } from "../signin/auth.ts";
import { askingBrowser, askingCookie } from "../signin/asking-browser.ts";
import { changePassword } from "../signin/change-password.ts";
import { knownBrowser, knownCookie } from "../signin/known-browser.ts";
import { PASSWORD_LEAST, PASSWORD_MOST } from "../signin/passwords.ts";
import { askToRecover, recover } from "../signin/recover.ts";
import { findSession, readCookie, tokenInCookie } from "../signin/session.ts";
import { askToSignUp, CONFIRM_MS, confirmSignUp, SignUp } from "../signin/sign-up.ts";
import {
  ACCOUNT_TRIES,
  ACCOUNT_TRIES_ANYWHERE,
  ADDRESS_TRIES,
  addressKey,
  countTry,
  forgetTries,
  keyOf,
  MAILS_TO_ONE,
} from "../signin/throttle.ts";
import { localeFrom } from "../words/catalog.ts";
import { wordsIn } from "../words/words.ts";
import type { Words } from "../words/words.ts";
import { BodyTooLarge, header, readBody, sendJson } from "./exchange.ts";
import type { AddressOf } from "./exchange.ts";
import type { Log } from "../log.ts";

const PREFIX = "/api/auth";
const BODY_MOST = 10_000;
export interface AuthRoutes {
  readonly services: { readonly log: Log };
  readonly db: Database;
  readonly auth: Auth;
  readonly publicUrl: string;
  readonly addressOf: AddressOf;
  readonly secret: string;
  readonly vaultPublicKey: string;
  /** Where mails are read that nothing hands on; null where they are sent. */
  readonly mailbox: string | null;
  /** Sign-ups of one address in a quarter of an hour. */
  readonly signUpsMost: number;
  readonly clock: () => Date;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly words: Words;
}

interface OpenPath {
  readonly method: "GET" | "POST";
  readonly answer: (routes: AuthRoutes, exchange: Exchange) => Promise<unknown>;
}
const toBetterAuth = (routes: AuthRoutes, exchange: Exchange) => forward(routes, exchange, exchange.body);

const OPEN: Readonly<Record<string, OpenPath>> = {
  "/sign-in/email": { method: "POST", answer: answerSignIn },
  "/sign-out": { method: "POST", answer: toBetterAuth },
  "/get-session": { method: "GET", answer: toBetterAuth },
  "/sign-up/email": { method: "POST", answer: answerSignUp },
  "/sign-up/confirm": { method: "POST", answer: answerConfirm },
  "/change-password": { method: "POST", answer: answerChange },
  "/recover/ask": { method: "POST", answer: answerForgotten },
  "/recover/set": { method: "POST", answer: answerRecover },
};

export async function answerAuth(
  routes: AuthRoutes,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const open = OPEN[path.slice(PREFIX.length)];
  if (open === undefined) return sendJson(response, 404, { code: "NOT_FOUND", message: "No such page." });
  const { method, answer } = open;
  if (request.method !== method)
    return sendJson(response, 405, { code: "METHOD_NOT_ALLOWED", message: `Use ${method}.` }, { allow: method });
  const words = wordsIn(localeFrom(header(request, "x-locale") ?? header(request, "accept-language")));
  if (method === "POST" && !isOurs(request, routes.publicUrl))
    return sendJson(response, 403, { code: "FOREIGN_ORIGIN", message: "This must come from the app itself." });
  if (method === "POST" && !/^application\/json\b/.test(header(request, "content-type") ?? ""))
    return sendJson(response, 415, { code: "UNSUPPORTED_MEDIA_TYPE", message: "Send JSON." });
  try {
    const body = method === "POST" ? await readBody(request, BODY_MOST) : Buffer.alloc(0);
    await answer(routes, { request, response, body, words });
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

const sendWeak = ({ response, words }: Exchange): void =>
  sendJson(response, 422, { code: "WEAK_PASSWORD", message: words.say("signin.weak") });
const sendLapsed = ({ response, words }: Exchange): void =>
  sendJson(response, 410, { code: "LINK_LAPSED", message: words.say("signin.linkLapsed") });
const sentBy = ({ mailbox }: AuthRoutes) => ({ sent: true, ...(mailbox === null ? {} : { mailbox }) });

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8") || "{}");
  } catch {
    return null; // told as a wrong value by whoever reads it
  }
}

const isThrottled = async (
  { db, clock, services }: AuthRoutes,
  { request, response, words }: Exchange,
  keys: readonly { key: string; most: number; onLock?: () => Promise<void> }[],
): Promise<boolean> => {
  for (const { key, most, onLock } of keys) {
    const tooMany = await countTry(db, key, most, clock());
    if (tooMany === null) continue;
    const { seconds, isFirst } = tooMany;
    services.log.warn("too many tries", { key });
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

async function answerSignIn(routes: AuthRoutes, exchange: Exchange): Promise<void> {
  const read = v.safeParse(SignIn, parsed(exchange.body));
  if (!read.success)
    return sendJson(exchange.response, 400, { code: "INVALID_INPUT", message: "E-mail and password are needed." });
  const { email } = read.output;
  const from = addressKey(routes.addressOf(exchange.request));
  const known = knownBrowser(routes, header(exchange.request, "cookie"), email);
  const onLock = () => auditLock(routes.db, email, routes.addressOf(exchange.request));
  const account = { key: keyOf("sign-in account", email), most: ACCOUNT_TRIES_ANYWHERE, onLock };
  // Strict where both are the same: a stranger elsewhere cannot keep somebody out of their own account.
  const here = { key: keyOf("sign-in account here", `${email} ${from}`), most: ACCOUNT_TRIES, onLock };
  // A browser that was in before has its own count, which no stranger can use up, wherever he sits.
  const own =
    known === null
      ? [here, account]
      : [{ key: keyOf("sign-in known browser", `${email} ${known}`), most: ACCOUNT_TRIES, onLock }];
  const address = known === null ? [{ key: keyOf("sign-in address", from), most: ADDRESS_TRIES }] : [];
  if (await isThrottled(routes, exchange, [...address, ...own])) return;
  const status = await forward(routes, exchange, Buffer.from(JSON.stringify(read.output)), knownCookie(routes, email));
  // Whose, its hash alone says: a log is no list of who has an account.
  if (status !== 200) routes.services.log.warn("sign-in refused", { status, account: account.key, address: from });
  // The answer is out; tries that are not forgotten now are in a quarter of an hour.
  if (status === 200) for (const { key } of own) await forgetTries(routes.db, key).catch(() => {});
}

async function answerSignUp(routes: AuthRoutes, exchange: Exchange): Promise<void> {
  const { response, words, request } = exchange;
  const read = v.safeParse(SignUp, inLanguage(parsed(exchange.body), words));
  if (!read.success) {
    const fields = read.issues.map((issue) => ({
      path: v.getDotPath(issue) ?? "",
      message: words.has(issue.message) ? words.say(issue.message) : issue.message,
    }));
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
  const { email } = read.output;
  const [browser, cookie] = askingCookie(routes.publicUrl, header(request, "cookie"), CONFIRM_MS / 1000);
  const done = () => sendJson(response, 200, sentBy(routes), { "set-cookie": cookie });
  // One person's mail is not filled by another; who asks learns nothing of it.
  const tooMany = await countTry(routes.db, keyOf("sign-up mail", email), MAILS_TO_ONE, routes.clock());
  if (tooMany !== null) return done();
  const asked = await askToSignUp(routes, { ...read.output, browser }, routes.clock());
  if (asked === "weak") return sendWeak(exchange);
  done();
}

/** Where the question names no language, it is the one it was asked in. */
const inLanguage = (body: unknown, { locale }: Words): unknown =>
  typeof body === "object" && body !== null ? { locale, ...body } : body;

const Confirm = v.object({ token: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)) });

/** Whoever holds the link, in the browser that asked for it, chose the password and reads the mail: signed in. */
async function answerConfirm(routes: AuthRoutes, exchange: Exchange): Promise<void> {
  const { request, response, words } = exchange;
  const address = routes.addressOf(request);
  if (
    await isThrottled(routes, exchange, [
      { key: keyOf("sign-up confirm", addressKey(address)), most: routes.signUpsMost },
    ])
  )
    return;
  const read = v.safeParse(Confirm, parsed(exchange.body));
  const browser = askingBrowser(routes.publicUrl, header(request, "cookie"));
  const visitor = { address, browser };
  const made = read.success ? await confirmSignUp(routes.db, read.output.token, visitor, routes.clock()) : null;
  if (made === "otherBrowser")
    return sendJson(response, 409, { code: "OTHER_BROWSER", message: words.say("signin.otherBrowser") });
  if (made === null) return sendLapsed(exchange);
  const { internalAdapter } = await routes.auth.$context;
  const { token } = await internalAdapter.createSession(made.userId, false, {
    ipAddress: address?.replace(/^::ffff:/, "") ?? "",
    userAgent: header(request, "user-agent") ?? "",
  });
  sendJson(
    response,
    200,
    { organisation: made.slug },
    { "set-cookie": [sessionCookie(routes, token), knownCookie(routes, made.email)] },
  );
}

const Change = v.object({
  current: v.pipe(v.string(), v.maxLength(1000)),
  next: v.pipe(v.string(), v.minLength(PASSWORD_LEAST), v.maxLength(PASSWORD_MOST)),
});

async function answerChange(routes: AuthRoutes, exchange: Exchange): Promise<void> {
  const { request, response, words } = exchange;
  const cookie = tokenInCookie(readCookie(header(request, "cookie"), cookieName(routes.publicUrl)), routes.secret);
  const person = cookie === null ? null : await findSession(routes.db.drizzle, cookie, routes.clock());
  if (person === null) return sendJson(response, 401, { code: "UNAUTHENTICATED", message: "Sign in first." });
  const address = routes.addressOf(request);
  const onLock = () => auditLock(routes.db, person.email, address);
  const tries = { key: keyOf("password change", person.userId), most: ACCOUNT_TRIES, onLock };
  if (await isThrottled(routes, exchange, [tries])) return;
  const read = v.safeParse(Change, parsed(exchange.body));
  const changed = read.success ? await changePassword(routes, person, read.output, address) : "weak";
  if (changed === "weak") return sendWeak(exchange);
  if (changed === "wrong")
    return sendJson(response, 403, { code: "WRONG_PASSWORD", message: words.say("signin.wrongPassword") });
  await forgetTries(routes.db, tries.key);
  sendJson(response, 200, { changed: true }, { "set-cookie": sessionCookie(routes, changed.token) });
}

const Forgotten = v.object({ email: v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(254), v.email()) });

async function answerForgotten(routes: AuthRoutes, exchange: Exchange): Promise<void> {
  const { request, response, words } = exchange;
  if (await isThrottled(routes, exchange, [recoverTries(routes, request)])) return;
  const read = v.safeParse(Forgotten, parsed(exchange.body));
  if (!read.success) return sendJson(response, 400, { code: "INVALID_INPUT", message: words.say("input.email") });
  const { email } = read.output;
  // Before anybody looks, so that neither the answer nor its time says whether there is an account.
  sendJson(response, 200, sentBy(routes));
  const tooMany = await countTry(routes.db, keyOf("recover mail", email), MAILS_TO_ONE, routes.clock());
  if (tooMany === null) await askToRecover(routes, email, routes.clock());
}

const recoverTries = ({ addressOf, signUpsMost }: AuthRoutes, request: IncomingMessage) => ({
  key: keyOf("recover address", addressKey(addressOf(request))),
  most: signUpsMost,
});

const Recover = v.object({
  token: v.pipe(v.string(), v.regex(/^[\w-]{43}$/)),
  next: v.pipe(v.string(), v.maxLength(1000)),
});

async function answerRecover(routes: AuthRoutes, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  if (await isThrottled(routes, exchange, [recoverTries(routes, request)])) return;
  const read = v.safeParse(Recover, parsed(exchange.body));
  const address = routes.addressOf(request);
  const outcome = read.success ? await recover(routes, read.output, address, routes.clock()) : "lapsed";
  if (outcome === "weak") return sendWeak(exchange);
  if (outcome === "lapsed") return sendLapsed(exchange);
  sendJson(response, 200, { changed: true });
}

/** To better-auth and back; what it says of its own accord stays within. */
async function forward(
  routes: AuthRoutes,
  { request, response }: Exchange,
  body: Buffer,
  /** Given with the session's own, where it went well. */
  cookie: string | null = null,
): Promise<number> {
  const url = new URL(request.url ?? "/", routes.publicUrl);
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
  const given = answered.headers.getSetCookie().map((one) => lasting(routes.publicUrl, one));
  const cookies = [...given, ...(answered.ok && cookie !== null ? [cookie] : [])];
  const value: unknown = await answered.json().catch(() => null); // an answer without a body
  const told = answered.ok ? withoutToken(value) : value;
  sendJson(response, answered.status, told, cookies.length === 0 ? {} : { "set-cookie": cookies });
  return answered.status;
}

/** The token travels in the cookie, which no script can read, and nowhere else. */
function withoutToken(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== "token" && name !== "session"));
}
