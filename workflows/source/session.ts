/** Opens a connector's session for one datasource: everything a call needs, and everything a call leaves behind. */
import type { AppKey, Connector } from "@headwater/connectors/contract.ts";
import type { Login } from "@headwater/connectors/authorization.ts";
import { isSourceFailure, ofRequest, SourceFailure } from "@headwater/connectors/failure.ts";
import { refusal } from "@headwater/connectors/outbound/address.ts";
import type { Answer } from "@headwater/connectors/outbound/outbound.ts";
import type { SourceRequest, SourceSession } from "@headwater/connectors/session.ts";
import { setTimeout as sleep } from "node:timers/promises";
import type { DatasourceRef } from "../load/contract.ts";
import { CallsLedger } from "./calls-ledger.ts";
import { choicesOf } from "./choices.ts";
import type { SourceDeps } from "./contract.ts";
import { CredentialKeeper } from "./credential-keeper.ts";
import { afterRefusal, settleRefusal } from "./insistence.ts";
import { cappedWaitMs, Patience, PATIENCE } from "./patience.ts";
import { ProviderClock } from "./provider-clock.ts";
import { type Bucket, bucketOf, type Ceiling } from "./rate-lease.ts";
import type { Standing } from "./standing.ts";

export interface OpenSource {
  session: SourceSession;
  connector: Connector;
  calls: CallsLedger;
  /** Null where there is no credential to keep. */
  keeper: CredentialKeeper | null;
}

export interface OpenOptions {
  signal: AbortSignal;
  candidate?: boolean;
  /** Hears of a wait in place that is long enough for a person to wonder about, before it begins. */
  waits?: (wait: Wait) => Promise<void>;
}

export interface Wait {
  readonly until: Date;
  readonly because: "providerDown" | "rateLimit" | "ceiling";
}

const INSIST_AFTER_MS = 1_000;
const WONDERED_MS = 2_000;

/** The code of a wait that the merchant's own ceiling asks for, not the source. */
export const CEILING_REACHED = "bucket.ceiling";
const EMPTY = "bucket.empty";

export class NotConnectable extends Error {
  override readonly name = "NotConnectable";
}

export function openSource(
  deps: SourceDeps,
  ref: Pick<DatasourceRef, "organisationId"> & Partial<Pick<DatasourceRef, "datasourceId">>,
  standing: Standing,
  options: OpenOptions,
): OpenSource {
  const connector = deps.connectorOf(standing.platform);
  if (connector === null) throw new NotConnectable(`no connector for ${standing.platform}`);
  if (connector.authorization.kind === "none")
    return openMadeUp(deps, ref, standing, { connector, signal: options.signal });
  const { grant, grant_id: grantId } = standing;
  if (grant === null || grantId === null) {
    throw new SourceFailure({ class: "reauthorize", why: "revoked", code: "credential.missing", said: "" });
  }
  const login: Login = { key: grant.login_key, details: grant.holder?.login ?? {} };
  const clock = new ProviderClock(`${standing.platform} ${login.key}`);
  const calls = new CallsLedger();
  const bucketKey = connector.rate.bucketKey(login, accountFacts(standing));
  const bucket = bucketOf(standing.platform, bucketKey, connector.rate.initial);
  const keeper = new CredentialKeeper({
    deps,
    connector,
    login,
    grant: { organisationId: ref.organisationId, grantId },
    standing,
    clock,
    signal: options.signal,
    candidate: options.candidate ?? false,
  });
  const line: Line = {
    deps,
    connector,
    app: deps.appOf(standing.platform),
    login,
    clock,
    calls,
    bucket,
    ceiling: ceilingIn(standing, ref),
    allowances: (name) => allowanceBuckets(connector, bucketKey, name),
    keeper,
    signal: options.signal,
    waits: options.waits ?? null,
  };
  const session: SourceSession = {
    http: { call: (request, read) => callSource(line, request, read) },
    login,
    account: accountFacts(standing),
    scopes: new Set(grant.scopes),
    choices: choicesOf(deps.sql, { ...ref, accountId: standing.account_id }, connector.choices),
    clock,
    signal: options.signal,
    log: deps.log,
    measured: (reading) => bucket.measured(reading),
    // The first is the narrowest window that sources tell of.
    left: (allowance, reading) => line.allowances(allowance)[0]?.left(reading),
  };
  return { session, connector, calls, keeper };
}

/** Nobody is there to be called: what it says is made of its account and the time. */
function openMadeUp(
  deps: SourceDeps,
  ref: Parameters<typeof openSource>[1],
  standing: Standing,
  { connector, signal }: Pick<Line, "connector" | "signal">,
): OpenSource {
  const session: SourceSession = {
    http: { call: () => Promise.reject(new Error(`${standing.platform} has nobody to call`)) },
    login: { key: standing.account?.external_id ?? "", details: {} },
    account: accountFacts(standing),
    scopes: new Set(),
    choices: choicesOf(deps.sql, { ...ref, accountId: standing.account_id }, connector.choices),
    clock: { now: () => new Date() },
    signal,
    log: deps.log,
    measured: () => undefined,
    left: () => undefined,
  };
  return { session, connector, calls: new CallsLedger(), keeper: null };
}

