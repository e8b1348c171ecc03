// A session without a vault, leases or a ledger: for tests of connectors. The load path's own is the real one.
import type { AccountFacts } from "../account-facts.ts";
import type { Credential, Login } from "../authorization.ts";
import type { Choices } from "../choices.ts";
import type { AppKey, Connector } from "../contract.ts";
import { isSourceFailure } from "../failure.ts";
import type { Answer, Outbound } from "../outbound/outbound.ts";
import type { PlatformId } from "../platforms.ts";
import type { BucketReading, SourceRequest, SourceSession, WindowReading } from "../session.ts";

export type TestSession = SourceSession & {
  readonly sent: SourceRequest[];
  readonly readings: BucketReading[];
  readonly windows: (WindowReading & { readonly allowance: string })[];
  readonly logged: { readonly event: string; readonly facts: unknown }[];
  credential: Credential;
};

export type TestSessionOptions = {
  readonly connector: Connector;
  readonly outbound: Outbound;
  readonly login: Login;
  readonly credential: Credential;
  readonly scopes: readonly string[];
  readonly account?: AccountFacts;
  /** Ours at the platform, where requests prove it. */
  readonly app?: AppKey;
  readonly now?: () => Date;
  /** Asked once for each 401; without it a 401 is thrown on. */
  readonly refresh?: () => Promise<Credential>;
  /** What somebody chose, by the name of the choice. */
  readonly chosen?: Readonly<Record<string, string>>;
  /** Platforms connected beside this one. */
  readonly connected?: readonly PlatformId[];
  /** Of one call; 8 when absent. */
  readonly tries?: number;
};

const TRIES_MAX = 8;

export function makeTestSession(options: TestSessionOptions): TestSession {
  const now = options.now ?? (() => new Date());
  const signal = new AbortController().signal;
  const session: TestSession = {
    sent: [],
    readings: [],
    windows: [],
    logged: [],
    credential: options.credential,
    login: options.login,
    account: options.account ?? null,
    scopes: new Set(options.scopes),
    choices: choicesOf(options),
    clock: { now },
    signal,
    log: {
      info: (event, facts) => session.logged.push({ event, facts }),
      warn: (event, facts) => session.logged.push({ event, facts }),
    },
    measured: (reading) => session.readings.push(reading),
    left: (allowance, reading) => session.windows.push({ allowance, ...reading }),
    http: { call: (request, read) => called(options, session, { request, read }) },
  };
  return session;
}

const choicesOf = ({ chosen = {}, connected = [] }: TestSessionOptions): Choices => ({
  settle: async ({ name, options, prefer }) => {
    if (options.length === 0) return null;
    return chosen[name] ?? prefer(new Set(connected));
  },
});

type Called<T> = { readonly request: SourceRequest; readonly read: (answer: Answer) => Promise<T> };

async function called<T>(options: TestSessionOptions, session: TestSession, { request, read }: Called<T>): Promise<T> {
  let hasRefreshed = false;
  for (let tries = 1; ; tries += 1) {
    session.sent.push(request);
    try {
      return await read(await sendOnce(options, session, request));
    } catch (error) {
      if (!isSourceFailure(error)) throw error;
      const { failure } = error;
      if (failure.class === "reauthorize" && failure.why === "expired" && options.refresh && !hasRefreshed) {
        hasRefreshed = true;
        session.credential = await options.refresh();
        continue;
      }
      const mayRepeat = request.once !== true && (failure.class === "rate_limit" || failure.class === "transient");
      if (!mayRepeat || tries >= (options.tries ?? TRIES_MAX) || !("retryAt" in failure)) throw error;
      await until(new Date(failure.retryAt ?? 0));
    }
  }
}

function sendOnce(options: TestSessionOptions, session: TestSession, request: SourceRequest): Promise<Answer> {
  const hosts = options.connector.hosts(options.login);
  const plain = { url: new URL(request.url), headers: request.headers ?? {} };
  const isAttached = request.credential === "attached";
  const signed = isAttached ? options.connector.sign(plain, session.credential, options.app ?? null) : plain;
  return options.outbound.send({
    method: request.method,
    url: signed.url.href,
    headers: signed.headers,
    hosts: isAttached ? hosts.credential : [...hosts.open, ...hosts.credential],
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.totalMs === undefined ? {} : { totalMs: request.totalMs }),
    ...(request.bytesMax === undefined ? {} : { bytesMax: request.bytesMax }),
  });
}

/** At most two seconds: a stand-in has no reason to make a test wait longer. */
async function until(at: Date): Promise<void> {
  const ms = Math.min(2_000, Math.max(0, at.getTime() - Date.now()));
  await new Promise((resolve) => setTimeout(resolve, ms));
}
