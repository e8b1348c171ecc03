/** An organisation in which one life after another is lived, with the activities over its rows. */
import { inTenant, openDatabase, organisationId } from "@headwater/db";
import type { Database } from "@headwater/db";
import type { TestDatabase } from "@headwater/db/testing.ts";
import postgres from "postgres";
import type { RingTarget } from "../../client.ts";
import { BUDGET } from "../../lifecycle/budget.ts";
import type { Facts, Millis } from "../../lifecycle/facts.ts";
import { closeRun, planRun } from "../../load/plan-run.ts";
import { fakeSource } from "../../temporal/testing/fake-source.ts";
import type { FakeSource } from "../../temporal/testing/fake-source.ts";
import { newMerchant } from "../../temporal/testing/merchant.ts";
import type { Merchant } from "../../temporal/testing/merchant.ts";
import { RULES, RULES_BY_PLATFORM } from "../../temporal/testing/rules.ts";
import type { BackfillActivities, EntityActivities, WorkActivities } from "../contract.ts";
import type { WorkDeps } from "../deps.ts";
import { createEntityActivities } from "../entity.ts";
import { readIntent } from "../reading.ts";
import { takePlace } from "../replacing.ts";
import { createBackfillActivities, createWorkActivities } from "../work.ts";
import { interrupted } from "./interrupted.ts";
import type { Meanwhile } from "./interrupted.ts";

export interface Lane {
  readonly merchant: Merchant;
  readonly source: FakeSource;
  readonly activities: {
    readonly entity: EntityActivities;
    readonly work: WorkActivities;
    readonly history: BackfillActivities;
  };
  /** What happens while a source is asked; the life that is lived now says it. */
  meanwhile: Meanwhile;
  facts(target: RingTarget): Promise<Facts | null>;
  /** How many slots it holds. */
  slots(target: RingTarget): Promise<number>;
  /** Another one, proven this moment, takes its place: the slot is that one's from now on. */
  replace(target: RingTarget): Promise<void>;
  /** Every moment in its rows moves that much further back. */
  growOlder(target: RingTarget, ms: Millis): Promise<void>;
  close(): Promise<void>;
}

export async function openLane(database: TestDatabase): Promise<Lane> {
  const db = openDatabase({ url: database.workerUrl, max: 2 });
  const merchant = await newMerchant(database.ownerUrl, { ring: () => Promise.resolve() });
  // Most of what a life costs is looking at it: a session that names its organisation once needs no transaction to look.
  const looking = postgres(database.workerUrl, { max: 1, connection: { "app.tenant": merchant.organisationId } });
  const source = fakeSource(db);
  const deps = depsOf(db, source, (...call) => lane.meanwhile(...call));
  const older = await agingStatement(merchant);
  const lane: Lane = {
    merchant,
    source,
    activities: {
      entity: createEntityActivities(deps),
      work: createWorkActivities(deps),
      history: createBackfillActivities(deps),
    },
    meanwhile: () => Promise.resolve(),
    facts: async ({ datasourceId }) => {
      const intent = await readIntent({ sql: looking }, datasourceId, deps.platformRules);
      return intent?.facts ?? null;
    },
    slots: async ({ datasourceId }) => {
      const held = await looking`select 1 from slots where datasource_id = ${datasourceId}`;
      return held.length;
    },
    replace: async (target) => {
      const { datasourceId: by } = await merchant.connect({ replaces: target });
      await inTenant(db, organisationId(target.organisationId), (tx) => takePlace(tx, by, deps.platformRules));
    },
    growOlder: async ({ datasourceId, organisationId: organisation }, ms) => {
      await merchant.sql.unsafe(older, [datasourceId, Math.ceil(ms), organisation], { prepare: true });
    },
    async close() {
      await Promise.all([merchant.close(), looking.end(), db.close()]);
    },
  };
  return lane;
}

function depsOf(db: Database, source: FakeSource, meanwhile: Meanwhile): WorkDeps {
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const never = (): never => {
    throw new Error("These lives reach no source");
  };
  return {
    db,
    log: silent,
    platformRules: (platform) => RULES_BY_PLATFORM[platform] ?? RULES,
    budget: BUDGET,
    // Plans are the real ones: they end where a disconnect came first.
    load: interrupted({ ...source.load, planRun, closeRun }, meanwhile),
    loadDeps: {
      sql: db.sql,
      connectorOf: () => null,
      appOf: never,
      outbound: { send: never, browserAddress: never, close: () => Promise.resolve() },
      vaultPrivateKey: "",
      workerId: "test",
      log: silent,
    },
  };
}

const OF_ONE: Readonly<Record<string, string>> = {
  datasources: "id = $1::uuid",
  holds: "datasource_id = $1::uuid",
  runs: "datasource_id = $1::uuid",
  commands: "datasource_id = $1::uuid",
  grants: "id = (select grant_id from datasources where organisation_id = $3::uuid and id = $1::uuid)",
  credentials: "grant_id = (select grant_id from datasources where organisation_id = $3::uuid and id = $1::uuid)",
};

async function agingStatement({ sql }: Merchant): Promise<string> {
  const columns = await sql<{ table: string; column: string }[]>`
    select table_name as "table", column_name as "column" from information_schema.columns
    where table_schema = 'public' and table_name = any(${Object.keys(OF_ONE)})
      and data_type = 'timestamp with time zone' and is_generated = 'NEVER'`;
  const updates = Object.entries(OF_ONE).map(([table, isOne]) => {
    const moved = columns.flatMap(({ table: of, column }) =>
      of === table ? [`${column} = ${column} - $2::float8 * interval '1 millisecond'`] : [],
    );
    return `of_${table} as (update ${table} set ${moved.join(", ")}
      where organisation_id = $3::uuid and ${isOne})`;
  });
  return `with ${updates.join(", ")} select 1`;
}
