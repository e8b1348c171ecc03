// How a person lets us in. Three ways; each turns what came back into `Tokens`, or refuses with a code.
// Everything here runs in the API process (it seals what it gets) except `refresh`, which only workers can call.
import type { AccountFacts } from "./account-facts.ts";
import type { Failure } from "./failure.ts";
import type { Outbound } from "./outbound/outbound.ts";
import type { Notice } from "./notice.ts";
import type { Scope } from "./catalog-entry.ts";

/** What is sealed: by name, all of it secret. */
export type Credential = { readonly [name: string]: string };
/** Whom the grant stands for at the source. `key` is what the source knows the login by (Shopify: the shop's domain). */
export type Login = { readonly key: string; readonly details: { readonly [name: string]: string } };

export type Tokens = {
  readonly login: Login;
  readonly credential: Credential;
  readonly scopes: readonly Scope[];
  /** When the access token ends; null when it does not. */
  readonly accessExpiresAt: Date | null;
  /** When the grant itself ends unless renewed or authorized again; null when it does not. */
  readonly endsAt: Date | null;
};

/** What a source tells of a credential that it gave. */
export type GrantFacts = Pick<Tokens, "scopes" | "accessExpiresAt" | "endsAt">;

export type Authorization = OAuth | PastedKey | Upload | MadeUp;

/** One field that the person fills in before consent or when pasting a key; texts are `ask.<name>`. */
export type Ask = {
  readonly name: string;
  readonly secret: boolean;
  readonly required: boolean;
  readonly example?: string;
  /** What is easily given in its place: known by its whole shape, as the browser's regular expressions read it, and named. */
  readonly mistakenFor?: readonly { readonly shape: string; readonly code: string }[];
};
/** What was typed, checked; `params` are stored in the attempt and come back in the callback. */
export type Typed =
  | { readonly ok: true; readonly params: Params }
  | { readonly ok: false; readonly field: string; readonly problem: Notice };
export type Params = { readonly [name: string]: string };
export type OAuthClient = { readonly clientId: string; readonly clientSecret: string; readonly redirectUri: string };

export interface OAuth {
  readonly kind: "oauth";
  readonly asks: readonly Ask[];
  readonly pkce: boolean;
  /** True when a refresh replaces the refresh token too, so that a lost answer matters. */
  readonly rotates: boolean;
  /** The old pair still works after a refresh whose answer was lost. */
  readonly oldPairSurvivesLostAnswer: boolean;
  readonly readTyped: (typed: Params) => Typed;
  /** The provider's real consent address; `outbound.browserAddress` applies PROVIDER_ROUTES to it. */
  readonly consentAddress: (ask: ConsentRequest) => URL;
  /** Before any use of the callback, the state's lookup included: what it proves by itself. `query` is raw, without `?`. */
  readonly readCallback: (query: string, client: OAuthClient, now: Date) => CallbackReading;
  /** Whether the callback came from the place that this attempt was started for. */
  readonly isFrom: (claims: Params, params: Params) => boolean;
  readonly exchange: (outbound: Outbound, given: ExchangeRequest) => Promise<Tokens>;
  /** Throws `reauthorize` when the refresh token is dead, `transient` when the same one may be tried again. */
  readonly refresh?: (outbound: Outbound, given: RefreshRequest) => Promise<Tokens>;
  /** A start that came from the provider's side (install link): the params to go on with, or null when it proves nothing. */
  readonly readInstallLink?: (query: string, client: OAuthClient, now: Date) => Params | null;
}
export type ConsentRequest = {
  readonly client: OAuthClient;
  readonly params: Params;
  readonly state: string;
  readonly codeChallenge: string | null;
  /** Optional scopes that the person agreed to; required ones are always asked for. */
  readonly scopes: readonly Scope[];
};
export type CallbackReading =
  | { readonly kind: "granted"; readonly state: string; readonly code: string; readonly claims: Params }
  | { readonly kind: "declined"; readonly state: string; readonly problem: Notice }
  | { readonly kind: "refused"; readonly status: 400 | 401 | 403; readonly problem: Notice };
export type ExchangeRequest = {
  readonly client: OAuthClient;
  readonly params: Params;
  readonly claims: Params;
  readonly code: string;
  readonly codeVerifier: string | null;
  readonly now: Date;
  readonly signal: AbortSignal;
};
export type RefreshRequest = {
  readonly client: OAuthClient;
  readonly login: Login;
  readonly credential: Credential;
  readonly now: Date;
  readonly signal: AbortSignal;
};

export interface PastedKey {
  readonly kind: "key";
  readonly asks: readonly Ask[];
  /** Shape only (stray spaces, public key instead of private); `probe` then tries it. */
  readonly readTyped: (typed: Params) => Typed;
  /** Tries the key at the source, one thing after another. Throws nothing that the source did: a check says it. */
  readonly probe: (
    outbound: Outbound,
    given: {
      readonly params: Params;
      readonly now: Date;
      readonly signal: AbortSignal;
      /** Ours at the platform, where a key is made for it. */
      readonly app: Pick<OAuthClient, "clientId" | "clientSecret"> | null;
    },
  ) => Promise<KeyTrial>;
  /** Keys that buy a short token (client credentials, user and password). */
  readonly refresh?: (outbound: Outbound, given: Omit<RefreshRequest, "client">) => Promise<Tokens>;
}

/** One thing that trying a key found out: that the source is there, that it takes the key, what may be read with it. */
export type KeyCheck = {
  /** `reachable`, `accepted`, or a scope. */
  readonly name: string;
  /** `skipped`: what came before it made it pointless, or the source would not say now. */
  readonly state: "passed" | "failed" | "skipped";
  readonly failure: Failure | null;
};
export type KeyTrial = {
  readonly checks: readonly KeyCheck[];
  /** Null when the key is of no use at all; a missing optional scope is no reason. */
  readonly tokens: Tokens | null;
  readonly account: AccountFacts | null;
};

/** Files: nothing to authorize; pulled feeds carry their own secrets. */
export interface Upload {
  readonly kind: "upload";
  readonly asks: readonly Ask[];
}

/** Sample data: nobody is there to be asked. */
export interface MadeUp {
  readonly kind: "none";
  readonly asks: readonly Ask[];
}

/** It is its own account, in its organisation's zone and currency; there is no grant, and nothing to revoke. */
export const isNative = ({ authorization: { kind } }: { readonly authorization: Authorization }): boolean =>
  kind === "upload" || kind === "none";
