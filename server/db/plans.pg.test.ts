// Row-level security adds no scan: with many organisations in every table, each list, sweep and rollup reads by index,
// and reads no more pages than the same question asked by a role without policies.
import { beforeAll, describe, expect, test } from "vitest";
import { type Database } from "./connection.ts";
import { type FilledOrganisation } from "./testing/every-table.ts";
import { inTenant } from "./tenant.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase("ours");

beforeAll(async () => {
  await made.owner.sql.unsafe(crowd);
  await made.owner.sql`
    insert into restatements (organisation_id, account_id, metric, day, currency, after, cause, at)
    select ${made.ours.organisationId}, ${made.ours.accountId}, 'orders', '2026-01-01', 'INR', n, 'edit',
      now() - n / 50 * interval '1 second' from generate_series(1, 20000) n`;
  await made.owner.sql`
    insert into quarantine (organisation_id, datasource_id, stream, source_id, reason, at)
    select ${made.ours.organisationId}, ${made.ours.datasourceId}, 'orders', n,
      case when n % 2 = 0 then 'textReplaced' else 'missing' end, now() - n * interval '1 second' from generate_series(1, 20000) n`;
  await made.owner.sql`vacuum analyze`;
});

/** Sixty organisations as large as ours and larger, ours among them. */
const crowd = `
  insert into organisations (slug, name, zone, currency) select 'o' || i, 'o', 'Asia/Kolkata', 'INR' from generate_series(1, 60) i;
  insert into accounts (organisation_id, platform, external_id, name)
    select o.id, 'shopify', 's' || i, 's' from organisations o, generate_series(1, 10) i where o.slug like 'o_%';
  insert into grants (organisation_id, platform, login_key)
    select o.id, 'shopify', 's' || i from organisations o, generate_series(1, 10) i;
  insert into datasources (organisation_id, platform, name, next_run_at, disconnected_at)
    select o.id, 'shopify', 's' || i, now() + i * interval '1 minute', case when i > 8 then now() end
    from organisations o, generate_series(1, 40) i;
  insert into runs (organisation_id, id, datasource_id, kind, n)
    select d.organisation_id, d.id || ':sync:' || i, d.id, 'sync', i from datasources d, generate_series(2, 11) i;
  insert into commands (organisation_id, datasource_id, kind, args_hash, idempotency_key, actor, intent_version, state)
    select d.organisation_id, d.id, 'syncNow', '', d.id || ' ' || i, '{}', i, case when i = 1 then 'accepted' else 'done' end
    from datasources d, generate_series(1, 10) i;
  insert into outbox (organisation_id, datasource_id, intent_version, sent_at)
    select d.organisation_id, d.id, i, case when i > 1 then now() end from datasources d, generate_series(1, 10) i;
  insert into rollups (organisation_id, account_id, metric, day, currency, value)
    select a.organisation_id, a.id, m, date '2026-01-01' + i, 'INR', i
    from accounts a, unnest(array['orders', 'net_sales', 'refunds']) m, generate_series(1, 90) i;
  insert into restatements (organisation_id, account_id, metric, day, currency, before, after, cause)
    select organisation_id, account_id, metric, day, currency, 0, value, 'edit' from rollups where day < '2026-01-31';
  insert into orders (organisation_id, account_id, id, version_at, name, ordered_at, day, currency, gross, discounts,
    shipping, tax, duties, tips, total)
    select a.organisation_id, a.id, 'x' || i, now(), '#', now(), date '2026-01-01' + i, 'INR', 1, 0, 0, 0, 0, 0, 1
    from accounts a, generate_series(1, 60) i;
  insert into audit_log (organisation_id, n, at, actor, verb, object_type, object_id, datasource_id, previous_hash, hash)
    select d.organisation_id, 1000 + row_number() over (partition by d.organisation_id), now(), '{}', 'x', 'x', 'x', d.id, '', ''
    from datasources d, generate_series(1, 10) i;`;

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Shared Hit Blocks": number;
  "Shared Read Blocks": number;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

async function planOf(db: Database, organisation: FilledOrganisation["organisationId"] | null, query: string) {
  return inTenant(db, organisation, async ({ sql }) => {
    await sql.unsafe(query); // the second time, the catalogue is in memory
    const [row] = await sql.unsafe<{ "QUERY PLAN": { Plan: PlanNode }[] }[]>(
      `explain (analyze, buffers, format json) ${query}`,
    );
    const plan = row?.["QUERY PLAN"][0]?.Plan;
    if (!plan) throw new Error("no plan");
    const nodes = nodesOf(plan);
    const scanned = nodes.filter((node) => node["Node Type"].endsWith("Seq Scan")).map((node) => node["Relation Name"]);
    const kinds = nodes.map((node) => node["Node Type"]);
    return { scanned, kinds, pages: plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] };
  });
}

