/** What a failure of the source means for the facts. The connector names the class; this acts on it. */
import type { AuthState, TenantTransaction } from "@headwater/db";
import type { AuthReason } from "../lifecycle/facts.ts";
import type { FailureSummary, WorkOutcome } from "../load/outcome.ts";
import { placeHold } from "./budget.ts";
import { shortly } from "./failure.ts";
import { tellOfAccess } from "./telling.ts";
import { announce, audit } from "./writing.ts";

export type Verdict =
  | { readonly kind: "credential"; readonly auth: Exclude<AuthState, "none" | "ok">; readonly reason: AuthReason }
  /** No consent cures it: a frozen store. Held, and looked at again every day. */
  | { readonly kind: "frozen"; readonly said: string }
  | { readonly kind: "gone" }
  | { readonly kind: "later"; readonly retryAt: number | null }
  | { readonly kind: "shape" }
  | { readonly kind: "bug" };

/** Of what failed, whatever it is in itself: a right that one optional stream alone needs asks nobody for anything. */
export const verdictOn = ({ failure, onlyItsStream }: WorkOutcome & { kind: "failed" }): Verdict =>
  onlyItsStream === true ? { kind: "shape" } : judge(failure);

export function judge(failure: FailureSummary): Verdict {
  const said = shortly(failure.said);
  switch (failure.class) {
    case "reauthorize":
      return { kind: "credential", ...whyDead(failure.why, said) };
    case "permission":
      if (failure.curedBy === "source") return { kind: "frozen", said };
      // What is wrong with our app no merchant can put right: tried again, and counted as a fault of ours.
      if (failure.curedBy === "operator") return { kind: "bug" };
      return {
        kind: "credential",
        auth: "notPermitted",
        reason: { code: failure.lacks.includes("_") ? "scopeMissing" : "roleMissing", lacks: [failure.lacks], said },
      };
    case "gone":
      return failure.what === "account" ? { kind: "gone" } : { kind: "shape" };
    case "rate_limit":
      return { kind: "later", retryAt: Date.parse(failure.retryAt) };
    case "transient":
      return { kind: "later", retryAt: failure.retryAt === undefined ? null : Date.parse(failure.retryAt) };
    case "invalid_request":
      return { kind: "shape" };
    case "bug":
      return { kind: "bug" };
  }
}

const whyDead = (why: "expired" | "revoked" | "rotated", said: string) =>
  (
    {
      expired: { auth: "expired", reason: { code: "tokenExpired", said } },
      revoked: { auth: "revoked", reason: { code: "revokedAtSource", said } },
      rotated: { auth: "revoked", reason: { code: "keyRotated", said } },
    } as const
  )[why];

const DAY_MS = 86_400_000;

/** True where it changed what may run. The phase follows when the workflow has read it. */
export async function writeVerdict(tx: TenantTransaction, datasourceId: string, verdict: Verdict): Promise<boolean> {
  if (verdict.kind === "frozen") {
    await placeHold(tx, datasourceId, { reason: "frozenAtSource", said: verdict.said, forMs: DAY_MS });
    await tx.sql`update datasources set last_attempt_at = now() where id = ${datasourceId}`;
    return true;
  }
  if (verdict.kind !== "credential") return false;
  await writeAuth(tx, datasourceId, verdict.auth, verdict.reason);
  return true;
}

/** True where it was not so before. What we ended ourselves, its source then reports as ended: our reason stays. */
export async function writeAuth(
  tx: TenantTransaction,
  datasourceId: string,
  auth: AuthState,
  reason: AuthReason | null,
): Promise<boolean> {
  const { code, ...values } = reason ?? { code: null };
  const stored = reason === null ? null : JSON.stringify({ code, values });
  const [changed] = await tx.sql<{ auth: AuthState }[]>`
    with before as (select id, auth from datasources where id = ${datasourceId} for no key update)
    update datasources d set auth = ${auth}, last_attempt_at = now(),
      auth_reason = case when d.auth_reason->>'code' = 'revokedByOperator' and ${code === "revokedAtSource"}
        then d.auth_reason else ${stored}::text::jsonb end,
      auth_since = case when d.auth = ${auth} then d.auth_since else now() end
    from before where d.id = before.id
    returning before.auth`;
  if (changed === undefined || changed.auth === auth) return false;
  await audit(tx, datasourceId, { verb: "authChanged", before: { auth: changed.auth }, after: { auth, ...reason } });
  await tellOfAccess(tx, [datasourceId]);
  await announce(tx, datasourceId);
  return true;
}
