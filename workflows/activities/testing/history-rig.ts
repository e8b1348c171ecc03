/** What an activity about histories needs, over real rows; none of it reaches a source. */
import { openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import { BUDGET } from "../../lifecycle/budget.ts";
import { fakeSource } from "../../temporal/testing/fake-source.ts";
import { newMerchant } from "../../temporal/testing/merchant.ts";
import type { Merchant } from "../../temporal/testing/merchant.ts";
import { RULES } from "../../temporal/testing/rules.ts";
import type { WorkDeps } from "../deps.ts";

export interface HistoryRig {
  readonly db: Database;
  readonly deps: WorkDeps;
  readonly merchant: Merchant;
  readonly close: () => Promise<void>;
}

export async function makeHistoryRig(postgresUrl: string): Promise<HistoryRig> {
  const database = await createTestDatabase(postgresUrl);
  const db = openDatabase({ url: database.workerUrl, max: 4 });
  const merchant = await newMerchant(database.ownerUrl, { ring: () => Promise.resolve() });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const never = (): never => {
    throw new Error("These tests reach no source");
  };
  const outbound = { send: never, browserAddress: never, close: () => Promise.resolve() };
  const { load } = fakeSource(db);
  const loadDeps = { sql: db.sql, connectorOf: never, appOf: never, outbound, vaultPrivateKey: "", workerId: "", log };
  const close = async (): Promise<void> => {
    await merchant.close();
    await db.close();
    await database.close();
  };
  return { db, deps: { db, log, platformRules: () => RULES, budget: BUDGET, load, loadDeps }, merchant, close };
}
