// Codes and tokens: a code once and for ten minutes, a short token for an hour or two, a long one for sixty days, none to refresh.
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Row } from "../store.ts";
import { GraphError, namedError } from "./graph-error.ts";
import type { PersonSeed } from "./seed/people.ts";
import type { MetaWorld } from "./world.ts";

const shortSeconds = 5_400;
const longSeconds = 5_184_000;
/** Data calls stop so long after the person's last consent, even where the token lives on. */
const dataSeconds = 7_776_000;
const codeSeconds = 600;

export type Token = {
  readonly token: string;
  readonly person: PersonSeed;
  readonly scopes: readonly string[];
  /** Ad accounts that the person picked on the consent page; null for all, now and later. */
  readonly targets: readonly string[] | null;
  /** `system`: made in the settings of a business, for a user who is nobody. */
  readonly kind: "short" | "long" | "system";
  readonly issuedAt: number;
  readonly expiresAt: number | null;
  readonly dataUntil: number;
};

export interface Consent {
  readonly person: PersonSeed;
  readonly scopes: readonly string[];
  readonly declined: readonly string[];
  readonly targets: readonly string[] | null;
  readonly redirectUri: string;
  readonly challenge: string | null;
}

type Value = Row[string] | undefined;
const list = (value: Value): string[] => (typeof value !== "string" || value === "" ? [] : value.split(","));
const listOrNull = (value: Value): string[] | null => (value === null ? null : list(value));

export function issueCode(world: MetaWorld, consent: Consent): string {
  const code = `AQ${randomBytes(60).toString("base64url")}`;
  const { person, scopes, declined, targets, redirectUri, challenge } = consent;
  world.store.run(
    "insert into meta_codes (code, person, scopes, targets, redirect_uri, challenge, issued_at) values (?, ?, ?, ?, ?, ?, ?)",
    code,
    person.id,
    scopes.join(","),
    targets === null ? null : targets.join(","),
    redirectUri,
    challenge,
    world.clock.nowSeconds(),
  );
  for (const permission of [...scopes, "public_profile"]) setPermission(world, person.id, permission, "granted");
  for (const permission of declined) setPermission(world, person.id, permission, "declined");
  return code;
}

export function setPermission(world: MetaWorld, person: string, permission: string, status: string): void {
  world.store.run(
    "insert into meta_permissions (person, permission, status) values (?, ?, ?) on conflict (person, permission) do update set status = excluded.status",
    person,
    permission,
    status,
  );
}

export const permissionsOf = (world: MetaWorld, person: string): { permission: string; status: string }[] =>
  world.store
    .all("select permission, status from meta_permissions where person = ? order by permission", person)
    .map((row) => ({ permission: String(row["permission"]), status: String(row["status"]) }));

function issue(world: MetaWorld, of: Omit<Token, "token" | "issuedAt">): Token {
  const token = `EAA${randomBytes(90).toString("base64url").replaceAll(/[-_]/g, "Z")}`;
  const issuedAt = world.clock.nowSeconds();
  world.store.run(
    "insert into meta_tokens (token, person, scopes, targets, kind, issued_at, expires_at, data_until) values (?, ?, ?, ?, ?, ?, ?, ?)",
    token,
    of.person.id,
    of.scopes.join(","),
    of.targets === null ? null : of.targets.join(","),
    of.kind,
    issuedAt,
    of.expiresAt,
    of.dataUntil,
  );
  return { ...of, token, issuedAt };
}

const isSame = (left: string, right: string): boolean =>
  left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));

export function checkClient(world: MetaWorld, form: ReadonlyMap<string, string>): void {
  const { client } = world;
  if (client === null || form.get("client_id") !== client.clientId)
    throw new GraphError(101, "Error validating application. Cannot get application info due to a system error.");
  if (!isSame(form.get("client_secret") ?? "", client.clientSecret))
    throw new GraphError(1, "Error validating client secret.", {
      status: 400,
      type: "OAuthException",
      isTransient: false,
    });
}

export function exchangeCode(world: MetaWorld, form: ReadonlyMap<string, string>): Token {
  const now = world.clock.nowSeconds();
  const code = form.get("code") ?? "";
  const row = world.store.first("select * from meta_codes where code = ?", code);
  const refuse = (said: string, subcode: number) => new GraphError(100, said, { subcode, type: "OAuthException" });
  if (row === undefined) throw refuse("Invalid verification code format.", 36_009);
  if (row["used_at"] !== null) throw refuse("This authorization code has been used.", 36_009);
  if (Number(row["issued_at"]) <= now - codeSeconds) throw refuse("This authorization code has expired.", 36_007);
  if (row["redirect_uri"] !== form.get("redirect_uri"))
    throw refuse(
      "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
      36_008,
    );
  if (row["challenge"] !== null && challengeOf(form.get("code_verifier") ?? "") !== row["challenge"])
    throw refuse("Error validating verification code. The code_verifier does not match.", 36_010);
  world.store.run("update meta_codes set used_at = ? where code = ?", now, code);
  const person = personIn(world, row);
  const until = { expiresAt: now + shortSeconds, dataUntil: now + dataSeconds };
  return issue(world, {
    person,
    scopes: list(row["scopes"]),
    targets: listOrNull(row["targets"]),
    kind: "short",
    ...until,
  });
}

