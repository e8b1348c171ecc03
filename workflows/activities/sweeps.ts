/** What looks at the whole platform. Each is safe to run twice, and none of them decides a phase. */
import { endUnheard, inTenant, organisationId } from "@headwater/db";
import type { SweepActivities, SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";
import { endUnanswered } from "./answers.ts";
import { tellOpened } from "./asked-for.ts";
import { announceExpiries } from "./expiries.ts";
import { endOrphans } from "./orphans.ts";
import { askForChecks } from "./file-checks.ts";
import { eraseHalfFiles, eraseOldFiles } from "./old-files.ts";
import { holdOverPlan } from "./plans.ts";
import { probeProviders } from "./probes.ts";
import { exportHeads } from "./audit-heads.ts";
import { reconcile } from "./reconcile.ts";
import { endSamples } from "./samples.ts";
import { tellPeople } from "./telling.ts";
import { beating } from "./watch.ts";

export const createSweepActivities = (deps: SweepDeps): SweepActivities => ({
  reconcile: () => beating(() => reconcileAndEnd(deps)),
  freshness: () => beating(() => announceAndTell(deps)),
  planSweep: () => beating(() => holdAndCheck(deps)),
  providerProbe: () => beating(() => probeProviders(deps)),
  retention: () => beating(() => retainAndExport(deps)),
});

async function announceAndTell(deps: SweepDeps): Promise<SweepResult> {
  const announced = await announceExpiries(deps);
  const told = await tellPeople(deps);
  const opened = await tellOpened(deps);
  return {
    looked: announced.looked + told.looked + opened.looked,
    acted: announced.acted + told.acted + opened.acted,
  };
}

async function holdAndCheck(deps: SweepDeps): Promise<SweepResult> {
  const held = await holdOverPlan(deps);
  const asked = await askForChecks(deps);
  const ended = await endSamples(deps);
  return {
    looked: held.looked + asked.looked + ended.looked,
    acted: held.acted + asked.acted + ended.acted,
  };
}

async function reconcileAndEnd(deps: SweepDeps): Promise<SweepResult> {
  const unheard = await endUnheard(deps.db.sql);
  const found = await reconcile(deps);
  const ended = await endOrphans(deps);
  const told = await endUnanswered(deps);
  return { looked: found.looked + ended.looked + told.looked, acted: unheard + found.acted + ended.acted + told.acted };
}

async function retainAndExport(deps: SweepDeps): Promise<SweepResult> {
  const exported = await exportHeads(deps);
  const { looked, acted } = await retain(deps);
  return { looked, acted: acted + exported };
}

/**
 * What nobody needs any more; nothing a person could ask for is among it. Nothing comes into a sample brand once it has
 * ended: with the last of its runs there is nothing left to look for.
 */
export async function retain(deps: SweepDeps): Promise<SweepResult> {
  const organisations = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`
      select organisation_id as id from datasources group by organisation_id
      having bool_or(disconnected_at is null or disconnected_at > now() - interval '91 days')
        or not bool_or(disconnected_by is not distinct from '{"kind":"system","name":"sample"}')`,
  );
  let acted = 0;
  for (const { id } of organisations) {
    const gone = await inTenant(deps.db, organisationId(id), async (tx) => {
      const rings = await tx.sql`delete from outbox where sent_at < now() - interval '7 days'`;
      const attempts = await tx.sql`delete from connect_attempts where expires_at < now() - interval '30 days'`;
      const runs = await tx.sql`
        delete from runs where kind not in ('backfill', 'resync', 'import') and finished_at < now() - interval '90 days'
          and n < (select max(n) from runs newer where newer.datasource_id = runs.datasource_id and newer.kind = runs.kind)`;
      return rings.count + attempts.count + runs.count;
    });
    acted += gone + (await eraseOldFiles(deps, organisationId(id)));
  }
  const gone = await inTenant(deps.db, null, async (tx) => {
    const silent = await tx.sql`delete from processes where seen_at < now() - interval '1 day'`;
    const told = await tx.sql`delete from inbound_webhooks where received_at < now() - interval '30 days'`;
    const mailed = await tx.sql`delete from mails where created_at < now() - interval '30 days'`;
    return silent.count + told.count + mailed.count;
  });
  return { looked: organisations.length, acted: acted + gone + (await eraseHalfFiles(deps)) };
}
