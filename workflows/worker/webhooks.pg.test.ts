import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openDatabase } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import type { RingTarget } from "../client.ts";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { handleWebhooks } from "./webhooks.ts";
import type { WebhookDeps } from "./webhooks.ts";

let database: TestDatabase;
let deps: WebhookDeps;
let merchant: Merchant;
const erased: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase(inject("postgresUrl"));
  deps = {
    db: openDatabase({ url: database.workerUrl, max: 4 }),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    subjectOf: (_platform, body) => ({ customerId: body.toString(), orderIds: ["o-1"] }),
    eraseCustomer: (ref, erasure) => Promise.resolve(void erased.push({ of: ref.datasourceId, ...erasure })),
  };
  merchant = await newMerchant(database.ownerUrl, { ring: () => Promise.resolve() });
});
afterAll(async () => {
  await merchant.close();
  await deps.db.close();
  await database.close();
});

async function alive(): Promise<RingTarget> {
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok' where id = ${target.datasourceId}`;
  return target;
}
/** The login key of a test's grant is its datasource's id. */
const deliver = ({ datasourceId }: RingTarget, topic: string) =>
  merchant.sql`
    insert into inbound_webhooks (platform, webhook_id, topic, account_key, body)
    values ('shopify', ${`${topic}-${datasourceId}`}, ${topic}, ${datasourceId}, ${Buffer.from("c-7")})`;
const audits = async ({ datasourceId }: RingTarget, verb: string): Promise<number> =>
  (await merchant.sql`select 1 from audit_log where datasource_id = ${datasourceId} and verb = ${verb}`).length;

test("an uninstalled app is a revoked grant, and the workflow is rung for it", async () => {
  const target = await alive();
  const other = await alive();
  await deliver(target, "uninstalled");
  await handleWebhooks(deps);
  await handleWebhooks(deps);
  const [row] = await merchant.sql`
    select auth, auth_reason->>'code' as code, intent_version from datasources where id = ${target.datasourceId}`;
  expect(row).toEqual({ auth: "revoked", code: "revokedAtSource", intent_version: 1 });
  const rings = await merchant.sql`select intent_version from outbox where datasource_id = ${target.datasourceId}`;
  expect(rings).toEqual([{ intent_version: 1 }]);
  expect((await merchant.row(other))?.auth).toBe("ok");
});

test("an uninstall that is older than the credential says nothing about it", async () => {
  const target = await alive();
  await merchant.sql`
    update grants set verified_at = now() + interval '1 minute' where login_key = ${target.datasourceId}`;
  await deliver(target, "uninstalled");
  await handleWebhooks(deps);
  expect((await merchant.row(target))?.auth).toBe("ok");
});

test("an uninstall that is older than a consent which is yet to be proven says nothing about it", async () => {
  const target = await alive();
  await merchant.sql`
    insert into credentials (organisation_id, grant_id, version, key_id, sealed, wrapped_key)
      select organisation_id, id, 1, 'test', '\\x00', '\\x00' from grants where login_key = ${target.datasourceId}`;
  const consented = (when: string, provenAt: string | null) => merchant.sql`
    with given as (update credentials c set created_at = ${when}::text::timestamptz from grants g
      where g.id = c.grant_id and g.login_key = ${target.datasourceId})
    update grants set verified_at = ${provenAt}::text::timestamptz where login_key = ${target.datasourceId}`;
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
  const said = async (id: string) => {
    await merchant.sql`
      insert into inbound_webhooks (platform, webhook_id, topic, account_key, body)
      values ('shopify', ${`${id}-${target.datasourceId}`}, 'uninstalled', ${target.datasourceId}, ${Buffer.from("{}")})`;
    await handleWebhooks(deps);
    return (await merchant.row(target))?.auth;
  };
  await consented(at(1), null);
  expect(await said("of an access that was ended")).toBe("ok");
  await consented(at(1), at(-60));
  expect(await said("of the one before")).toBe("ok");
  await consented(at(1), at(-60));
  await merchant.sql`
    update grants g set holder = '{"candidate":{"loginKey":"somebody else"}}', candidate_credential_id = c.id
    from credentials c where c.grant_id = g.id and g.login_key = ${target.datasourceId}`;
  expect(await said("of the one that stands, beside another's consent")).toBe("revoked");
});

test("an uninstall that is younger than every consent ends it", async () => {
  const target = await alive();
  await merchant.sql`
    with given as (insert into credentials (organisation_id, grant_id, version, key_id, sealed, wrapped_key, created_at)
      select organisation_id, id, 1, 'test', '\\x00', '\\x00', now() - interval '30 minutes' from grants
      where login_key = ${target.datasourceId})
    update grants set verified_at = now() - interval '1 hour' where login_key = ${target.datasourceId}`;
  await deliver(target, "uninstalled");
  await handleWebhooks(deps);
  expect((await merchant.row(target))?.auth).toBe("revoked");
});

