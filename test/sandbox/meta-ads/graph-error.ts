// How Meta refuses: one envelope, a code, sometimes a subcode. The HTTP status says little, as it does there.
import { randomBytes } from "node:crypto";
import { json, type Answer } from "../http.ts";

export class GraphError extends Error {
  readonly code: number;
  readonly subcode: number | null;
  readonly status: number;
  readonly type: string;
  readonly isTransient: boolean;
  constructor(
    code: number,
    message: string,
    more: { subcode?: number; status?: number; type?: string; isTransient?: boolean } = {},
  ) {
    super(message);
    this.code = code;
    this.subcode = more.subcode ?? null;
    this.type = more.type ?? typeOf(code);
    this.isTransient = more.isTransient ?? (code === 1 || code === 2);
    this.status = more.status ?? statusOf(code);
  }
}

const typeOf = (code: number): string => (code === 100 && code > 0 ? "GraphMethodException" : "OAuthException");
const statusOf = (code: number): number =>
  code === 1 || code === 2 ? 500 : code === 10 || (code >= 200 && code < 300) ? 403 : 400;

const said: ReadonlyMap<string, string> = new Map([
  ["1", "An unknown error has occurred."],
  ["2", "Service temporarily unavailable"],
  ["2/1504038", "(#2) The request timed out."],
  ["3", "(#3) Application does not have the capability to make this API call."],
  ["4", "(#4) Application request limit reached"],
  ["4/1504022", "(#4) There have been too many calls from this ad-account. Please wait a bit and try again."],
  ["10", "(#10) Application does not have permission for this action"],
  ["17/2446079", "(#17) User request limit reached"],
  ["32", "(#32) Page request limit reached"],
  [
    "100/33",
    "Unsupported get request. Object does not exist, cannot be loaded due to missing permissions, or does not support this operation.",
  ],
  ["100/1487534", "(#100) Please reduce the amount of data you're asking for, then retry your request"],
  ["100/1504018", "(#100) Your request timed out. Please try again with a smaller date range or fewer fields."],
  ["102", "Session key invalid or no longer valid"],
  ["190/458", "Error validating access token: The user has not authorized application."],
  [
    "190/459",
    "Error validating access token: The session is invalid because the user has been checkpointed. Log in at www.facebook.com.",
  ],
  [
    "190/460",
    "Error validating access token: The session has been invalidated because the user changed their password.",
  ],
  ["190/463", "Error validating access token: Session has expired."],
  [
    "190/464",
    "Error validating access token: Sessions for the user are not allowed because the user is not a confirmed user.",
  ],
  ["190/467", "Error validating access token: The session is invalid because the user logged out."],
  ["200", "(#200) Ad account owner has NOT grant ads_management or ads_read permission"],
  ["294", "(#294) Managing advertisements requires an access token with the extended permission ads_read"],
  ["368", "The action attempted has been deemed abusive or is otherwise disallowed"],
  ["613/1487742", "(#613) Calls to this api have exceeded the rate limit."],
  ["2635", "(#2635) You are calling a deprecated version of the Ads API."],
  ["3018", "(#3018) The start date of the time range cannot be beyond 37 months from the current date"],
  ["80000", "(#80000) There have been too many calls from this ad-account. Wait a bit and try again."],
  ["80004", "(#80004) There have been too many calls to this ad-account. Wait a bit and try again."],
]);

/** `190/463`, as the desk names an error. */
export function namedError(name: string): GraphError {
  const [code = "1", subcode] = name.split("/");
  const message = said.get(name) ?? said.get(code) ?? `(#${code}) The desk asked for this error`;
  return new GraphError(Number(code), message, subcode === undefined ? {} : { subcode: Number(subcode) });
}

export function errorAnswer(error: GraphError, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = {
    message: error.message,
    type: error.type,
    code: error.code,
    ...(error.subcode === null ? {} : { error_subcode: error.subcode }),
    ...(error.isTransient ? { is_transient: true } : {}),
    fbtrace_id: `A${randomBytes(11).toString("base64url")}`,
  };
  return json(error.status, { error: body }, { "cache-control": "no-store", ...headers });
}
