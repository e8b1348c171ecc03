// What goes wrong with a feed, in the words of this connector: over HTTPS and over SFTP alike.
import { isSourceFailure, SourceFailure } from "../failure.ts";
import type { Failure } from "../failure.ts";

type Untold = Failure extends infer One ? (One extends Failure ? Omit<One, "said"> : never) : never;

export const failed = (failure: Untold, said = "", cause?: unknown): SourceFailure =>
  new SourceFailure({ ...failure, said }, { cause });

export const refused = (said: string): SourceFailure =>
  failed({ class: "reauthorize", why: "revoked", code: "custom-costs.refused" }, said);

const TOO_LARGE = new Set(["outbound.tooLarge", "outbound.tooPacked"]);
/** Nothing was heard of the server itself. */
const UNREACHED = new Set(["outbound.noAddress", "outbound.connectTimeout", "outbound.network"]);

/** The outbound client's own refusals, said of a feed. `isHeard`: the server had begun to answer. */
export function inOurWords(error: unknown, isHeard = false): unknown {
  if (!isSourceFailure(error) || error.failure.code.startsWith("custom-costs.")) return error;
  const { code, said } = error.failure;
  if (TOO_LARGE.has(code)) return failed({ class: "invalid_request", code: "custom-costs.tooLarge" }, said, error);
  if (error.failure.class === "invalid_request")
    return failed({ class: "invalid_request", code: "custom-costs.address" }, said, error);
  if (code === "outbound.certificate")
    return failed({ class: "transient", code: "custom-costs.certificate" }, said, error);
  const ours = !isHeard && UNREACHED.has(code) ? "custom-costs.unreachable" : "custom-costs.trouble";
  return failed({ class: "transient", code: ours }, said, error);
}
