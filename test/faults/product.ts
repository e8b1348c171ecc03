// The whole product on free ports for a fault test, with the few things that every such test does: a shop of its own,
// a connection made by clicking, a look into the tables, an audit at the end.
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { inject } from "vitest";
import { audit, reportInWords, type AuditReport } from "../audit/audit.ts";
import { startStack, type RunningStack, type StackOptions } from "../setup/stack.ts";
import { at, isFields, signIn, type Caller, type Consent, type Fields } from "./caller.ts";

export const demoOrganisation = "monsoon-and-moss";

export interface ShopWanted {
  readonly domain: string;
  readonly orders: number;
  readonly spanDays?: number;
  readonly products?: number;
  readonly currency?: string;
  readonly zone?: string;
  readonly seed?: number;
  readonly plan?: "standard" | "advanced" | "plus" | "enterprise";
}

export interface Product {
  readonly stack: RunningStack;
  readonly caller: Caller;
  readonly sql: postgres.Sql;
  /** Printed by every failing test, and read back from TEST_SEED. */
  readonly seed: number;
  desk(path: string, body?: object): Promise<Fields>;
  addShop(shop: ShopWanted): Promise<void>;
  connect(domain: string, consent?: Consent): Promise<string>;
  /** Reads one datasource's row by its shop. */
  datasource(domain: string): Promise<Fields>;
  until(what: string, holds: () => Promise<boolean>, withinMs?: number): Promise<void>;
  audited(shop: string, options?: { mustFollowDeletes?: boolean; basis?: "truth" | "served" }): Promise<AuditReport>;
  close(): Promise<void>;
}

/** Whatever comes has come by then, on any machine: a wait that needs less says what of the product it holds to it. */
const comesWithinMs = 300_000;

/** Statements that fail while Postgres is down are asked again. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const end = Date.now() + comesWithinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(100);
    }
  }
}

/** A free port may be taken by another stack's connection before it is listened on: then other ports are drawn. */
async function startedStack(options: StackOptions, tries = 3): Promise<RunningStack> {
  try {
    return await startStack(options);
  } catch (error) {
    if (tries <= 1 || !String(error).includes("EADDRINUSE")) throw error;
    return startedStack(options, tries - 1);
  }
}

const NEVER_MS = 90 * 86_400_000;

/**
 * By itself a source is synced every hour, at a minute of its own that is nobody's choice: in a test of some minutes it would
 * fall now and then, and be one more than was asked for. Here each is as seldom as a person may want it.
 */
async function onlyWhenAsked(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create function only_when_asked() returns trigger language plpgsql as $$
      begin new.cadence_ms = ${NEVER_MS}; return new; end $$;
    create trigger only_when_asked before insert on datasources for each row execute function only_when_asked()`);
}

/** What the tables say of a datasource, for a failing test to print. */
export async function standing(sql: postgres.Sql, domain: string): Promise<string> {
  const [row] =
    await sql`select d.id, d.phase, d.phase_reason, d.auth, d.backfill, d.failures, d.last_success_at, d.next_run_at, d.seq, d.intent_version
    from datasources d join accounts a on a.id = d.account_id where a.domain = ${domain} order by d.created_at desc limit 1`;
  const slices =
    await sql`select stream, state, count(*)::int as n, max(failure::text) as failure from slices where datasource_id = ${row?.["id"] ?? null} group by 1, 2`;
  const runs =
    await sql`select id, kind, state, outcome, started_at, finished_at from runs where datasource_id = ${row?.["id"] ?? null} order by started_at desc limit 5`;
  return [row, ...slices, ...runs].map((each) => JSON.stringify(each)).join("\n");
}

export async function openProduct(options: StackOptions = {}): Promise<Product> {
  const seed = inject("seed") ?? randomInt(2 ** 31);
  const stack = await startedStack({
    isDurable: true,
    ...options,
    settings: { SANDBOX_LIVE: "off", SANDBOX_SEED: String(seed), ...options.settings },
  });
  const sql = postgres(stack.ownerUrl, { max: 3, onnotice: () => undefined, backoff: () => 0.2 });
  await onlyWhenAsked(sql);
  const caller = await signIn(stack.appUrl, stack.demo, demoOrganisation);

  async function desk(path: string, body?: object): Promise<Fields> {
    // A connection that has been idle may be closed by a busy server as it is used again.
    const headers = { "content-type": "application/json", connection: "close" };
    const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(`${stack.sandboxUrl}/_desk/${path}`, init);
    const parsed: unknown = await response.json();
    if (!response.ok || !isFields(parsed))
      throw new Error(`The desk answered ${response.status} to ${path}: ${JSON.stringify(parsed)}`);
    return parsed;
  }

  async function until(what: string, holds: () => Promise<boolean>, withinMs = comesWithinMs): Promise<void> {
    const end = Date.now() + withinMs;
    while (!(await patiently(holds))) {
      if (Date.now() > end) throw new Error(`Not within ${withinMs / 1000} s: ${what} (seed ${seed})`);
      await sleep(100);
    }
  }

  async function datasource(domain: string): Promise<Fields> {
    const rows = await patiently(
      () => sql`select d.* from datasources d left join accounts a on a.organisation_id = d.organisation_id and a.id = d.account_id
        where a.domain = ${domain} order by d.created_at desc limit 1`,
    );
    return rows[0] ?? {};
  }

  return {
    stack,
    caller,
    sql,
    seed,
    desk,
    async addShop(shop) {
      await desk("shops", { seed: seed % 1_000_000, plan: "enterprise", ...shop });
    },
    async connect(domain, consent = {}) {
      const fields = [{ name: "shop", value: domain }];
      const begun = await caller.command(
        "connectDatasource",
        { platform: "shopify", fields },
        "authorizeUrl datasource { id }",
      );
      if (begun.outcome !== "ConnectDatasourceSuccess") throw new Error(`connect: ${JSON.stringify(begun)}`);
      const landed = await caller.consent(String(begun["authorizeUrl"]), consent);
      if (landed.status >= 400) throw new Error(`The callback answered ${landed.status}: ${landed.text.slice(0, 400)}`);
      return String(at(begun, "datasource", "id"));
    },
    datasource,
    until,
    async audited(shop, auditOptions = {}) {
      const report = await audit({ sandboxUrl: stack.sandboxUrl, databaseUrl: stack.ownerUrl, shop, ...auditOptions });
      if (report.findings.length > 0) throw new Error(`${reportInWords(report)}\n(seed ${seed})`);
      return report;
    },
    async close() {
      await sql.end({ timeout: 2 });
      await stack.close();
    },
  };
}
