// For tests: one row of each table in one organisation, so that "every table" in a title means every table.
import { randomUUID } from "node:crypto";
import type { Database } from "../connection.ts";
import {
  everyOrganisation,
  organisationId,
  requestId,
  runId,
  userId,
  type AccountId,
  type DatasourceId,
  type OrganisationId,
  type UserId,
} from "../schema/ids.ts";
import * as schema from "../schema/tables.ts";

const at = new Date("2026-11-20T10:00:00.000Z");
const day = "2026-11-20";
const currency = "INR";
/** Nothing, and its SHA-256. */
const RECORD = { record: "", hash: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" };
const actor = { kind: "system", name: "test" } as const;

export interface FilledOrganisation {
  organisationId: OrganisationId;
  userId: UserId;
  datasourceId: DatasourceId;
  accountId: AccountId;
}

/** `owner` is a superuser's database: what is arranged here is held to no policy. */
export async function fillOrganisation(owner: Database, name: string): Promise<FilledOrganisation> {
  const db = owner.drizzle;
  const id = organisationId(randomUUID());
  const person = userId(randomUUID());
  const slug = `${name}-${id.slice(0, 8)}`;
  await db.insert(schema.users).values({ id: person, name, email: `${slug}@example.test` });
  await db.insert(schema.sessions).values({ userId: person, token: slug, expiresAt: at });
  await db.insert(schema.signInMethods).values({ userId: person, accountId: slug, providerId: "credential" });
  await db.insert(schema.organisations).values({ id, slug, name, zone: "Asia/Kolkata", currency });
  await db.insert(schema.memberships).values({ organisationId: id, userId: person, role: "owner" });
  const connected = await fillConnections(owner, id, person, slug);
  await fillAuditHeads(owner, id);
  await fillRuns(owner, id, person, connected);
  await fillCosts(owner, id, connected);
  await fillRecords(owner, id, connected.accountId);
  return { organisationId: id, userId: person, ...connected };
}

type Connected = { datasourceId: DatasourceId; accountId: AccountId };

async function fillConnections(owner: Database, id: OrganisationId, person: UserId, slug: string): Promise<Connected> {
  const db = owner.drizzle;
  const ours = { organisationId: id, platform: "shopify" };
  const [account] = await db
    .insert(schema.accounts)
    .values({ ...ours, externalId: slug, name: slug })
    .returning();
  const [grant] = await db
    .insert(schema.grants)
    .values({ ...ours, loginKey: slug })
    .returning();
  if (!account || !grant) throw new Error("nothing was inserted");
  const [datasource] = await db
    .insert(schema.datasources)
    .values({ ...ours, name: slug, grantId: grant.id, accountId: account.id })
    .returning();
  if (!datasource) throw new Error("nothing was inserted");
  const of = { organisationId: id, datasourceId: datasource.id };
  await db.insert(schema.credentials).values({
    organisationId: id,
    grantId: grant.id,
    version: 1,
    sealed: Buffer.from("s"),
    wrappedKey: Buffer.from("w"),
    keyId: "k",
  });
  await db.insert(schema.slots).values(of);
  await db.insert(schema.accountCandidates).values({ ...of, externalId: slug, name: slug });
  await db.insert(schema.connectAttempts).values({
    ...ours,
    stateHash: slug,
    browserHash: slug,
    userId: person,
    purpose: "connect",
    expiresAt: at,
  });
  await db.insert(schema.commands).values({
    ...of,
    kind: "syncNow",
    argsHash: "",
    idempotencyKey: slug,
    actor,
    intentVersion: 1,
  });
  await db.insert(schema.outbox).values({ ...of, intentVersion: 1 });
  await db.insert(schema.holds).values({ ...of, scope: "source", reason: "test", by: actor });
  await db.insert(schema.apiTokens).values({
    organisationId: id,
    name: slug,
    secretHash: slug,
    lastFour: "abcd",
    createdBy: person,
    expiresAt: at,
  });
  await db.insert(schema.mails).values({ organisationId: id, toAddress: `${slug}@example.test`, kind: "test" });
  await db.insert(schema.reauthorizeLinks).values({
    ...of,
    tokenHash: slug,
    toAddress: `${slug}@example.test`,
    createdBy: person,
    expiresAt: at,
  });
  await owner.sql.begin(async (sql) => {
    await sql`select set_config('app.tenant', ${id}, true)`;
    await sql`select append_audit(${sql.json(actor)}, 'connected', 'datasource', ${datasource.id}, ${datasource.id})`;
  });
  return { datasourceId: datasource.id, accountId: account.id };
}

/** By name: a line number is no id of ours. */
async function fillCosts({ sql }: Database, id: OrganisationId, connected: Connected): Promise<void> {
  const of = { organisation_id: id, datasource_id: connected.datasourceId };
  const feed = randomUUID();
  const upload = randomUUID();
  await sql`insert into cost_feeds ${sql({ ...of, id: feed, kind: "https", name: "Costs", address: sql.json({}), every_minutes: 60, mode: "upsert" })}`;
  await sql`insert into feed_files ${sql({ organisation_id: id, feed_id: feed, name: "a.csv", size: 1, modified_at: at })}`;
  await sql`insert into uploads ${sql({ ...of, id: upload, how: "api", filename: "a.csv", by: sql.json(actor), mode: "upsert", size: 1, sha256: "0" })}`;
  await sql`insert into upload_findings ${sql({ organisation_id: id, upload_id: upload, line: 1, n: 0, code: "E_DATE", severity: "error" })}`;
  await sql`insert into cost_books ${sql({ ...of, head: 1, last_version: 1 })}`;
  const cost = {
    ...of,
    since: 1,
    line: 2,
    part: 0,
    identity: feed,
    content: upload,
    cost_type: "fixed",
    basis: "total",
  };
  const rest = { start_day: day, recurrence: "none", is_ad_spend: false, applies_to: "revenue", action: "upsert" };
  await sql`insert into cost_rows ${sql({ ...cost, ...rest, amount: "1", currency })}`;
  await sql`insert into cost_tallies ${sql({ ...of, since: 1, kind: "leftOut", cost_type: "fixed", currency, rows: 1, amount: "1", marks: "1" })}`;
  await sql`insert into cost_left_out ${sql({ ...of, reason: "order", first_day: day, last_day: day, currency, rows: 1, amount: "1" })}`;
  await sql`insert into cost_days ${sql({ ...of, metric: "cost_fixed", day, currency, since: 1, value: "1" })}`;
  await sql`insert into cost_recurring ${sql({ ...of, metric: "cost_fixed", recurrence: "daily", phase: 0, currency, day, since: 1, amount: "1", share_1: "0", share_2: "0", share_3: "0", share_4: "0" })}`;
  const shop = { organisation_id: id, account_id: connected.accountId };
  await sql`insert into order_costs ${sql({ ...shop, metric: "cost_units", day, currency: "PCS", value: "1", ground: "g" })}`;
  await sql`insert into store_cost_marks ${sql({ ...shop, changes: 1 })}`;
  await sql`insert into cost_mappings ${sql({ ...of, header_mark: "date", mapping: sql.json({}) })}`;
}

async function fillAuditHeads(owner: Database, id: OrganisationId): Promise<void> {
  await owner.sql`
    insert into audit_heads (organisation_id, day, n, hash)
    select organisation_id, ${day}::date, n, hash from audit_log where organisation_id = ${id}`;
}

async function fillRuns(owner: Database, id: OrganisationId, person: UserId, connected: Connected): Promise<void> {
  const db = owner.drizzle;
  const of = { organisationId: id, datasourceId: connected.datasourceId };
  const run = runId(connected.datasourceId, "sync", 1);
  await db.insert(schema.runs).values({ ...of, id: run, kind: "sync", n: 1 });
  await db.insert(schema.slices).values({ ...of, runId: run, stream: "orders", position: 0 });
  await db.insert(schema.runAttempts).values({ ...of, runId: run, n: 1, startedAt: at, finishedAt: at, ended: "well" });
  await db.insert(schema.checkpoints).values({ ...of, stream: "orders" });
  await db.insert(schema.progress).values({ ...of, stream: "orders" });
  await db.insert(schema.quarantine).values({ ...of, stream: "orders", reason: "test" });
  const [notice] = await db
    .insert(schema.notices)
    .values({ ...of, kind: "sourceDown" })
    .returning();
  if (!notice) throw new Error("nothing was inserted");
  await db.insert(schema.noticeReads).values({ organisationId: id, noticeId: notice.id, userId: person });
  await db
    .insert(schema.requests)
    .values({ organisationId: id, id: requestId(randomUUID()), noticeId: notice.id, askedBy: person });
  const decided = { choice: "keep", facts: {}, decidedBy: person, decidedAt: at } as const;
  await db.insert(schema.accessDecisions).values({ organisationId: id, kind: "person", subjectId: person, ...decided });
  await db.insert(schema.accessReviews).values({ organisationId: id, signedBy: person, signedAt: at, ...RECORD });
  await db.insert(schema.wishes).values({ organisationId: id, userId: person, platform: "mountain" });
  await db.insert(schema.calls).values({ ...of, hour: at, method: "GET", path: "/orders" });
  await db.insert(schema.spotChecks).values({ ...of, metric: "orders", day, currency });
}

/** By name and not by type: the ids of accounts are text here, and the columns differ from kind to kind. */
async function fillRecords(owner: Database, id: OrganisationId, accountId: string): Promise<void> {
  const { sql } = owner;
  const record = { organisation_id: id, account_id: accountId, id: "1", version_at: at, document: sql.json({ a: 1 }) };
  const money = { gross: "1.10", tax: "0", currency };
  const children = { ...record, order_id: "1" };
  await sql`insert into orders ${sql({
    ...record,
    ...money,
    name: "#1",
    ordered_at: at,
    day,
    discounts: "0",
    shipping: "0",
    duties: "0",
    tips: "0",
    total: "1.10",
  })}`;
  await sql`insert into order_lines ${sql({ ...children, ...money, quantity: 1, discount: "0" })}`;
  await sql`insert into refunds ${sql({
    ...children,
    refunded_at: at,
    day,
    amount: "1",
    returned: "1",
    returned_tax: "0",
    adjustments: "0",
    currency,
  })}`;
  await sql`insert into transactions ${sql({
    ...children,
    kind: "sale",
    status: "success",
    amount: "1",
    currency,
    processed_at: at,
    day,
  })}`;
  await sql`insert into fulfilments ${sql({ ...children, status: "success" })}`;
  await sql`insert into customers ${sql(record)}`;
  await sql`insert into products ${sql({ ...record, title: "Tea" })}`;
  await sql`insert into variants ${sql({ ...record, product_id: "1" })}`;
  await sql`insert into fees ${sql({ ...record, kind: "payment", charged_at: at, day, amount: "1", currency })}`;
  await sql`insert into campaigns ${sql({ ...record, level: "campaign", name: "Diwali" })}`;
  const sourceDay = { ...record, day, part: "campaign", counts: true, currency };
  await sql`insert into ad_days ${sql({ ...sourceDay, level: "campaign", spend: "1" })}`;
  await sql`insert into message_days ${sql({ ...sourceDay, channel: "email", revenue: "1" })}`;
  const number = { organisation_id: id, account_id: accountId, metric: "orders", day, currency };
  await sql`insert into rollups ${sql({ ...number, value: "1" })}`;
  const newcomer = { organisation_id: id, account_id: accountId, customer_id: "1", order_id: "1", ordered_at: at };
  await sql`insert into first_orders ${sql({ ...newcomer, day, currency })}`;
  await sql`insert into restatements ${sql({ ...number, cause: "edit" })}`;
}

/** A hold that concerns everyone. */
export async function holdEveryone(owner: Database): Promise<void> {
  await owner.drizzle.insert(schema.holds).values({
    organisationId: everyOrganisation,
    scope: "all",
    reason: "maintenance",
    by: actor,
  });
}
