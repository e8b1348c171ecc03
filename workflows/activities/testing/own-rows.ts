/** What tests of activities stand on: rows of a database of their own, a merchant in them, and nothing of Temporal. */
import type { Database } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { afterAll, beforeAll } from "vitest";
import type { Ringer } from "../../client.ts";
import { BUDGET } from "../../lifecycle/budget.ts";
import { newMerchant } from "../../temporal/testing/merchant.ts";
import type { Merchant } from "../../temporal/testing/merchant.ts";
import { RULES } from "../../temporal/testing/rules.ts";
import type { RowDeps, SweepDeps } from "../deps.ts";

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const unheard: Ringer = { ring: () => Promise.resolve() };

export const rowDeps = (db: Database): RowDeps => ({ db, log: silent, platformRules: () => RULES, budget: BUDGET });

/** Every source answers, and every grant is ended. */
export const sweepDeps = (db: Database, more: Partial<SweepDeps> = {}): SweepDeps => ({
  ...rowDeps(db),
  ringer: unheard,
  endOrphan: () => Promise.resolve({ kind: "revoked" }),
  probe: () => Promise.resolve("answers"),
  runningEntities: () => Promise.resolve(null),
  ...more,
});

/** For all tests of one file. */
export function ownRows(ringer: Ringer = unheard): { readonly worker: Database; readonly merchant: Merchant } {
  const own = ownDatabase();
  let merchant: Merchant;
  beforeAll(async () => {
    merchant = await newMerchant(own.ownerUrl, ringer);
  });
  afterAll(() => merchant.close());
  return {
    get worker() {
      return own.worker;
    },
    get merchant() {
      return merchant;
    },
  };
}