describe("inside an organisation", () => {
  // Without naming the organisation: the policy alone has to find the index.
  const byPolicyAlone = [
    [
      "the days of a metric",
      "select day, sum(value) from rollups where metric = 'orders' and day between '2026-02-01' and '2026-03-01' group by 1",
    ],
    ["its orders", "select count(*), sum(total) from orders"],
    ["its runs", "select count(*) from runs"],
    ["its log", "select * from audit_log order by n desc limit 20"],
  ] as const;

  test.each(byPolicyAlone)("%s: by index, and no more pages than without policies", async (_what, query) => {
    const held = await planOf(made.api, made.ours.organisationId, query);
    expect(held.scanned).toEqual([]);
    const named = query.includes(" where ")
      ? query.replace(" where ", ` where organisation_id = '${made.ours.organisationId}' and `)
      : query.replace(/( from \w+)/, `$1 where organisation_id = '${made.ours.organisationId}'`);
    const free = await planOf(made.owner, null, named);
    expect(held.pages).toBeLessThanOrEqual(free.pages * 1.2 + 2);
  });

  const byDatasource = [
    [
      "its last runs",
      (o: string, d: string) =>
        `select * from runs where organisation_id = '${o}' and datasource_id = '${d}' order by started_at desc, id desc limit 24`,
    ],
    [
      "its timeline",
      (o: string, d: string) =>
        `select * from audit_log where organisation_id = '${o}' and datasource_id = '${d}' order by n desc limit 20`,
    ],
    [
      "its open commands",
      (o: string, d: string) =>
        `select * from commands where organisation_id = '${o}' and datasource_id = '${d}' and state = 'accepted'`,
    ],
    [
      "the fence",
      (o: string, d: string) =>
        `select generation from datasources where organisation_id = '${o}' and id = '${d}' for share`,
    ],
    [
      "its orders of a week",
      (o: string, _d: string) =>
        `select sum(total) from orders o where organisation_id = '${o}' and account_id = (select account_id from datasources where id = '${_d}' and organisation_id = '${o}') and day between '2026-02-01' and '2026-02-07'`,
    ],
  ] as const;

  test.each(byDatasource)("a worker reads %s by index", async (_what, query) => {
    const { scanned, pages } = await planOf(
      made.worker,
      made.ours.organisationId,
      query(made.ours.organisationId, made.ours.datasourceId),
    );
    expect(scanned).toEqual([]);
    expect(pages).toBeLessThan(20);
  });
});

describe("however many there are, a page is read from where it begins, and nothing is sorted", () => {
  const fromTheNewest = "order by at desc, id desc limit 51";
  test.each([
    ["the newest changes to past days", (of: string) => `select * from restatements where ${of} ${fromTheNewest}`],
    [
      "the page after them",
      (of: string) =>
        `select * from restatements where ${of} and (at, id) < (now() - interval '3 minutes', gen_random_uuid()) ${fromTheNewest}`,
    ],
  ])("%s of an account: a page of them by index", async (_what, query) => {
    const { organisationId, accountId } = made.ours;
    const { kinds, pages } = await planOf(made.api, organisationId, query(`account_id = '${accountId}'`));
    expect(kinds.filter((kind) => /Seq Scan|Sort|Bitmap/u.test(kind))).toEqual([]);
    expect(pages).toBeLessThan(80);
  });

  test("the oldest rejected records of a stream: by index, past all whose text was put right", async () => {
    const { kinds, pages } = await planOf(
      made.api,
      made.ours.organisationId,
      `select reason, at, row_number() over (order by at) from quarantine where datasource_id = '${made.ours.datasourceId}' and stream = 'orders'
        and reason <> 'textReplaced' order by at limit 50`,
    );
    expect(kinds.filter((kind) => /Seq Scan|Sort|Bitmap/u.test(kind))).toEqual([]);
    expect(pages).toBeLessThan(80);
  });
});

test.each(["orders", "rollups"])("the planner knows how many %s an account has", async (table) => {
  const [account] = await made.owner.sql<{ organisation: string; id: string; rows: number }[]>`
    select organisation_id as organisation, account_id as id, count(*)::int as rows from ${made.owner.sql(table)}
    where account_id <> ${made.ours.accountId} group by 1, 2 limit 1`;
  if (!account) throw new Error("there are many");
  const [row] = await made.owner.sql.unsafe<{ "QUERY PLAN": { Plan: { "Plan Rows": number } }[] }[]>(
    `explain (format json) select 1 from ${table} where organisation_id = '${account.organisation}' and account_id = '${account.id}'`,
  );
  const expected = row?.["QUERY PLAN"][0]?.Plan["Plan Rows"] ?? 0;
  expect(expected / account.rows).toBeGreaterThan(0.3);
  expect(expected / account.rows).toBeLessThan(3);
});

describe("a sweep over all organisations", () => {
  test.each([
    ["rings that have to go out", "select * from outbox where sent_at is null order by id limit 100"],
    [
      "datasources whose time has come",
      "select organisation_id, id from datasources where disconnected_at is null and next_run_at < now() order by next_run_at limit 100",
    ],
    [
      "datasources alive, page by page",
      "select organisation_id, id from datasources where disconnected_at is null and id > '01900000-0000-7000-8000-000000000000' order by id limit 100",
    ],
    ["grants on a login", "select * from grants where platform = 'shopify' and login_key = 's7'"],
    ["accounts by the source's id", "select * from accounts where platform = 'shopify' and external_id = 's7'"],
  ])("%s: by index", async (_what, query) => {
    const { scanned } = await planOf(made.worker, null, query);
    expect(scanned).toEqual([]);
  });
});
