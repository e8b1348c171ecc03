/**
 * An outage of a platform is one row, not ten thousand failures. Every minute one of the waiting sources makes one cheap
 * call: as long as nobody answers, the hold stands; with the first answer it is released, and those it stopped wake one by one.
 */
import { datasourceId, everyOrganisation, inTenant, organisationId } from "@headwater/db";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";

const LEAST_ORGANISATIONS = 3;
const LEAST_SHARE = 0.5;
/** Where nobody probes any more, the hold ends by itself. */
const HELD_FOR = "6 hours";

interface Outage {
  readonly platform: string;
  readonly down: number;
  readonly organisations: number;
  readonly tried: number;
  readonly isHeld: boolean;
}

export async function probeProviders(deps: SweepDeps): Promise<SweepResult> {
  const platforms = await readPlatforms(deps);
  const doubtful = platforms.filter((one) => one.isHeld || isOutage(one));
  let acted = 0;
  for (const one of doubtful) {
    const isBack = await answersAgain(deps, one.platform);
    if (isBack === one.isHeld) acted += 1;
    if (isBack && one.isHeld) await release(deps, one.platform);
    if (!isBack && !one.isHeld) await hold(deps, one);
  }
  return { looked: platforms.length, acted };
}

const readPlatforms = (deps: SweepDeps): Promise<Outage[]> =>
  inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Outage[]>`
    select platform, count(*) filter (where d.last_attempt_at > now() - interval '10 minutes')::int as tried,
      count(*) filter (where d.last_attempt_at > now() - interval '10 minutes'
        and d.throttle_reason->>'code' = 'providerDown')::int as down,
      count(distinct d.organisation_id) filter (where d.last_attempt_at > now() - interval '10 minutes'
        and d.throttle_reason->>'code' = 'providerDown')::int as organisations,
      exists (select 1 from holds h where h.scope = 'platform' and h.platform = d.platform and h.reason = 'providerOutage'
        and h.released_at is null and h.until > now()) as "isHeld"
    from datasources d
    where d.disconnected_at is null
    group by platform`,
  );

/** One merchant's broken shop is no outage. */
const isOutage = ({ down, organisations, tried }: Pick<Outage, "down" | "organisations" | "tried">): boolean =>
  organisations >= LEAST_ORGANISATIONS && down >= tried * LEAST_SHARE;

/** Two of them are asked, of two organisations where there are two: one shop that stays broken must not keep all the others. */
const ASKED = 2;

interface Waiting {
  readonly organisationId: string;
  readonly datasourceId: string;
  readonly generation: number;
}

async function answersAgain(deps: SweepDeps, platform: string): Promise<boolean> {
  const waiting = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Waiting[]>`
    select * from (select distinct on (organisation_id) organisation_id as "organisationId", id as "datasourceId", generation
        from datasources where platform = ${platform} and disconnected_at is null and auth = 'ok'
        order by organisation_id, throttle_reason->>'code' = 'providerDown' desc nulls last, random()) one
    order by random() limit ${ASKED}`,
  );
  for (const one of waiting) if (await answers(deps, one)) return true;
  return false;
}

async function answers(deps: SweepDeps, one: Waiting): Promise<boolean> {
  const ref = {
    organisationId: organisationId(one.organisationId),
    datasourceId: datasourceId(one.datasourceId),
    generation: one.generation,
  };
  try {
    return (await deps.probe(ref)) === "answers";
  } catch (error) {
    deps.log.warn("probe broke", { datasourceId: one.datasourceId, error: String(error) });
    return false;
  }
}

async function hold(deps: SweepDeps, { platform, down, tried, organisations }: Outage): Promise<void> {
  const detail = JSON.stringify({ down, tried, organisations });
  await inTenant(
    deps.db,
    everyOrganisation,
    (tx) => tx.sql`
    insert into holds (organisation_id, scope, platform, reason, detail, until, by)
    select ${everyOrganisation}, 'platform', ${platform}, 'providerOutage', ${detail}::text::jsonb,
      now() + ${HELD_FOR}::text::interval, '{"kind":"system","name":"providerProbe"}'
    where not exists (select 1 from holds where scope = 'platform' and platform = ${platform}
      and reason = 'providerOutage' and released_at is null and until > now())`,
  );
  deps.log.warn("platform held", { platform, down, tried });
}

/** The reconciler wakes those it stopped over a quarter of an hour; that they were down is no longer so. */
async function release(deps: SweepDeps, platform: string): Promise<void> {
  await inTenant(
    deps.db,
    everyOrganisation,
    (tx) => tx.sql`
    update holds set released_at = now()
    where scope = 'platform' and platform = ${platform} and reason = 'providerOutage' and released_at is null`,
  );
  deps.log.info("platform released", { platform });
}