interface Line {
  deps: SourceDeps;
  connector: Connector;
  app: AppKey | null;
  login: Login;
  clock: ProviderClock;
  calls: CallsLedger;
  bucket: Bucket;
  /** Null: it may use all that the source allows. */
  ceiling: Ceiling | null;
  allowances: (name: string | undefined) => Bucket[];
  keeper: CredentialKeeper;
  signal: AbortSignal;
  waits: OpenOptions["waits"] | null;
}

async function callSource<T>(
  line: Line,
  request: SourceRequest,
  read: (answer: Answer) => Promise<T>,
  insists = true,
): Promise<T> {
  const patience = new Patience(line.deps.pace);
  let mayRenew = request.credential === "attached" && line.keeper.canRenew;
  // What cannot be renewed may be refused by mistake as well: it is shown once more before anybody is asked to act.
  const mayInsist = insists && request.credential === "attached" && isLasting(line.connector);
  let mayCatchUp = request.credential === "attached";
  for (;;) {
    try {
      return await callOnce(line, request, read);
    } catch (error) {
      if (mayRenew && isExpiry(error)) {
        mayRenew = false;
        await line.keeper.renew();
        continue;
      }
      if (mayCatchUp && isOfTheGrant(error) && (await line.keeper.caughtUp())) {
        mayCatchUp = false;
        continue;
      }
      if (mayInsist && isRefusal(error)) return insist(line, error, () => callSource(line, request, read, false));
      const next = request.once === true ? { kind: "giveUp" as const } : patience.after(error, line.clock.now());
      if (next.kind === "giveUp") throw error;
      line.deps.log.warn("call tried again", {
        purpose: request.purpose,
        ms: Math.round(next.ms),
        said: saidIn(error),
      });
      await wait(line, next.ms, isLimit(error) ? "rateLimit" : "providerDown");
    }
  }
}

/** Who waits for the source is told how long, where that is worth telling. */
async function wait(line: Line, ms: number, because: Wait["because"]): Promise<void> {
  if (ms >= WONDERED_MS * (line.deps.pace ?? 1)) await line.waits?.({ until: new Date(Date.now() + ms), because });
  await sleep(ms, undefined, { signal: line.signal });
}

/** By one of all that hold the key; the others do as it turns out for that one. */
async function insist<T>(line: Line, refused: unknown, again: () => Promise<T>): Promise<T> {
  const key = line.keeper.credential;
  const told = key === null ? "refused" : await afterRefusal(key);
  if (key === null || told === "refused") throw refused;
  if (told === "accepted") return again();
  let isAccepted = true;
  try {
    await sleep(INSIST_AFTER_MS * (line.deps.pace ?? 1), undefined, { signal: line.signal });
    return await again();
  } catch (error) {
    isAccepted = !isRefusal(error);
    throw error;
  } finally {
    settleRefusal(key, isAccepted);
  }
}

async function callOnce<T>(line: Line, request: SourceRequest, read: (answer: Answer) => Promise<T>): Promise<T> {
  await waitForTurn(line, request);
  const askedAt = Date.now();
  const answer = await send(line, request);
  line.bucket.answered();
  line.calls.record(request.method, request.purpose, answer);
  if (request.credential === "attached") line.clock.heard(answer.headers["date"], askedAt);
  try {
    const result = await read(answer);
    if (request.credential === "attached") await line.keeper.worked();
    return result;
  } catch (error) {
    if (isLimit(error)) {
      if (answer.status === 429) await closeBuckets(line, request, error.failure.retryAt);
      else line.calls.throttled(request.method, request.purpose);
    }
    throw namingRequest(error, answer);
  }
}

/** By what the edges of most sources call it; a connector that reads it in the body has named it already. */
const REQUEST_HEADERS = ["x-request-id", "x-fb-trace-id"];

function namingRequest(error: unknown, { headers }: Answer): unknown {
  const name = REQUEST_HEADERS.find((one) => headers[one] !== undefined);
  if (!isSourceFailure(error) || name === undefined) return error;
  const named = ofRequest(error.failure, headers[name]);
  return named === error.failure ? error : new SourceFailure(named, { cause: error });
}

/** Of all the buckets that the call takes of; where one of them keeps it too long, the others have theirs back. */
async function waitForTurn(line: Line, request: SourceRequest): Promise<void> {
  const taken: (() => void)[] = [];
  try {
    for (const take of takesOf(line, request)) await waitForPoints(line, take, taken);
    line.signal.throwIfAborted();
  } catch (error) {
    for (const giveBack of taken) giveBack();
    throw error;
  }
}

interface Take {
  bucket: Bucket;
  cost: number;
  /** What the failure says where it is waited for too long. */
  code: string;
}

