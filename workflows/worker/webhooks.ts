/** What sources told us unasked, stored by the API, handled here: an uninstalled app is a revoked grant, at once. */
import { inTenant, organisationId } from "@headwater/db";
import type { WorkDeps } from "../activities/deps.ts";
import { writeAuth } from "../activities/judging.ts";
import { audit } from "../activities/writing.ts";
import { repeat } from "./repeat.ts";
import type { Loop } from "./repeat.ts";

const EVERY_MS = 2_000;
const MOST = 50;
const MOST_ATTEMPTS = 10;

interface Delivery {
  readonly platform: string;
  readonly webhookId: string;
  readonly topic: string;
  readonly accountKey: string;
  readonly receivedAt: Date;
}
interface Standing {
  readonly organisationId: string;
  readonly datasourceId: string;
}

export async function handleWebhooks(deps: WorkDeps): Promise<number> {
  const waiting = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Delivery[]>`
    select platform, webhook_id as "webhookId", topic, account_key as "accountKey", received_at as "receivedAt"
    from inbound_webhooks
    where handled_at is null and attempts < ${MOST_ATTEMPTS} order by received_at limit ${MOST}`,
  );
  for (const delivery of waiting) await handleOne(deps, delivery);
  return waiting.length;
}

/** Delivered twice, or handled twice: the second finds the facts as they are. */
async function handleOne(deps: WorkDeps, delivery: Delivery): Promise<void> {
  const { platform, webhookId } = delivery;
  try {
    for (const standing of await standingOn(deps, delivery)) await apply(deps, delivery, standing);
    await inTenant(
      deps.db,
      null,
      (tx) => tx.sql`
      update inbound_webhooks set handled_at = now(), attempts = attempts + 1, failure = null
      where platform = ${platform} and webhook_id = ${webhookId}`,
    );
  } catch (error) {
    deps.log.warn("webhook failed", { platform, topic: delivery.topic, error: String(error) });
    await inTenant(
      deps.db,
      null,
      (tx) => tx.sql`
      update inbound_webhooks set attempts = attempts + 1, failure = ${String(error).slice(0, 200)}
      where platform = ${platform} and webhook_id = ${webhookId}`,
    );
  }
}

/** A login that was proven after the source had said it is done for has been connected again meanwhile. */
const standingOn = (deps: WorkDeps, { platform, accountKey, receivedAt }: Delivery): Promise<Standing[]> =>
  inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Standing[]>`
    select d.organisation_id as "organisationId", d.id as "datasourceId"
    from datasources d join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
    where g.platform = ${platform} and g.login_key = ${accountKey} and d.phase <> 'END'
      and coalesce(g.verified_at < ${receivedAt.toISOString()}::text::timestamptz, true)`,
  );

async function apply(deps: WorkDeps, { topic }: Delivery, standing: Standing): Promise<void> {
  await inTenant(deps.db, organisationId(standing.organisationId), async (tx) => {
    if (topic !== "uninstalled") return audit(tx, "privacyRequest", standing.datasourceId, null, { topic });
    await writeAuth(tx, standing.datasourceId, "revoked", { code: "revokedAtSource", said: "app uninstalled" });
    await tx.sql`
      with rung as (update datasources set intent_version = intent_version + 1 where id = ${standing.datasourceId}
        returning organisation_id, id, intent_version)
      insert into outbox (organisation_id, datasource_id, intent_version)
      select organisation_id, id, intent_version from rung`;
  });
}

export const keepHandling = (deps: WorkDeps): Loop =>
  repeat(EVERY_MS, async () => {
    try {
      await handleWebhooks(deps);
    } catch (error) {
      deps.log.warn("webhooks wait", { error: String(error) });
    }
  });
