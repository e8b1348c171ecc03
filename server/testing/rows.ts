/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
/** For tests: datasources in any state, written as the workers would have left them. */
import { randomUUID } from "node:crypto";
import { accountId, datasourceId, grantId } from "@headwater/db/schema/ids.ts";
import type { AccountId, DatasourceId, GrantId, OrganisationId } from "@headwater/db/schema/ids.ts";
import { accounts, datasources, grants, progress, runs, slices, slots } from "@headwater/db/schema/tables.ts";
import { globalId } from "../graphql/node.ts";
import type { TestApi } from "./api.ts";

export interface Made {
  readonly id: DatasourceId;
  /** As clients name it. */
  readonly gid: string;
  readonly accountId: AccountId;
  readonly grantId: GrantId;
}

type Facts = Partial<typeof datasources.$inferInsert>;

export interface MakeOptions {
  readonly facts?: Facts;
  readonly shop?: string;
  readonly zone?: string;
  readonly currency?: string;
  readonly scopes?: string[];
}

/** Connected and live, unless its facts say otherwise. */
export async function makeDatasource(
  api: TestApi,
  organisation: OrganisationId,
  options: MakeOptions = {},
): Promise<Made> {
  const id = datasourceId(randomUUID());
  const account = accountId(randomUUID());
  const grant = grantId(randomUUID());
  const shop = options.shop ?? `shop-${id.slice(0, 8)}.myshopify.com`;
  const db = api.owner.drizzle;
  const now = api.serving.services.clock();
  await db.insert(accounts).values({
    organisationId: organisation,
    id: account,
    platform: "shopify",
    externalId: shop,
    name: shop.split(".")[0] ?? shop,
    domain: shop,
    currency: options.currency ?? "INR",
    zone: options.zone ?? "Asia/Kolkata",
  });
  await db.insert(grants).values({
    organisationId: organisation,
    id: grant,
    platform: "shopify",
    loginKey: shop,
    scopes: options.scopes ?? ["read_orders", "read_all_orders", "read_products", "read_customers"],
    version: 1,
    verifiedAt: now,
  });
  await db.insert(datasources).values({
    organisationId: organisation,
    id,
    platform: "shopify",
    name: shop,
    grantId: grant,
    accountId: account,
    phase: "LIVE",
    auth: "ok",
    backfill: "done",
    generation: 1,
    intentVersion: 1,
    lastSuccessAt: now,
    lastAttemptAt: now,
    completeThrough: now,
    firstNumbersAt: now,
    connectedAt: now,
    ...options.facts,
  });
  if (options.facts?.disconnectedAt == null)
    await db.insert(slots).values({ organisationId: organisation, datasourceId: id });
  return { id, gid: globalId("Datasource", id), accountId: account, grantId: grant };
}

/** What a day came to, in the account's own currency, as a sync leaves it. */
export async function putDay(
  api: TestApi,
  { accountId: account }: Made,
  day: string,
  values: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [metric, value] of Object.entries(values))
    await api.owner.sql`
      insert into rollups (organisation_id, account_id, metric, day, currency, value)
      select organisation_id, id, ${metric}, ${day}::date, currency, ${value}::numeric from accounts where id = ${account}`;
}

/** A history of two streams in three windows, the newest in, and some runs. */
export async function makeHistory(
  api: TestApi,
  organisation: OrganisationId,
  made: Made,
  runsCount = 3,
): Promise<void> {
  const db = api.owner.drizzle;
  const backfill = `${made.id}:backfill:1` as (typeof runs.$inferInsert)["id"]; // the shape of a run id
  const day = 86_400_000;
  const now = api.serving.services.clock().getTime();
  await db.insert(runs).values({
    organisationId: organisation,
    id: backfill,
    datasourceId: made.id,
    kind: "backfill",
    n: 1,
    state: "succeeded",
    written: 120,
    read: 120,
    merged: 120,
    startedAt: new Date(now - day),
    finishedAt: new Date(now - day / 2),
  });
  for (let n = 1; n <= runsCount; n += 1)
    await db.insert(runs).values({
      organisationId: organisation,
      id: `${made.id}:sync:${n}` as typeof backfill,
      datasourceId: made.id,
      kind: "sync",
      n,
      state: "succeeded",
      written: n,
      startedAt: new Date(now - (runsCount - n) * 3_600_000),
      finishedAt: new Date(now - (runsCount - n) * 3_600_000 + 1000),
    });
  for (const [place, stream] of ["orders", "customers"].entries())
    for (let window = 0; window < 3; window += 1)
      await db.insert(slices).values({
        organisationId: organisation,
        runId: backfill,
        datasourceId: made.id,
        stream,
        position: window * 2 + place,
        state: "done",
        fromAt: new Date(now - (window + 1) * 10 * day),
        toAt: new Date(now - window * 10 * day),
        rows: 20,
        pages: 1,
        attempts: 1,
        startedAt: new Date(now - day),
        finishedAt: new Date(now - day / 2),
      });
  for (const stream of ["orders", "customers"])
    await db.insert(progress).values({
      organisationId: organisation,
      datasourceId: made.id,
      stream,
      state: "done",
      rows: 60,
      windowsDone: 3,
      windowsTotal: 3,
      through: new Date(now),
    });
}