const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

function personIn(world: MetaWorld, row: Row): PersonSeed {
  const person = world.person(String(row["person"]));
  if (person === undefined) throw namedError("190/464");
  return person;
}

/** A live token becomes a long one; a long one comes back with the end it had. */
export function exchangeToken(world: MetaWorld, text: string): Token {
  const held = readToken(world, text);
  if (held.kind !== "short") return held;
  return issue(world, { ...held, kind: "long", expiresAt: world.clock.nowSeconds() + longSeconds });
}

/** Throws as Meta does for a token that is not one, has expired or was ended. */
export function readToken(world: MetaWorld, text: string): Token {
  const row = world.store.first("select * from meta_tokens where token = ?", text);
  if (row === undefined)
    throw new GraphError(190, "Invalid OAuth access token - Cannot parse access token", { status: 401 });
  const now = world.clock.nowSeconds();
  const state = world.stateOf(`login ${String(row["person"])}`);
  if (row["ended_subcode"] !== null) throw namedError(`190/${String(row["ended_subcode"])}`);
  if (state !== null) throw namedError(`190/${state}`);
  if (row["expires_at"] !== null && Number(row["expires_at"]) <= now) throw namedError("190/463");
  return tokenIn(world, row);
}

function tokenIn(world: MetaWorld, row: Row): Token {
  return {
    token: String(row["token"]),
    person: personIn(world, row),
    scopes: list(row["scopes"]),
    targets: listOrNull(row["targets"]),
    kind: kindIn(row["kind"]),
    issuedAt: Number(row["issued_at"]),
    expiresAt: row["expires_at"] === null ? null : Number(row["expires_at"]),
    dataUntil: Number(row["data_until"]),
  };
}

const kindIn = (value: Value): Token["kind"] => (value === "long" || value === "system" ? value : "short");

/** As the owner of a business makes one for our app: it does not end, and needs no consent of anybody. */
export function makeSystemToken(world: MetaWorld, person: PersonSeed, scopes: readonly string[]): Token {
  for (const permission of [...scopes, "public_profile"]) setPermission(world, person.id, permission, "granted");
  const for10Years = world.clock.nowSeconds() + 315_360_000;
  return issue(world, { person, scopes, targets: null, kind: "system", expiresAt: null, dataUntil: for10Years });
}

/** Ends every token of a person: 458 app removed, 460 password changed, 467 logged out. */
export const endTokens = (world: MetaWorld, person: string, subcode: number): number =>
  world.store.run(
    "update meta_tokens set ended_subcode = ? where person = ? and ended_subcode is null",
    subcode,
    person,
  );

/** Meta may shorten what it gave: every token of a person that still works ends in so many days. */
export const moveEnd = (world: MetaWorld, person: string, days: number): number =>
  world.store.run(
    "update meta_tokens set expires_at = ? where person = ? and ended_subcode is null",
    world.clock.nowSeconds() + Math.round(days * 86_400),
    person,
  );

export const proofOf = (world: MetaWorld, token: string): string =>
  createHmac("sha256", world.client?.clientSecret ?? "")
    .update(token)
    .digest("hex");

/** What debug_token tells of a token, dead ones included. */
export function inspect(world: MetaWorld, text: string): object {
  const row = world.store.first("select * from meta_tokens where token = ?", text);
  if (row === undefined)
    return { is_valid: false, scopes: [], error: { code: 190, message: "Invalid OAuth access token." } };
  const token = tokenIn(world, row);
  const granted = new Set(
    permissionsOf(world, token.person.id).flatMap((each) => (each.status === "granted" ? [each.permission] : [])),
  );
  const scopes = [...token.scopes.filter((scope) => granted.has(scope)), "public_profile"];
  return {
    app_id: world.client?.clientId ?? "",
    type: token.kind === "system" ? "SYSTEM_USER" : "USER",
    application: "Headwater",
    ...validityOf(world, text),
    issued_at: token.issuedAt,
    expires_at: token.expiresAt ?? 0,
    data_access_expires_at: token.kind === "system" ? 0 : token.dataUntil,
    scopes,
    granular_scopes: scopes.map((scope) => ({
      scope,
      ...(token.targets === null || scope === "public_profile" ? {} : { target_ids: token.targets }),
    })),
    user_id: token.person.id,
  };
}

function validityOf(world: MetaWorld, text: string): object {
  try {
    readToken(world, text);
    return { is_valid: true };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { is_valid: false, error: { code: error.code, subcode: error.subcode, message: error.message } };
  }
}
