/** The ledger of changes to days that were over: of an account's, the newest change first. */
import { and, desc, eq, sql } from "drizzle-orm";
import type { AccountId } from "@headwater/db/schema/ids.ts";
import { restatements } from "@headwater/db/schema/tables.ts";
import type { PageOf } from "./runs.ts";
import type { Transaction } from "./transaction.ts";

export type RestatementRow = typeof restatements.$inferSelect;

export const pageOfRestatements = (
  db: Transaction,
  account: AccountId,
  { limit, after }: PageOf<{ readonly at: Date; readonly id: string }>,
): Promise<RestatementRow[]> =>
  db
    .select()
    .from(restatements)
    .where(
      and(
        eq(restatements.accountId, account),
        after === null
          ? undefined
          : sql`(${restatements.at}, ${restatements.id}) < (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`,
      ),
    )
    .orderBy(desc(restatements.at), desc(restatements.id))
    .limit(limit);
