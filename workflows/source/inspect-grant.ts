/** What a source says of the grant itself, where it can be asked: scopes that were cut and an end that was moved are known before a call fails. */
import type { GrantFacts } from "@headwater/connectors/authorization.ts";
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps } from "../load/contract.ts";
import type { OpenSource } from "./session.ts";
import type { Standing } from "./standing.ts";

/** Null where nobody can be asked, or not now: it is asked again tomorrow. Throws what a dead credential is refused with. */
export async function inspectGrant(
  deps: LoadDeps,
  { connector, keeper, calls, session }: OpenSource,
): Promise<GrantFacts | null> {
  const client = deps.appOf(connector.catalog.platform);
  if (connector.inspect === undefined || client === null || keeper === null) return null;
  const noted: Outbound = {
    ...deps.outbound,
    async send(request) {
      const answer = await deps.outbound.send(request);
      calls.record(request.method, "grant", answer);
      return answer;
    },
  };
  const { login, clock, signal } = session;
  const credential = await keeper.current();
  try {
    return await connector.inspect(noted, { client, login, credential, now: clock.now(), signal });
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    const { failure } = error;
    if (failure.class === "reauthorize" || failure.class === "permission") throw error;
    deps.log.warn("a grant could not be inspected", { platform: connector.catalog.platform, code: failure.code });
    return null;
  }
}

/** Less is what two of the source's own figures differ by. */
const MOVED_MS = 3_600_000;

/** Told to everybody who stands on it; a status that hangs on the end follows from the row. */
export async function keepGrantFacts(
  tx: TransactionSql,
  { organisationId }: DatasourceRef,
  { grant_id: grantId, grant }: Standing,
  { scopes, accessExpiresAt, endsAt }: GrantFacts,
): Promise<void> {
  const [before] = await tx.unsafe<[{ ends_at: Date | null }?]>(
    `select ends_at from grants where organisation_id = $1 and id = $2 and credential_id = $3 for update`,
    [organisationId, grantId, grant?.credential_id ?? null],
  );
  if (before === undefined) return; // another consent has come meanwhile
  await tx.unsafe(
    `update grants set scopes = $3, access_expires_at = $4, ends_at = $5 where organisation_id = $1 and id = $2`,
    [organisationId, grantId, [...scopes], accessExpiresAt, endsAt],
  );
  if (Math.abs((before.ends_at?.getTime() ?? 0) - (endsAt?.getTime() ?? 0)) < MOVED_MS) return;
  await tx.unsafe(
    `select append_audit('{"kind":"system","name":"engine"}', 'grantEndMoved', 'grant', $2::text, d.id, $3::jsonb, $4::jsonb), announce_change(d.id)
     from datasources as d where d.organisation_id = $1 and d.grant_id = $2::uuid and d.disconnected_at is null`,
    [
      organisationId,
      grantId,
      { endsAt: before.ends_at?.toISOString() ?? null },
      endsAt === null ? { kind: "endless" } : { endsAt: endsAt.toISOString() },
    ],
  );
}
