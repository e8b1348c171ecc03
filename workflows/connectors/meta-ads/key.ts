// Another way in: the token of a system user, made for our app in the business's settings. It stands for no person and need not
// end after sixty days. Tried before it is kept; as any other secret it stands in headers and bodies only.
import type { AppKey } from "../contract.ts";
import type { KeyCheck, KeyTrial, PastedKey, Tokens, Typed } from "../authorization.ts";
import { nameIn } from "../account-facts.ts";
import { isSourceFailure, SourceFailure, type Failure } from "../failure.ts";
import type { Outbound } from "../outbound/outbound.ts";
import { textOrNull, type Fields } from "../read-fields.ts";
import { ask, grantOf, inspect, type Asking } from "./authorization.ts";
import { fieldsIn } from "./graph.ts";

/** Meta's tokens begin so, whomever they stand for. */
const TOKEN = /^EAA[\w-]{10,1000}$/;
const SCOPE = "ads_read";

export const metaAdsKey: PastedKey = {
  kind: "key",
  asks: [{ name: "token", secret: true, required: true, example: "EAA" }],
  readTyped,
  probe: (outbound, { params, now, signal, app }) => probe(outbound, params["token"] ?? "", { app, now, signal }),
};

function readTyped(typed: Readonly<Record<string, string>>): Typed {
  const token = (typed["token"] ?? "").replaceAll(/[\s\p{Cf}]+/gu, "").replace(/^Bearer/i, "");
  if (token === "") return { ok: false, field: "token", problem: { code: "meta-ads.tokenMissing" } };
  return TOKEN.test(token)
    ? { ok: true, params: { token } }
    : { ok: false, field: "token", problem: { code: "meta-ads.notAToken" } };
}

type Trying = { readonly app: AppKey | null; readonly now: Date; readonly signal: AbortSignal };

/** Who it stands for, whether it was made for our app, and whether it may read reports. */
async function probe(outbound: Outbound, token: string, { app, now, signal }: Trying): Promise<KeyTrial> {
  const asking: Asking = { client: app ?? { clientId: "", clientSecret: "" }, now, signal };
  try {
    const me = fieldsIn(await ask(outbound, asking, { path: "me?fields=id,name", bearer: token }));
    const facts = await inspect(outbound, asking, token);
    if (textOrNull(facts, "app_id") !== asking.client.clientId) throw otherApp("The token was made for another app");
    const tokens = tokensOf(token, me, facts);
    return tokens.scopes.includes(SCOPE) ? told(["reachable", "accepted", SCOPE], null, tokens) : lacking(tokens);
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    const { failure } = error;
    return failure.class === "transient" || failure.class === "rate_limit"
      ? told([], { name: "reachable", failure })
      : told(["reachable"], { name: "accepted", failure: refusedOf(failure) });
  }
}

const otherApp = (said: string): SourceFailure =>
  new SourceFailure({ class: "reauthorize", why: "revoked", code: "meta-ads.otherApp", said });

/**
 * A proof made with our secret does not fit a token of another app: Meta says so before it says anything of the token. And
 * nobody has signed in whose sign-in could have ended: such a token is not valid, as one of which half was copied.
 */
function refusedOf(failure: Failure): Failure {
  if (failure.code === "meta-ads.appNotAllowed") return otherApp(failure.said).failure;
  return failure.code === "meta-ads.tokenExpired" ? { ...failure, code: "meta-ads.tokenRefused" } : failure;
}

function tokensOf(token: string, me: Fields, facts: Fields): Tokens {
  const user = textOrNull(me, "id");
  if (user === null || user === "" || facts["is_valid"] !== true)
    throw new SourceFailure({ class: "reauthorize", why: "revoked", code: "meta-ads.tokenRefused", said: "not valid" });
  const name = textOrNull(me, "name");
  return {
    login: { key: user, details: name === null ? {} : { name: nameIn(name) } },
    credential: { accessToken: token },
    ...grantOf(facts),
  };
}

const lacking = (tokens: Tokens): KeyTrial =>
  told(["reachable", "accepted"], {
    name: SCOPE,
    failure: {
      class: "permission",
      lacks: SCOPE,
      curedBy: "grant",
      code: "meta-ads.tokenLacks",
      said: tokens.scopes.join(" "),
    },
  });

type Failed = { readonly name: string; readonly failure: Failure };

function told(passed: readonly string[], failed: Failed | null, tokens: Tokens | null = null): KeyTrial {
  const checks = ["reachable", "accepted", SCOPE].map((name): KeyCheck => {
    if (passed.includes(name)) return { name, state: "passed", failure: null };
    return failed?.name === name
      ? { name, state: "failed", failure: failed.failure }
      : { name, state: "skipped", failure: null };
  });
  return { checks, tokens, account: null };
}
