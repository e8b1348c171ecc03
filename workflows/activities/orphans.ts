/**
 * Ends the grants on which nothing stands: a consent that came home after its attempt was over, a login that was laid aside, the
 * secret of a feed that was removed or given another one, or whose datasource is gone for good. What can still be undone keeps
 * its secrets.
 */
import { grantId, inTenant, organisationId } from "@headwater/db";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";

const MOST = 100;
/** The attempt that brings it is one transaction; this is only for the clocks. */
const GRACE = "1 minute";

interface Orphan {
  readonly organisation: string;
  readonly grant: string;
  /** Whose sign-in left it, and what its end is called there. */
  readonly left: { readonly datasource: string; readonly verb: string } | null;
}

export async function endOrphans(deps: SweepDeps): Promise<SweepResult> {
  const orphans = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Orphan[]>`
      select g.organisation_id as organisation, g.id as grant, g.holder->'left' as left from grants g
      where g.ended_at is null
        and (g.candidate_credential_id is not null or g.credential_id is not null)
        and g.created_at < now() - ${GRACE}::text::interval
        and not exists (select 1 from datasources d where d.organisation_id = g.organisation_id and d.grant_id = g.id)
        and not exists (select 1 from cost_feeds f join datasources d on d.organisation_id = f.organisation_id and d.id = f.datasource_id
          where f.organisation_id = g.organisation_id and f.grant_id = g.id and f.removed_at is null
            and (d.disconnected_at is null or d.undo_until > now()))
      order by g.created_at limit ${MOST}`,
  );
  let acted = 0;
  for (const orphan of orphans) if (await endOne(deps, orphan)) acted += 1;
  return { looked: orphans.length, acted };
}

/** One that fails is found again by the next sweep, and written down when it is given up: where somebody left it, for them. */
async function endOne(deps: SweepDeps, { organisation, grant, left }: Orphan): Promise<boolean> {
  const ref = { organisationId: organisationId(organisation), grantId: grantId(grant) };
  try {
    const outcome = await deps.endOrphan(ref);
    const isOver = outcome.kind !== "failed";
    const told =
      left === null ? (outcome.kind === "kept" ? outcome.because : outcome.kind) : isOver ? outcome.kind : "gaveUp";
    await inTenant(
      deps.db,
      ref.organisationId,
      (tx) => tx.sql`
        select append_audit('{"kind":"system","name":"engine"}', ${left?.verb ?? "grantRevoked"}, 'grant', ${grant}::text,
          ${left?.datasource ?? null}::uuid, null, jsonb_build_object('kind', ${told}::text))
        from (select 1) as once
        where ${isOver} or exists (select 1 from grants where id = ${grant}::uuid and ended_at is not null)`,
    );
    return isOver;
  } catch (error) {
    deps.log.warn("grant without a datasource was not ended", { grant, error: String(error) });
    return false;
  }
}
