// Meta's refusals → our failure classes, by code and subcode. The HTTP status says little: most are 400, some are 200.
import { ofRequest, SourceFailure, type Failure } from "../failure.ts";
import { numberIn } from "../json.ts";
import { saidBy } from "../outbound/redact.ts";
import { wordsOf, type Fields } from "../read-fields.ts";
import { retryOf, type Usage } from "./usage.ts";

export type GraphRefusal = {
  readonly code: number;
  readonly subcode: number | null;
  readonly message: string;
  readonly isTransient: boolean;
  readonly traceId?: string;
};

/** `ofAccount`: what was asked stands below the ad account. */
export type At = { readonly now: Date; readonly usage: Usage | null; readonly ofAccount?: boolean };
type Classified = (said: string, at: At) => Failure;

export const TOO_MUCH_DATA = "meta-ads.tooMuchData";
export const TIMED_OUT = "meta-ads.timedOut";
export const NOT_THERE = "meta-ads.notThere";
export const BAD_REQUEST = "meta-ads.badRequest";

const dead =
  (why: "expired" | "revoked", code: string): Classified =>
  (said) => ({ class: "reauthorize", why, code, said });
const expired = dead("expired", "meta-ads.tokenExpired");
const invalid =
  (code: string): Classified =>
  (said) => ({ class: "invalid_request", code, said });
const trouble: Classified = (said) => ({ class: "transient", code: "meta-ads.trouble", said });
const timedOut: Classified = (said) => ({ class: "transient", code: TIMED_OUT, said });
const limited: Classified = (said, { now, usage }) => ({
  class: "rate_limit",
  code: "meta-ads.throttled",
  said,
  retryAt: retryOf(usage, now),
});
const lacksScope: Classified = (said) => ({
  class: "permission",
  lacks: "ads_read",
  curedBy: "grant",
  code: "meta-ads.permissionMissing",
  said,
});
const lacksRole: Classified = (said) => ({
  class: "permission",
  lacks: "Analyst",
  curedBy: "grant",
  code: "meta-ads.roleMissing",
  said,
});
const blocked: Classified = (said) => ({
  class: "permission",
  lacks: "atSource",
  curedBy: "source",
  code: "meta-ads.blocked",
  said,
});
/**
 * Meta says the same of an account that is gone and of one that this login may no longer see. A list tells them apart no
 * better, so nothing is given up: somebody who still has a role can authorize.
 */
const notThere: Classified = (said, { ofAccount }) =>
  ofAccount === true
    ? { class: "permission", lacks: "Analyst", curedBy: "grant", code: "meta-ads.accountNotReached", said }
    : { class: "gone", what: "object", code: NOT_THERE, said };
const incapable: Classified = (said) => ({
  class: "permission",
  lacks: "atSource",
  curedBy: "operator",
  code: "meta-ads.appNotAllowed",
  said,
});

const unknownApp: Classified = (said) => ({
  class: "permission",
  lacks: "atSource",
  curedBy: "operator",
  code: "meta-ads.appUnknown",
  said,
});

const tooMuch = invalid(TOO_MUCH_DATA);
const tooMuchNow: Classified = (said) => ({ class: "transient", code: TOO_MUCH_DATA, said });

/** `190/463` before `190`. */
const table: ReadonlyMap<string, Classified> = new Map<string, Classified>([
  ["1", trouble],
  ["2", trouble],
  ["2/1504038", timedOut],
  ["2/1504043", trouble],
  ["2/1504044", trouble],
  ["3", incapable],
  ["4", limited],
  ["10", lacksScope],
  ["17", limited],
  ["32", limited],
  ["99", trouble],
  ["100", invalid(BAD_REQUEST)],
  ["100/33", notThere],
  ["100/1487534", tooMuch],
  ["100/1504018", timedOut],
  ["101", unknownApp],
  ["102", expired],
  ["190", expired],
  ["190/458", dead("revoked", "meta-ads.appRemoved")],
  ["190/459", dead("revoked", "meta-ads.checkpoint")],
  ["190/460", dead("revoked", "meta-ads.passwordChanged")],
  ["190/464", dead("revoked", "meta-ads.checkpoint")],
  ["190/467", dead("revoked", "meta-ads.loggedOut")],
  ["190/490", dead("revoked", "meta-ads.checkpoint")],
  ["200", lacksRole],
  ["294", lacksScope],
  ["341", limited],
  ["368", blocked],
  ["613", limited],
  ["2500", invalid(BAD_REQUEST)],
  ["2635", invalid("meta-ads.versionRetired")],
  ["3018", invalid("meta-ads.tooFarBack")],
  ["-2", trouble],
]);

/** As Meta says it of a report that is asked for without the task. */
export const NO_ROLE: GraphRefusal = { code: 200, subcode: null, message: "the task ANALYZE", isTransient: false };

export function refusalIn(error: Fields): GraphRefusal {
  const subcode = numberIn(error["error_subcode"] ?? error["subcode"]);
  return {
    code: numberIn(error["code"]) || 0,
    subcode: Number.isFinite(subcode) ? subcode : null,
    message: wordsOf(error, "message"),
    isTransient: error["is_transient"] === true,
    traceId: wordsOf(error, "fbtrace_id"),
  };
}

export function graphFailure(refusal: GraphRefusal, at: At): SourceFailure {
  const { code, subcode, message } = refusal;
  const name = subcode === null ? String(code) : `${code}/${subcode}`;
  const said = saidBy(`(${name}) ${message}`);
  return new SourceFailure(ofRequest(classified(refusal, name)(said, at), refusal.traceId));
}

/** A bad request by Meta's own code for a parameter, not by one that we do not know. */
export const isOfParameter = ({ failure }: SourceFailure): boolean => failure.said.startsWith("(100");

/** One for each of Meta's use cases, whose calls are counted apart. */
const isUseCaseLimit = (code: number): boolean => code >= 80_000 && code <= 80_014;
/** Said with more codes than one; with 1 or 2 it may pass. */
const LESS_DATA = /reduce the amount of data/i;
/** Used once, too old, or half an address: another consent brings another. */
const CODE_SPENT = /authorization code has|verification code format/i;

function classified({ code, message, isTransient }: GraphRefusal, name: string): Classified {
  if (isUseCaseLimit(code)) return limited;
  if (code === 100 && /cursor/i.test(message)) return invalid("meta-ads.cursorRefused");
  if (code === 100 && /appsecret_proof/i.test(message)) return incapable;
  if (code === 100 && CODE_SPENT.test(message)) return dead("revoked", "meta-ads.codeRefused");
  if (code === 100 && LESS_DATA.test(message)) return tooMuch;
  // The code of trouble that passes, and this does not.
  if (code === 1 && /client secret/i.test(message)) return unknownApp;
  if ((code === 1 || code === 2) && LESS_DATA.test(message)) return tooMuchNow;
  const known = table.get(name) ?? table.get(String(code));
  // What Meta itself calls passing is passing, unless we know better.
  if (isTransient && (known === undefined || code === 100)) return trouble;
  if (known !== undefined) return known;
  if (code >= 200 && code <= 299) return lacksScope;
  return code === 0 ? trouble : invalid(BAD_REQUEST);
}

/** An answer that holds no error of Meta's own: a page of HTML, an edge that is down. */
export function statusFailure(status: number, said: string, at: At): SourceFailure {
  if (status === 429) return new SourceFailure(limited(said, at));
  if (status === 401) return new SourceFailure(expired(said, at));
  return new SourceFailure(trouble(said, at));
}
