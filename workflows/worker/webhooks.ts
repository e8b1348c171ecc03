/** What sources told us unasked, stored by the API, handled here: an uninstalled app is a revoked grant, at once. */
import { inTenant, organisationId } from "@headwater/db";
import type { Database, TenantTransaction } from "@headwater/db";
import type { AtGeneration } from "../activities/contract.ts";
import { writeAuth } from "../activities/judging.ts";
import { goOnWhereRoom } from "../activities/plans.ts";
import { audit, inTenantOf, ringLater } from "../activities/writing.ts";
import type { SourceLog } from "../source/contract.ts";
import { eraseAll } from "../source/end-grant.ts";
import { repeat } from "./repeat.ts";
import type { Loop } from "./repeat.ts";

export interface WebhookDeps {
  readonly db: Database;
  readonly log: SourceLog;
  /** Whom a privacy request is about; null where the connector does not say. */
  readonly subjectOf: (platform: string, body: Buffer) => Subject | null;
  readonly eraseCustomer: (ref: AtGeneration, subject: Subject) => Promise<void>;
}
export interface Subject {
  readonly customerId: string | null;
  readonly orderIds: readonly string[];
}

const EVERY_MS = 2_000;
const MOST = 50;
/** Over about four days, each wait twice the last: a database that restarts does not lose a privacy request. */
const MOST_ATTEMPTS = 12;
const BACK_OFF = "90 seconds";

interface Delivery {
  readonly platform: string;
  readonly webhookId: string;
  readonly topic: string;
  readonly accountKey: string;
  readonly receivedAt: Date;
  /** When the source said it at the latest. */
  readonly saidAt: Date;
  readonly body: Buffer;
  readonly attempts: number;
}
type Standing = AtGeneration & { readonly grantId: string; readonly hasEnded: boolean };

export async function handleWebhooks(deps: WebhookDeps): Promise<number> {
  const waiting = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Delivery[]>`
    select platform, webhook_id as "webhookId", topic, account_key as "accountKey", received_at as "receivedAt", body, attempts,
      least(received_at, coalesce(triggered_at + interval '1 second', received_at)) as "saidAt"
    from inbound_webhooks
    where handled_at is null and attempts < ${MOST_ATTEMPTS}
      and (attempts = 0 or received_at + (power(2, attempts) - 1) * ${BACK_OFF}::text::interval <= now())
    order by received_at limit ${MOST}`,
  );
  for (const delivery of waiting) await handleOne(deps, delivery);
  return waiting.length;
}

/**
 * Delivered twice, or handled twice: the second finds the facts as they are. What it said is not kept once it is handled:
 * a request to forget somebody must not be where he is remembered.
 */
async function handleOne(deps: WebhookDeps, delivery: Delivery): Promise<void> {
  const { platform, webhookId } = delivery;
  try {
    for (const standing of await standingOn(deps, delivery)) await apply(deps, delivery, standing);
    if (delivery.topic === "loginErasure") await forgetLogin(deps, delivery);
    await inTenant(
      deps.db,
      null,
      (tx) => tx.sql`
      update inbound_webhooks set handled_at = now(), attempts = attempts + 1, failure = null, body = '', headers = '{}',
        account_key = case when topic = 'loginErasure' then '' else account_key end
      where platform = ${platform} and webhook_id = ${webhookId}`,
    );
  } catch (error) {
    const [failed] = await inTenant(
      deps.db,
      null,
      (tx) => tx.sql<{ attempts: number }[]>`
      update inbound_webhooks set attempts = attempts + 1, failure = ${String(error).slice(0, 200)}
      where platform = ${platform} and webhook_id = ${webhookId} returning attempts`,
    );
    const facts = { platform, topic: delivery.topic, webhookId, error: String(error) };
    if ((failed?.attempts ?? 0) < MOST_ATTEMPTS) deps.log.warn("webhook failed", facts);
    else deps.log.error("webhook given up", facts);
  }
}

const PRIVACY = ["customerDataRequest", "customerErasure", "accountErasure", "loginErasure"];
const OF_THE_LOGIN = ["uninstalled", "accountErasure", "loginErasure"];

/**
 * Of what the source says of the login as a whole: one that was consented to since it was said has been connected again meanwhile.
 * What is sent late or again is as old as what it tells of, which some sources tell in whole seconds.
 */
const standingOn = (deps: WebhookDeps, { platform, accountKey, saidAt, topic }: Delivery): Promise<Standing[]> =>
  inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Standing[]>`
    select d.organisation_id as "organisationId", d.id as "datasourceId", d.generation, g.id as "grantId",
      d.phase = 'END' or d.disconnected_at is not null as "hasEnded"
    from datasources d join grants g on g.organisation_id = d.organisation_id and g.id = d.grant_id
    where g.platform = ${platform} and g.login_key = ${accountKey}
      and (${topic !== "uninstalled"} or d.phase <> 'END')
      and (${!OF_THE_LOGIN.includes(topic)} or coalesce(g.verified_at < ${saidAt.toISOString()}::text::timestamptz, true))`,
  );

