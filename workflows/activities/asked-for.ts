/** What people asked for: over once it is done. And who waits for a platform is told, once, when it can be connected. */
import { catalog } from "@headwater/connectors/catalog.ts";
import { inTenant, organisationId } from "@headwater/db";
import type { TenantTransaction } from "@headwater/db";
import { deriveStatus, needsAttention } from "../lifecycle/status.ts";
import { datasourcesPage } from "../mails/pages.ts";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";
import { readIntent } from "./reading.ts";
import { announce } from "./writing.ts";

/** Of a datasource: once it needs nobody; of a platform, or of whichever: once one was connected since. */
export async function settleRequests(deps: Pick<SweepDeps, "platformRules">, tx: TenantTransaction): Promise<number> {
  const standing = await tx.sql<{ id: string; datasourceId: string | null; isConnected: boolean }[]>`
    select id, datasource_id as "datasourceId", detail ->> 'about' = 'connect' and exists (
      select 1 from datasources d where d.organisation_id = n.organisation_id and d.connected_at >= n.since
        and d.disconnected_at is null and d.platform = coalesce(n.detail ->> 'platform', d.platform)) as "isConnected"
    from notices n where kind = 'requested' and resolved_at is null`;
  let settled = 0;
  for (const { id, datasourceId, isConnected } of standing) {
    const isDone = datasourceId === null ? isConnected : await needsNobody(deps, tx, datasourceId);
    if (!isDone) continue;
    await tx.sql`update notices set resolved_at = now() where id = ${id} and resolved_at is null`;
    if (datasourceId !== null) await announce(tx, datasourceId);
    settled += 1;
  }
  return settled;
}

async function needsNobody(
  { platformRules }: Pick<SweepDeps, "platformRules">,
  tx: TenantTransaction,
  datasourceId: string,
): Promise<boolean> {
  const intent = await readIntent(tx, datasourceId, platformRules);
  return intent === null || !needsAttention(deriveStatus(intent.facts, Date.now()));
}

const open = catalog.flatMap(({ platform, state }) => (state === "ready" ? [platform] : []));
const nameOf = new Map<string, string>(catalog.map(({ platform, name }) => [platform, name]));

interface Wish {
  readonly organisation: string;
  readonly person: string;
  readonly platform: string;
}

/** Told in the app and by mail, and the wish is gone with it: nobody is told twice. */
export async function tellOpened(deps: Pick<SweepDeps, "db">, opened: readonly string[] = open): Promise<SweepResult> {
  const due = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Wish[]>`select organisation_id as organisation, user_id as person, platform from wishes
      where platform = any(${[...opened]}::text[])`,
  );
  let acted = 0;
  for (const one of due) acted += await inTenant(deps.db, organisationId(one.organisation), (tx) => grant(tx, one));
  return { looked: due.length, acted };
}

async function grant(tx: TenantTransaction, { person, platform }: Wish): Promise<number> {
  const gone = await tx.sql`delete from wishes where user_id = ${person} and platform = ${platform} returning 1`;
  if (gone.count === 0) return 0;
  const [notice] = await tx.sql<{ id: string }[]>`
    insert into notices (organisation_id, kind, for_user, detail)
    values (${tx.organisationId}, 'platformOpened', ${person}, jsonb_build_object('platform', ${platform}::text)) returning id`;
  const [brand] = await tx.sql<{ slug: string }[]>`select slug from organisations where id = ${tx.organisationId}`;
  const details = { source: nameOf.get(platform) ?? platform, page: datasourcesPage(brand?.slug ?? "") };
  await tx.sql`select mail_people('platformOpened', ${JSON.stringify(details)}::text::jsonb, ${`opened ${notice?.id}`}, array[${person}::uuid])`;
  return 1;
}
