/** The API process as it is, over organisations of its own: signed up, connected, with tokens to ask by. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { inTenant } from "@headwater/db";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { startApi, type TestApi } from "@headwater/server/testing/api.ts";
import { makeDatasource, makeHistory } from "@headwater/server/testing/rows.ts";
import { makeToken, setPlan, signUp, type Visitor } from "@headwater/server/testing/visitor.ts";

export interface Ground {
  postgresUrl: string;
  organisations: number;
  datasources: number;
  tokens: number;
}
/** As it was sent to Postgres. */
export interface Sent {
  text: string;
  values: (string | number)[];
}
export type Order =
  | { kind: "open"; ground: Ground }
  | { kind: "change"; name: string }
  | { kind: "years"; days: number }
  | { kind: "note" }
  | { kind: "noted" }
  | { kind: "watch" }
  | { kind: "watched" };
export type Told =
  | { kind: "open"; url: string; databaseUrl: string; tokens: string[][] }
  | { kind: "changed" }
  | { kind: "filled" }
  | { kind: "noting" }
  /** Every statement since it began to note. */
  | { kind: "noted"; statements: Sent[] }
  | { kind: "watching" }
  /** The longest that the event loop stood still since it began to watch. */
  | { kind: "watched"; heldMs: number }
  | { kind: "failed"; why: string };

interface Brand {
  owner: Visitor;
  datasource: DatasourceId;
}

let api: TestApi | null = null;
let sent: Sent[] = [];
const loop = monitorEventLoopDelay({ resolution: 5 });
const brands: Brand[] = [];
const tell = (told: Told): void => void process.send?.(told);

async function openBrand(on: TestApi, { datasources, tokens }: Ground): Promise<{ brand: Brand; secrets: string[] }> {
  const owner = await signUp(on);
  await setPlan(on, owner, "custom");
  const made = [];
  for (let n = 0; n < datasources; n += 1) {
    // As it is of an evening: most have their history, some are getting it.
    const backfill = n % 9 === 0 ? "running" : "done";
    const datasource = await makeDatasource(on, owner.organisationId, { facts: { backfill } });
    await makeHistory(on, owner.organisationId, datasource);
    made.push(datasource.id);
  }
  const [datasource] = made;
  if (datasource === undefined) throw new Error("a brand without a datasource has nothing to tell");
  const secrets = [];
  for (let n = 0; n < tokens; n += 1) secrets.push((await makeToken(owner, ["READ"], `tool ${n}`)).secret);
  return { brand: { owner, datasource }, secrets };
}

/** What a shop of many orders comes to: a page reads its days, not its orders. */
async function fillYears({ owner }: TestApi, days: number): Promise<void> {
  for (const brand of brands)
    await owner.sql`
      insert into rollups (organisation_id, account_id, metric, day, currency, value)
      select d.organisation_id, d.account_id, m, current_date - n, 'INR', 1234.56 + n
      from datasources d, generate_series(1, ${days}::int) n,
        unnest(array['orders', 'gross_sales', 'discounts', 'returns', 'net_sales', 'total_sales', 'taxes', 'shipping']) m
      where d.id = ${brand.datasource}`;
  tell({ kind: "filled" });
}

/** The driver tells each statement to whoever debugs it, which slows it: nothing that is timed is noted. */
function note({ serving }: TestApi): void {
  sent = [];
  serving.services.db.sql.options.debug = (_connection, text, values) => sent.push({ text, values: [...values] });
  tell({ kind: "noting" });
}

async function carryOut(order: Order): Promise<void> {
  if (order.kind === "open") {
    const { ground } = order;
    api = await startApi(ground.postgresUrl);
    const tokens = [];
    for (let n = 0; n < ground.organisations; n += 1) {
      const { brand, secrets } = await openBrand(api, ground);
      brands.push(brand);
      tokens.push(secrets);
    }
    return tell({ kind: "open", url: api.url, databaseUrl: api.databaseUrls.apiUrl, tokens });
  }
  if (api === null) throw new Error("the ground comes first");
  switch (order.kind) {
    case "years":
      return fillYears(api, order.days);
    case "note":
      return note(api);
    case "noted":
      api.serving.services.db.sql.options.debug = false;
      return tell({ kind: "noted", statements: sent });
    case "watch":
      loop.enable();
      loop.reset();
      return tell({ kind: "watching" });
    case "watched":
      return tell({ kind: "watched", heldMs: loop.max / 1e6 });
    case "change":
      return change(api, order.name);
    default:
      return order satisfies never;
  }
}

async function change(on: TestApi, name: string): Promise<void> {
  for (const { owner, datasource } of brands) {
    await inTenant(on.owner, owner.organisationId, async ({ sql }) => {
      await sql`update datasources set name = ${name} where id = ${datasource}`;
      await sql`select announce_change(${datasource})`;
    });
  }
  tell({ kind: "changed" });
}

process.on("message", (order: Order) => {
  carryOut(order).catch((error: unknown) =>
    tell({ kind: "failed", why: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on("disconnect", () => void (api?.close() ?? Promise.resolve()).finally(() => process.exit(0)));
