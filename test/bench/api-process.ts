/** The API process as it is, over organisations of its own: signed up, connected, with tokens to ask by. */
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
export type Order = { kind: "open"; ground: Ground } | { kind: "change"; name: string };
export type Told =
  | { kind: "open"; url: string; tokens: string[][] }
  | { kind: "changed" }
  | { kind: "failed"; why: string };

interface Brand {
  owner: Visitor;
  datasource: DatasourceId;
}

let api: TestApi | null = null;
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
    return tell({ kind: "open", url: api.url, tokens });
  }
  if (api === null) throw new Error("the ground comes first");
  for (const { owner, datasource } of brands) {
    await inTenant(api.owner, owner.organisationId, async ({ sql }) => {
      await sql`update datasources set name = ${order.name} where id = ${datasource}`;
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