/** By the same login, though it has yet to be proven; read within its organisation alone. */
async function isConsentedSince(
  { sql }: TenantTransaction,
  grantId: string,
  { accountKey, saidAt }: Pick<Delivery, "accountKey" | "saidAt">,
): Promise<boolean> {
  const since = await sql`
    select 1 from credentials c join grants g on g.organisation_id = c.organisation_id and g.id = c.grant_id
    where c.grant_id = ${grantId} and c.sealed is not null and c.created_at >= ${saidAt.toISOString()}::text::timestamptz
      and (c.id is distinct from g.candidate_credential_id
        or coalesce(g.holder->'candidate'->>'loginKey', g.login_key) = ${accountKey}) limit 1`;
  return since.length > 0;
}

async function apply(deps: WebhookDeps, delivery: Delivery, standing: Standing): Promise<void> {
  if (delivery.topic === "uninstalled") return markRevoked(deps, delivery, standing);
  if (delivery.topic === "loginErasure" && !standing.hasEnded) await markRevoked(deps, delivery, standing);
  if (!PRIVACY.includes(delivery.topic)) return Promise.resolve();
  return delivery.topic === "accountErasure"
    ? eraseAccount(deps, delivery, standing)
    : answerPrivacyRequest(deps, delivery, standing);
}

const markRevoked = (
  deps: WebhookDeps,
  delivery: Delivery,
  { organisationId: id, datasourceId, grantId }: Standing,
): Promise<void> =>
  inTenant(deps.db, organisationId(id), async (tx) => {
    if (await isConsentedSince(tx, grantId, delivery)) return;
    const isNews = await writeAuth(tx, datasourceId, "revoked", { code: "revokedAtSource" });
    if (isNews) await ringLater(tx, datasourceId);
  });

/**
 * Whoever gave the consent is not known here any more: name, id and token of the person, at every organisation and whether
 * anything stands on them still. What their account's reports said belongs to the business that connected them.
 */
async function forgetLogin(deps: WebhookDeps, { platform, accountKey, saidAt }: Delivery): Promise<void> {
  const grants = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ organisationId: string; id: string }[]>`
    select organisation_id as "organisationId", id from grants
    where platform = ${platform} and login_key = ${accountKey}
      and coalesce(verified_at < ${saidAt.toISOString()}::text::timestamptz, true)`,
  );
  for (const grant of grants)
    await inTenant(deps.db, organisationId(grant.organisationId), async (tx) => {
      if (await isConsentedSince(tx, grant.id, { accountKey, saidAt })) return;
      await eraseAll(tx.sql, organisationId(grant.organisationId), grant.id);
      await tx.sql`update grants set login_key = 'erased ' || id, holder = null where id = ${grant.id}`;
    });
}

/**
 * The shop is gone and asks that everything of it goes: disconnected by the system, and its data purged, also where it was kept.
 * A shop that still lets us in is not gone: its next sync says which of the two is so.
 */
async function eraseAccount(deps: WebhookDeps, delivery: Delivery, standing: Standing): Promise<void> {
  const { datasourceId } = standing;
  await inTenantOf(deps, standing, async (tx) => {
    const said = await saidByShop(tx, delivery, datasourceId);
    if (said === "standsYet") throw new Error("the shop lets us in until now");
    if (said === "stands") return deps.log.warn("erasure not believed: the shop was read since", { datasourceId });
    const [ended] = await tx.sql`
      update datasources set disconnected_at = coalesce(disconnected_at, now()), undo_until = now(), delete_data = true,
        disconnected_by = coalesce(disconnected_by, '{"kind":"system","name":"engine"}'),
        delete_data_by = '{"kind":"system","name":"engine"}', generation = generation + 1
      where id = ${datasourceId} and not delete_data
      returning id`;
    if (ended === undefined) return;
    await tx.sql`delete from slots where datasource_id = ${datasourceId}`;
    await audit(tx, datasourceId, { verb: "privacyRequest", after: { topic: "accountErasure" } });
    await ringLater(tx, datasourceId);
  });
  await goOnWhereRoom(deps, standing);
}

/** Asked for the last time, it is carried out: a source that is stopped would wait for its proof for ever. */
async function saidByShop(
  tx: TenantTransaction,
  { receivedAt, attempts }: Delivery,
  datasourceId: string,
): Promise<"gone" | "stands" | "standsYet"> {
  const [open] = await tx.sql<{ wasRead: boolean | null }[]>`
    select last_success_at > ${receivedAt.toISOString()}::text::timestamptz as "wasRead" from datasources
    where id = ${datasourceId} and auth = 'ok' and disconnected_at is null for no key update`;
  if (open === undefined) return "gone";
  if (open.wasRead === true) return "stands";
  return attempts + 1 < MOST_ATTEMPTS ? "standsYet" : "gone";
}

async function answerPrivacyRequest(
  deps: WebhookDeps,
  { platform, topic, body }: Delivery,
  standing: Standing,
): Promise<void> {
  const subject = topic === "customerErasure" ? deps.subjectOf(platform, body) : null;
  if (subject !== null) await deps.eraseCustomer(standing, subject);
  await inTenant(deps.db, organisationId(standing.organisationId), (tx) =>
    audit(tx, standing.datasourceId, { verb: "privacyRequest", after: { topic } }),
  );
}

export const keepHandling = (deps: WebhookDeps): Loop =>
  repeat(EVERY_MS, async () => {
    try {
      await handleWebhooks(deps);
    } catch (error) {
      deps.log.warn("webhooks wait", { error: String(error) });
    }
  });
