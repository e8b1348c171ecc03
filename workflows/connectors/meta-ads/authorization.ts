// Facebook Login: a code, a token for an hour, then one for sixty days that nothing renews but another consent. Every secret
// travels in a body or a header, and in an address only where nothing else is read (decision 0005).
import type { AppKey } from "../contract.ts";
import type {
  CallbackReading,
  ConsentRequest,
  ExchangeRequest,
  GrantFacts,
  OAuth,
  RefreshRequest,
  Tokens,
} from "../authorization.ts";
import { nameIn } from "../account-facts.ts";
import { isSourceFailure, SourceFailure } from "../failure.ts";
import { numberIn, type Json } from "../json.ts";
import type { Answer, Outbound } from "../outbound/outbound.ts";
import { laterBy } from "../protocol/later.ts";
import { formIn } from "../protocol/token-answer.ts";
import { childrenOf, isFields, isList, textOrNull, type Fields } from "../read-fields.ts";
import { metaAdsCatalog } from "./catalog.ts";
import { graphFailure, refusalIn } from "./errors.ts";
import { fieldsIn, GRAPH, GRAPH_HOST, judged, withProof } from "./graph.ts";

const DIALOG = "https://www.facebook.com/v26.0/dialog/oauth";
const TOKEN_MS = 10_000;
/** Ours have 64 letters; nothing shorter was made here. */
const STATE = /^[\w-]{43,200}$/;
const CODE = /^[\x21-\x7e]{1,2000}$/;

export const metaAdsAuthorization: OAuth = {
  kind: "oauth",
  asks: [],
  pkce: true,
  rotates: false,
  oldPairSurvivesLostAnswer: true,
  readTyped: () => ({ ok: true, params: {} }),
  consentAddress,
  readCallback,
  // One place gives consent for all; the state says whose it is.
  isFrom: () => true,
  exchange,
};

function consentAddress({ client, state, codeChallenge, scopes }: ConsentRequest): URL {
  const required = metaAdsCatalog.scopes.filter((use) => use.required).map((use) => use.scope);
  const address = new URL(DIALOG);
  address.searchParams.set("client_id", client.clientId);
  address.searchParams.set("redirect_uri", client.redirectUri);
  address.searchParams.set("state", state);
  address.searchParams.set("response_type", "code");
  address.searchParams.set("scope", [...new Set([...required, ...scopes])].join(","));
  // What was declined once is not asked again without it.
  address.searchParams.set("auth_type", "rerequest");
  if (codeChallenge !== null) {
    address.searchParams.set("code_challenge", codeChallenge);
    address.searchParams.set("code_challenge_method", "S256");
  }
  return address;
}

/** Nothing in the address is signed: the state, which only we know, is the proof. */
function readCallback(query: string): CallbackReading {
  const values = new URLSearchParams(query);
  const state = values.get("state") ?? "";
  const forged = { kind: "refused", status: 400, problem: { code: "meta-ads.callbackForged" } } as const;
  const isTwice = new Set(values.keys()).size !== values.size;
  if (isTwice || !STATE.test(state)) return forged;
  if (values.has("error") || values.has("error_code")) {
    const isRefusal = values.get("error") === "access_denied";
    const code = isRefusal ? "meta-ads.consentRefused" : "meta-ads.consentFailed";
    return { kind: "declined", state, problem: { code } };
  }
  const code = values.get("code") ?? "";
  return CODE.test(code) ? { kind: "granted", state, code, claims: {} } : forged;
}

async function exchange(outbound: Outbound, given: ExchangeRequest): Promise<Tokens> {
  const short = await tokenFor(outbound, given, {
    redirect_uri: given.client.redirectUri,
    code: given.code,
    ...(given.codeVerifier === null ? {} : { code_verifier: given.codeVerifier }),
  });
  const long = await tokenFor(outbound, given, { grant_type: "fb_exchange_token", fb_exchange_token: short.token });
  const [facts, name] = await Promise.all([inspect(outbound, given, long.token), nameOf(outbound, given, long.token)]);
  const user = textOrNull(facts, "user_id");
  if (user === null || facts["is_valid"] !== true) throw notATokenOfOurs("The new token was not valid");
  if (textOrNull(facts, "app_id") !== given.client.clientId) throw notATokenOfOurs("The token is another app's");
  return {
    login: { key: user, details: name === null ? {} : { name: nameIn(name) } },
    credential: { accessToken: long.token },
    ...grantOf(facts, after(given.now, long.expiresInSeconds)),
  };
}