test("an uninstall that was said before the shop was connected anew is past, however late or often it is sent", async () => {
  const target = await alive();
  await merchant.sql`
    update grants set verified_at = now() - interval '1 minute' where login_key = ${target.datasourceId}`;
  const said = async (id: string, before: string) => {
    await merchant.sql`
      insert into inbound_webhooks (platform, webhook_id, topic, account_key, body, triggered_at)
      values ('shopify', ${`${id}-${target.datasourceId}`}, 'uninstalled', ${target.datasourceId}, ${Buffer.from("{}")},
        now() - ${before}::text::interval)`;
    await handleWebhooks(deps);
    return (await merchant.row(target))?.auth;
  };
  expect(await said("late", "3 hours")).toBe("ok");
  expect(await said("again under another id", "40 days")).toBe("ok");
  expect(await said("by a clock that runs ahead", "-10 minutes")).toBe("revoked");
});

test("a customer who asks to be forgotten is, and it is written down", async () => {
  const target = await alive();
  await deliver(target, "customerErasure");
  await handleWebhooks(deps);
  expect(erased).toEqual([{ of: target.datasourceId, customerId: "c-7", orderIds: ["o-1"] }]);
  expect(await audits(target, "privacyRequest")).toBe(1);
});

test("a shop that asks for its erasure is disconnected and purged, also where its data was kept", async () => {
  const here = await alive();
  const ended = await alive();
  await merchant.sql`
    update datasources set phase = 'END', disconnected_at = now() - interval '1 day', undo_until = now() - interval '1 day'
    where id = ${ended.datasourceId}`;
  for (const target of [here, ended]) {
    await merchant.sql`update datasources set auth = 'revoked' where id = ${target.datasourceId}`;
    await deliver(target, "accountErasure");
    await handleWebhooks(deps);
    const [row] = await merchant.sql`
      select disconnected_at is not null as gone, delete_data, generation, intent_version
      from datasources where id = ${target.datasourceId}`;
    expect(row).toEqual({ gone: true, delete_data: true, generation: 1, intent_version: 1 });
    expect((await merchant.sql`select 1 from slots where datasource_id = ${target.datasourceId}`).length).toBe(0);
  }
});

test("what the plan holds goes on at once where such a shop leaves it room", async () => {
  await merchant.sql`update organisations set plan = 'custom' where id = ${merchant.organisationId}`;
  const [gone, held] = [await alive(), await alive()];
  await merchant.sql`update datasources set auth = 'revoked' where id = ${gone.datasourceId}`;
  await merchant.sql`insert into holds (organisation_id, scope, datasource_id, reason, by)
    values (${held.organisationId}, 'source', ${held.datasourceId}, 'plan', '{"kind":"system","name":"planSweep"}')`;
  await deliver(gone, "accountErasure");
  await handleWebhooks(deps);
  expect(
    await merchant.sql`select 1 from holds where datasource_id = ${held.datasourceId} and released_at is null`,
  ).toEqual([]);
  const rings = await merchant.sql`select intent_version from outbox where datasource_id = ${held.datasourceId}`;
  expect(rings).toEqual([{ intent_version: 1 }]);
});

test("a shop that still lets us in is not erased on a word: its next sync says whether it is gone", async () => {
  const targets = [await alive(), await alive(), await alive()];
  for (const target of targets) await deliver(target, "accountErasure");
  const look = async () => {
    await merchant.sql`
      update inbound_webhooks set received_at = received_at - interval '5 days' where handled_at is null`;
    await handleWebhooks(deps);
    const rows = await merchant.sql<{ id: string; gone: boolean }[]>`
      select id, delete_data as gone from datasources where id in ${merchant.sql(targets.map((one) => one.datasourceId))}`;
    return targets.map(({ datasourceId: id }) => rows.find((row) => row.id === id)?.gone);
  };
  expect(await look(), "none is known to be gone").toEqual([false, false, false]);
  const [read, refused, stopped] = targets;
  await merchant.sql`update datasources set last_success_at = now() where id = ${read?.datasourceId ?? ""}`;
  await merchant.sql`update datasources set auth = 'revoked' where id = ${refused?.datasourceId ?? ""}`;
  expect(await look(), "the one that was refused is").toEqual([false, true, false]);
  await merchant.sql`update inbound_webhooks set attempts = 11 where account_key = ${stopped?.datasourceId ?? ""}`;
  expect(await look(), "and one that nothing was heard of, in the end").toEqual([false, true, true]);
  const [left] = await merchant.sql`select count(*)::int as n from inbound_webhooks where handled_at is null`;
  expect(left).toEqual({ n: 0 });
});

test("one that fails is tried again, and stands there with its failure", async () => {
  const target = await alive();
  await deliver(target, "customerErasure");
  const failing = { ...deps, eraseCustomer: () => Promise.reject(new Error("not now")) };
  await handleWebhooks(failing);
  const [waiting] = await merchant.sql`
    select attempts, handled_at, failure from inbound_webhooks where account_key = ${target.datasourceId}`;
  expect(waiting).toEqual({ attempts: 1, handled_at: null, failure: "Error: not now" });
  const handled = async () =>
    (
      await merchant.sql`
      select handled_at is not null as done, length(body) as bytes from inbound_webhooks
      where account_key = ${target.datasourceId}`
    )[0];
  await handleWebhooks(deps);
  expect(await handled()).toEqual({ done: false, bytes: 3 });
  await merchant.sql`update inbound_webhooks set received_at = now() - interval '2 minutes' where handled_at is null`;
  await handleWebhooks(deps);
  expect(await handled()).toEqual({ done: true, bytes: 0 });
});
