// The token endpoint of any platform: the standard's request and checks by oauth4webapi, over the guarded client, with
// sloppy answers put right first (no token_type, numbers as text). What a refusal means is the platform's to say.
import * as oauth from "oauth4webapi";
import type { OAuthClient } from "../authorization.ts";
import { SourceFailure, isSourceFailure } from "../failure.ts";
import { numberIn } from "../json.ts";
import { isGood, type Answer, type Outbound } from "../outbound/outbound.ts";
import { saidBy } from "../outbound/redact.ts";
import type { Fields } from "../read-fields.ts";
import { formIn, objectIn } from "./token-answer.ts";

export type TokenEndpoint = {
  readonly outbound: Outbound;
  readonly url: URL;
  readonly hosts: readonly string[];
  readonly client: OAuthClient;
  readonly signal: AbortSignal;
  /** The standard's form, unless a platform writes its own requests as JSON. */
  readonly writes?: "form" | "json";
  /** Parameters of this platform besides the standard's. */
  readonly extra?: Readonly<Record<string, string>>;
  /** What every answer but a good one means. */
  readonly refused: (refusal: TokenRefusal) => SourceFailure;
};
export type TokenRefusal = { readonly status: number; readonly error: string; readonly said: string };

export type TokenAnswer = {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresInSeconds: number | null;
  readonly refreshExpiresInSeconds: number | null;
  readonly scope: string | null;
};

/** Well inside the 15 s for which a refresh holds its lease. */
const TOKEN_MS = 10_000;

export async function exchangeCode(at: TokenEndpoint, code: string, codeVerifier: string | null): Promise<TokenAnswer> {
  const { as, client, auth } = partiesOf(at);
  const callback = oauth.validateAuthResponse(as, client, new URLSearchParams({ code }), oauth.expectNoState);
  const verifier = codeVerifier ?? oauth.nopkce;
  const options = optionsFor(at);
  return run(async () => {
    const answer = await oauth.authorizationCodeGrantRequest(
      as,
      client,
      auth,
      callback,
      at.client.redirectUri,
      verifier,
      options,
    );
    return readTokens(await oauth.processAuthorizationCodeResponse(as, client, answer));
  });
}

/** By the standard an answer that names no new refresh token leaves the one that it was asked with. */
export async function refreshTokens(at: TokenEndpoint, refreshToken: string): Promise<TokenAnswer> {
  const { as, client, auth } = partiesOf(at);
  return run(async () => {
    const answer = await oauth.refreshTokenGrantRequest(as, client, auth, refreshToken, optionsFor(at));
    const tokens = readTokens(await oauth.processRefreshTokenResponse(as, client, answer));
    return { ...tokens, refreshToken: tokens.refreshToken ?? refreshToken };
  });
}

function partiesOf(at: TokenEndpoint) {
  const as: oauth.AuthorizationServer = { issuer: at.url.origin, token_endpoint: at.url.href };
  const client: oauth.Client = { client_id: at.client.clientId };
  return { as, client, auth: oauth.ClientSecretPost(at.client.clientSecret) };
}

function optionsFor(at: TokenEndpoint): oauth.TokenEndpointRequestOptions {
  return {
    signal: at.signal,
    additionalParameters: { ...at.extra },
    [oauth.customFetch]: async (url: string, request: oauth.CustomFetchOptions<"POST", URLSearchParams>) => {
      const answer = await at.outbound.send({
        method: "POST",
        url,
        ...written(request, at.writes ?? "form"),
        hosts: at.hosts,
        signal: at.signal,
        totalMs: TOKEN_MS,
        bytesMax: 1024 * 1024,
      });
      return putRight(answer, at);
    },
  };
}

function written({ headers, body }: oauth.CustomFetchOptions<"POST", URLSearchParams>, as: "form" | "json") {
  const accepting = { ...headers, accept: "application/json" };
  if (as === "form") return { headers: accepting, body: body.toString() };
  const json = JSON.stringify(Object.fromEntries(body));
  return { headers: { ...accepting, "content-type": "application/json" }, body: json };
}

async function putRight(answer: Answer, at: TokenEndpoint): Promise<Response> {
  const text = await answer.text();
  if (!isGood(answer.status)) throw at.refused(refusalOf(answer.status, text));
  const body = formIn(text) ?? objectIn(text);
  const isRefusal = typeof body?.["error"] === "string" && typeof body["access_token"] !== "string";
  if (isRefusal) throw at.refused(refusalOf(answer.status, text)); // some say it with 200
  if (body === null)
    throw new SourceFailure({ class: "transient", code: "oauth.notTokens", said: `200: ${saidBy(text)}` });
  const fixed = {
    ...Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)),
    // Never asked for.
    id_token: undefined,
    token_type: "bearer",
    ...numberFrom(body, "expires_in"),
    ...numberFrom(body, "refresh_token_expires_in"),
  };
  return Response.json(fixed);
}

/** A count of seconds that came as text becomes a number; anything else goes. */
function numberFrom(body: Fields, name: string): Record<string, number | undefined> {
  const seconds = numberIn(body[name]);
  return { [name]: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined };
}

function refusalOf(status: number, text: string): TokenRefusal {
  const body = formIn(text) ?? objectIn(text) ?? {};
  const error = typeof body["error"] === "string" ? body["error"] : "";
  const description = typeof body["error_description"] === "string" ? body["error_description"] : text;
  return { status, error, said: saidBy(`${status} ${error} ${description}`) };
}

function readTokens(answer: oauth.TokenEndpointResponse): TokenAnswer {
  const refreshSeconds = answer["refresh_token_expires_in"];
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    expiresInSeconds: answer.expires_in ?? null,
    refreshExpiresInSeconds: typeof refreshSeconds === "number" ? refreshSeconds : null,
    scope: answer.scope ?? null,
  };
}

/** An answer that the standard forbids is the provider's trouble: the same request may be tried again. */
async function run<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isSourceFailure(error) || (error instanceof Error && error.name === "AbortError")) throw error;
    if (error instanceof oauth.OperationProcessingError || error instanceof oauth.UnsupportedOperationError)
      throw new SourceFailure(
        { class: "transient", code: "oauth.notTokens", said: saidBy(error.message) },
        { cause: error },
      );
    throw error;
  }
}
