/** An outage of a platform is one row, not ten thousand failures. It ends by itself; if the outage lasts, it is placed again. */
import { everyOrganisation, inTenant } from "@headwater/db";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";

const LEAST_ORGANISATIONS = 3;
const LEAST_SHARE = 0.5;
const HELD_FOR = "5 minutes";

interface Outage {
  readonly platform: string;
  readonly down: number;
  readonly organisations: number;
  readonly tried: number;
}

export async function probeProviders(deps: SweepDeps): Promise<SweepResult> {
  const platforms = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Outage[]>`
    select platform, count(*)::int as tried,
      count(*) filter (where throttle_reason->>'code' = 'providerDown')::int as down,
      count(distinct organisation_id) filter (where throttle_reason->>'code' = 'providerDown')::int as organisations
    from datasources
    where disconnected_at is null and last_attempt_at > now() - interval '10 minutes'
    group by platform`,
  );
  const down = platforms.filter(isOutage);
  for (const { platform } of down) await hold(deps, platform);
  return { looked: platforms.length, acted: down.length };
}

/** One merchant's broken shop is no outage. */
export const isOutage = ({ down, organisations, tried }: Outage): boolean =>
  organisations >= LEAST_ORGANISATIONS && down >= tried * LEAST_SHARE;

const hold = (deps: SweepDeps, platform: string) =>
  inTenant(
    deps.db,
    everyOrganisation,
    (tx) => tx.sql`
    insert into holds (organisation_id, scope, platform, reason, until, by)
    select ${everyOrganisation}, 'platform', ${platform}, 'providerOutage', now() + ${HELD_FOR}::text::interval,
      '{"kind":"system","name":"providerProbe"}'
    where not exists (select 1 from holds where scope = 'platform' and platform = ${platform}
      and reason = 'providerOutage' and released_at is null and until > now())`,
  );
