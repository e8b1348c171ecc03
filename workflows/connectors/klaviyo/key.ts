// The pasted private key. Its shape is looked at first; then it is tried, one permission after another.
import type { KeyCheck, KeyTrial, PastedKey, Typed } from "../authorization.ts";
import { isSourceFailure, type Failure } from "../failure.ts";
import type { Outbound } from "../outbound/outbound.ts";
import { withShortWaits } from "../protocol/short-wait.ts";
import { accountCall, readAccount } from "./account.ts";
import { API_HOST, type Caller, headersOf, readDocument } from "./api.ts";
import { probes, refusalOf } from "./probes.ts";

/** A private key begins with `pk_`. */
const PRIVATE = /^pk_[A-Za-z0-9_]{20,}$/;
/** The public key: the account's site id, six characters. */
const PUBLIC = /^[A-Za-z0-9]{6}$/;
const TRY_MS = 15_000;

export const klaviyoKey: PastedKey = {
  kind: "key",
  asks: [
    {
      name: "key",
      secret: true,
      required: true,
      example: "pk_",
      mistakenFor: [{ shape: PUBLIC.source, code: "klaviyo.publicKey" }],
    },
  ],
  readTyped,
  probe: async (outbound, { params, now, signal }) =>
    probe(callerWith(outbound, params["key"] ?? "", now, signal), params),
};

/** Spaces, line breaks and invisible characters come with a paste and are no part of any key. */
function readTyped(typed: Readonly<Record<string, string>>): Typed {
  const key = (typed["key"] ?? "").replaceAll(/[\s\p{Cf}]+/gu, "").replace(/^Klaviyo-API-Key/i, "");
  const refused = (code: string): Typed => ({ ok: false, field: "key", problem: { code } });
  if (key === "") return refused("klaviyo.keyMissing");
  if (PUBLIC.test(key)) return refused("klaviyo.publicKey");
  return PRIVATE.test(key) ? { ok: true, params: { key } } : refused("klaviyo.notAKey");
}

export const authorizationOf = (key: string): string => `Klaviyo-API-Key ${key}`;

const callerWith =
  (outbound: Outbound, key: string, now: Date, signal: AbortSignal): Caller =>
  (call) =>
    withShortWaits(
      async () => {
        const answer = await outbound.send({
          method: "GET",
          url: call.url,
          headers: { ...headersOf(call), authorization: authorizationOf(key) },
          hosts: [API_HOST],
          signal,
          totalMs: TRY_MS,
        });
        return readDocument(answer, call.scope, now);
      },
      { now: () => now, signal },
    );

async function probe(caller: Caller, params: Readonly<Record<string, string>>): Promise<KeyTrial> {
  const checks: KeyCheck[] = [];
  const passed = (name: string) => void checks.push({ name, state: "passed", failure: null });
  const failed = (name: string, failure: Failure) => void checks.push({ name, state: "failed", failure });
  const first = await readAccount(caller).catch(failureIn);
  if ("class" in first) {
    const end = whereItEnds(first);
    if (end !== "reachable") passed("reachable");
    if (end === "scope") passed("accepted");
    failed(end === "scope" ? accountCall.scope : end, first);
    // What a key may not say of its account it may still read otherwise; a key that is refused may read nothing.
    if (end === "scope") for (const { scope, call } of probes) checks.push(await checkOf(caller, scope, call));
    return { checks: withTheRest(checks), tokens: null, account: null };
  }
  for (const name of ["reachable", "accepted", accountCall.scope]) passed(name);
  for (const { scope, call } of probes) checks.push(await checkOf(caller, scope, call));
  const login = { key: first.externalId, details: { name: first.name } };
  const scopes = checks.filter(({ name, state }) => state === "passed" && name.includes(":")).map(({ name }) => name);
  const tokens = { login, credential: { apiKey: params["key"] ?? "" }, scopes, accessExpiresAt: null, endsAt: null };
  return { checks, tokens, account: first };
}

/** Which of the first three things went wrong. */
function whereItEnds({ class: kind }: Failure): "reachable" | "accepted" | "scope" {
  if (kind === "permission") return "scope";
  return kind === "reauthorize" ? "accepted" : "reachable";
}

async function checkOf(caller: Caller, scope: string, call: Parameters<Caller>[0]): Promise<KeyCheck> {
  const found = await refusalOf(caller, call).catch(failureIn);
  if (found === null) return { name: scope, state: "passed", failure: null };
  return { name: scope, state: found.class === "permission" ? "failed" : "skipped", failure: found };
}

function withTheRest(checks: readonly KeyCheck[]): KeyCheck[] {
  const all = ["reachable", "accepted", accountCall.scope, ...probes.map(({ scope }) => scope)];
  return all.map((name) => checks.find((check) => check.name === name) ?? { name, state: "skipped", failure: null });
}

function failureIn(error: unknown): Failure {
  if (isSourceFailure(error)) return error.failure;
  throw error;
}