/** What a token was given, and until when; `expiresAt` where Meta's own facts of it tell no end. */
export function grantOf(facts: Fields, expiresAt: Date | null = null): GrantFacts {
  const ends = secondsIn(facts, "expires_at") ?? expiresAt;
  return {
    scopes: scopesIn(facts),
    accessExpiresAt: ends,
    endsAt: earliest(ends, secondsIn(facts, "data_access_expires_at")),
  };
}

/** A token that stands: its scopes may have been cut, and its end moved, since it was given. */
export async function inspectGrant(outbound: Outbound, given: RefreshRequest): Promise<GrantFacts> {
  const facts = await inspect(outbound, given, given.credential["accessToken"] ?? "");
  const { error } = facts;
  if (facts["is_valid"] !== true)
    throw isFields(error)
      ? graphFailure(refusalIn(error), { now: given.now, usage: null })
      : notATokenOfOurs("The token is not valid any more");
  const grant = grantOf(facts);
  const lacked = lackedOf(grant.scopes);
  if (lacked !== null) throw lacked;
  return grant;
}

/** Null where every scope is there that nothing can be read without. */
export function lackedOf(scopes: readonly string[]): SourceFailure | null {
  const lacked = metaAdsCatalog.scopes.find((use) => use.required && !scopes.includes(use.scope));
  if (lacked === undefined) return null;
  const code = "meta-ads.permissionMissing";
  return new SourceFailure({ class: "permission", lacks: lacked.scope, curedBy: "grant", code, said: "" });
}

const notATokenOfOurs = (said: string): SourceFailure =>
  new SourceFailure({ class: "reauthorize", why: "revoked", code: "meta-ads.codeRefused", said });

type Grant = { readonly token: string; readonly expiresInSeconds: number | null };

async function tokenFor(
  outbound: Outbound,
  given: ExchangeRequest,
  params: Readonly<Record<string, string>>,
): Promise<Grant> {
  const secret = { client_id: given.client.clientId, client_secret: given.client.clientSecret };
  const form = { ...secret, ...params };
  const path = "oauth/access_token";
  const byForm = await heard(outbound, given, { path, form });
  const told = readsNoForm(byForm) ? await heard(outbound, given, { path: withQuery(path, form) }) : byForm;
  const body = formIn(told.text) ?? fieldsIn(bodyIn(told, given));
  const token = textOrNull(body, "access_token");
  if (token === null || token === "")
    throw new SourceFailure({ class: "transient", code: "oauth.notTokens", said: "200 without access_token" });
  const seconds = numberIn(body["expires_in"] ?? body["expires"]);
  return { token, expiresInSeconds: Number.isFinite(seconds) && seconds > 0 ? seconds : null };
}

/** As one part of a batch, so that the token stands in the body and not in the address of debug_token; alone where that is refused. */
export async function inspect(outbound: Outbound, given: Asking, token: string): Promise<Fields> {
  const { clientId, clientSecret } = given.client;
  const part = { method: "GET", relative_url: `v26.0/debug_token?input_token=${encodeURIComponent(token)}` };
  const app = `${clientId}|${clientSecret}`;
  const form = { batch: JSON.stringify([part]), include_headers: "false" };
  const batch = await heard(outbound, given, { path: "", form, bearer: app });
  const facts = readsNoForm(batch) ? null : factsIn(batch, given);
  if (facts !== null) return facts;
  const path = withQuery("debug_token", { input_token: token, access_token: app });
  try {
    return dataIn(fieldsIn(await ask(outbound, given, { path })));
  } catch (error) {
    // Of the token that is asked about Meta speaks within its answer; refused is the app's own.
    if (!isSourceFailure(error) || error.failure.class !== "reauthorize") throw error;
    const { said } = error.failure;
    throw new SourceFailure({ class: "invalid_request", code: "meta-ads.appUnknown", said }, { cause: error });
  }
}