/** The merchant's ceiling comes first: nobody waits there with points of the source in hand. */
function takesOf(line: Line, request: SourceRequest): Take[] {
  const { bucket, ceiling } = line;
  const ofSource: Take[] = line
    .allowances(request.allowance)
    .map((narrow) => ({ bucket: narrow, cost: 1, code: EMPTY }));
  if (request.cost > 0 || request.credential === "attached")
    ofSource.unshift({ bucket, cost: request.cost, code: EMPTY });
  if (ceiling === null) return ofSource;
  const ours = ofSource.map((take) => ({ ...take, bucket: take.bucket.ceilingOf(ceiling), code: CEILING_REACHED }));
  return [...ours, ...ofSource];
}

async function waitForPoints(line: Line, { bucket, cost, code }: Take, taken: (() => void)[]): Promise<void> {
  const turnMs = cost > 0 ? await bucket.take(line.deps.sql, cost, PATIENCE.rateLimitMs) : 0;
  if (cost > 0 && turnMs <= PATIENCE.rateLimitMs) taken.push(() => bucket.release(cost));
  for (let waitMs = Math.max(turnMs, bucket.closedFor()); waitMs > 0; waitMs = bucket.closedFor()) {
    if (waitMs > PATIENCE.rateLimitMs) {
      const retryAt = new Date(line.clock.now().getTime() + waitMs).toISOString();
      throw new SourceFailure({ class: "rate_limit", code, said: "", retryAt });
    }
    await wait(line, waitMs, code === CEILING_REACHED ? "ceiling" : "rateLimit");
  }
  if (cost > 0) bucket.spent();
}

/** One stream was told to wait: whoever else is about to ask of the same allowance has been told as well. */
async function closeBuckets(line: Line, request: SourceRequest, retryAt: string): Promise<void> {
  const until = Date.now() + cappedWaitMs(retryAt, line.clock.now());
  const narrow = line.allowances(request.allowance);
  for (const bucket of narrow.length > 0 ? narrow : [line.bucket]) await bucket.closed(line.deps.sql, until);
}

/** One for each fixed window that the source keeps of an endpoint, shared like any other. */
function allowanceBuckets({ catalog, rate }: Connector, key: string, name: string | undefined): Bucket[] {
  const allowances = name === undefined ? [] : (rate.allowances?.[name] ?? []);
  return allowances.map((allowance, n) => bucketOf(catalog.platform, `${key} ${name} ${n}`, allowance));
}

async function send(line: Line, request: SourceRequest): Promise<Answer> {
  const rules = line.connector.hosts(line.login);
  const url = URL.parse(request.url);
  if (url === null) throw refusal("notAnAddress", "The source sent us to what is no address");
  const plain = { url, headers: request.headers ?? {} };
  const isAttached = request.credential === "attached";
  const signed = isAttached ? line.connector.sign(plain, await line.keeper.current(), line.app) : plain;
  try {
    return await line.deps.outbound.send({
      method: request.method,
      url: signed.url.href,
      headers: signed.headers,
      // Without the credential, what the source has may lie with itself as well.
      hosts: isAttached ? rules.credential : [...rules.open, ...rules.credential],
      signal: line.signal,
      ...(request.body === undefined ? {} : { body: request.body }),
      ...(request.totalMs === undefined ? {} : { totalMs: request.totalMs }),
      ...(request.bytesMax === undefined ? {} : { bytesMax: request.bytesMax }),
    });
  } catch (error) {
    line.calls.record(request.method, request.purpose, null);
    throw error;
  }
}

const isLasting = ({ authorization }: Connector): boolean =>
  (authorization.kind === "oauth" || authorization.kind === "key") && authorization.refresh === undefined;

const isRefusal = (error: unknown): boolean => isSourceFailure(error) && error.failure.class === "reauthorize";

/** What another consent may have cured by now. */
const isOfTheGrant = (error: unknown): boolean =>
  isSourceFailure(error) &&
  (error.failure.class === "reauthorize" ||
    (error.failure.class === "permission" && error.failure.curedBy === "grant"));

const isExpiry = (error: unknown): boolean =>
  isSourceFailure(error) && error.failure.class === "reauthorize" && error.failure.why === "expired";

const isLimit = (error: unknown): error is SourceFailure & { failure: { class: "rate_limit" } } =>
  isSourceFailure(error) && error.failure.class === "rate_limit";

const saidIn = (error: unknown): string => (isSourceFailure(error) ? error.failure.said : "");

const ceilingIn = ({ quota_ceiling: percent }: Standing, { datasourceId }: { datasourceId?: string }): Ceiling | null =>
  percent === null || datasourceId === undefined ? null : { datasourceId, percent };

function accountFacts({ account }: Standing): SourceSession["account"] {
  if (account === null) return null;
  const { external_id: externalId, name, domain, currency, zone, details } = account;
  return { externalId, name, domain, currency, zone, state: "open", details };
}
