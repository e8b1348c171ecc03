/**
 * Files of costs that still count are held against what stands of them once a day, for as long as the file is kept: here it
 * is said which are due; the import's own child looks, behind whatever people have asked of it.
 */
import type { OrganisationId } from "@headwater/db";
import { inTenant, organisationId } from "@headwater/db";
import type { SweepDeps } from "./deps.ts";
import type { SweepResult } from "./contract.ts";

/** Of a datasource in a day: so many files, and after the first no more than so many bytes. Those that wait longest come first. */
const FILES_A_DAY = 20;
const BYTES_A_DAY = 1024 ** 3;

export async function askForChecks(deps: SweepDeps): Promise<SweepResult> {
  const organisations = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`
      select distinct organisation_id as id from datasources where phase = 'LIVE' and platform = 'custom-costs'`,
  );
  let acted = 0;
  for (const { id } of organisations) acted += await askOne(deps, organisationId(id));
  return { looked: organisations.length, acted };
}

interface Asked {
  readonly datasourceId: string;
  readonly version: number;
}

async function askOne(deps: SweepDeps, organisation: OrganisationId): Promise<number> {
  const asked = await inTenant(
    deps.db,
    organisation,
    (tx) => tx.sql<Asked[]>`
      with due as (
        select u.id, u.datasource_id, row_number() over waits as place, sum(u.size) over waits - u.size as before
        from uploads u
          join datasources d on d.organisation_id = u.organisation_id and d.id = u.datasource_id and d.phase = 'LIVE'
            and d.disconnected_at is null
          join cost_books b on b.organisation_id = u.organisation_id and b.datasource_id = u.datasource_id
        where u.state = 'committed' and u.erased_at is null and u.asked is null and u.version <= b.head
          and (u.checked_at is null or u.checked_at < now() - interval '1 day')
          and (u.checked->>'state' = 'superseded' and (u.checked->>'head')::int <= b.head) is not true
        window waits as (partition by u.datasource_id order by u.checked_at nulls first, u.version desc)),
      done as (
        select datasource_id, count(*) as files, sum(size) as bytes from uploads
        where checked_at >= now() - interval '1 day' and checked->>'state' is distinct from 'superseded' group by datasource_id),
      asked as (
        update uploads u set asked = 'check', asked_at = now(), asked_by = null from due left join done using (datasource_id)
        where u.id = due.id and u.asked is null and due.place + coalesce(done.files, 0) <= ${FILES_A_DAY}
          and (due.place + coalesce(done.files, 0) = 1 or due.before + coalesce(done.bytes, 0) < ${BYTES_A_DAY})
        returning u.datasource_id)
      update datasources d set intent_version = d.intent_version + 1
      where d.id in (select datasource_id from asked)
      returning d.id as "datasourceId", d.intent_version as version`,
  );
  for (const { datasourceId, version } of asked)
    await deps.ringer.ring({ organisationId: organisation, datasourceId }, version);
  return asked.length;
}