/** Null where batches, or this in a batch, are not what the place answers to. A limit or trouble is thrown. */
function factsIn(batch: Heard, given: Asking): Fields | null {
  try {
    const parts = bodyIn(batch, given);
    if (!Array.isArray(parts)) return null;
    const [answer] = childrenOf({ parts }, "parts");
    const text = answer === undefined ? null : textOrNull(answer, "body");
    if (answer === undefined || text === null)
      throw new SourceFailure({ class: "transient", code: "oauth.notTokens", said: "a batch without its answer" });
    const told = { status: numberIn(answer["code"]), headers: {}, text };
    return readsNoForm(told) ? null : dataIn(fieldsIn(bodyIn(told, given)));
  } catch (error) {
    if (isSourceFailure(error) && !["transient", "rate_limit"].includes(error.failure.class)) return null;
    throw error;
  }
}

const dataIn = ({ data }: Fields): Fields => (isFields(data) ? data : {});

/** Who gave consent, for people to read; not worth a failure. */
async function nameOf(outbound: Outbound, given: Asking, token: string): Promise<string | null> {
  try {
    return textOrNull(fieldsIn(await ask(outbound, given, { path: "me?fields=id,name", bearer: token })), "name");
  } catch {
    return null; // shown by its id then
  }
}

/** Who asks, and when. */
export type Asking = Pick<ExchangeRequest, "now" | "signal"> & { readonly client: AppKey };

type Asked = {
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly bearer?: string;
};

export const ask = async (outbound: Outbound, asking: Asking, asked: Asked): Promise<Json> =>
  bodyIn(await heard(outbound, asking, asked), asking);

type Heard = Pick<Answer, "status" | "headers"> & { readonly text: string };

const bodyIn = (told: Heard, { now }: Pick<Asking, "now">): Json => judged(told.text, told, { now, usage: null });

const withQuery = (path: string, params: Readonly<Record<string, string>>): string =>
  `${path}?${new URLSearchParams(params).toString()}`;

/** Said by a place that takes no POST, or misses what stood in its body: the app's id first of all. */
const READS_NO_FORM =
  /unsupported post|unknown path|\bmissing\b|\bis required\b|validating application|invalid_client/i;
const readsNoForm = ({ status, text }: Heard): boolean =>
  [404, 405, 501].includes(status) || (status >= 400 && status < 500 && READS_NO_FORM.test(text));

async function heard(outbound: Outbound, { client, signal }: Asking, asked: Asked): Promise<Heard> {
  const { path, form, bearer } = asked;
  const url = new URL(`${GRAPH}/${path}`);
  const isPerson = bearer !== undefined && form === undefined;
  const answer = await outbound.send({
    method: form === undefined ? "GET" : "POST",
    url: (isPerson ? withProof(url, bearer, client) : url).href,
    headers: {
      accept: "application/json",
      ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    hosts: [GRAPH_HOST],
    signal,
    totalMs: TOKEN_MS,
    bytesMax: 1024 * 1024,
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

/** Seconds since 1970; 0 says never. */
function secondsIn(facts: Fields, name: string): Date | null {
  const seconds = numberIn(facts[name]);
  return seconds > 0 ? laterBy(new Date(0), seconds * 1000) : null;
}

const after = (now: Date, seconds: number | null): Date | null =>
  seconds === null ? null : laterBy(now, seconds * 1000);

const earliest = (one: Date | null, other: Date | null): Date | null =>
  one === null || (other !== null && other < one) ? other : one;

const scopesIn = (facts: Fields): string[] => {
  const told = facts["scopes"];
  const list = isList(told) ? told : [told];
  const plain = list.flatMap((scope) => (typeof scope === "string" ? scope.split(/[\s,]+/) : []));
  const granular = childrenOf(facts, "granular_scopes").flatMap((each) => textOrNull(each, "scope") ?? []);
  return [...new Set([...plain, ...granular])].filter((scope) => scope !== "").toSorted();
};
