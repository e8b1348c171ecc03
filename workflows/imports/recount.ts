/**
 * After costs have changed, the days of the shops that stand on them: newest first, a month in a transaction, so that
 * yesterday is right within the second. Each day carries the ground that it was counted on: killed anywhere, whoever comes
 * next finds the days that are left, and a reader knows them from those that are done.
 */
import type { AccountId, OrganisationId } from "@headwater/db";
import { lookWhatIsLeftOut } from "../costs/left-out.ts";
import { recountOrderCosts } from "../costs/order-costs.ts";
import type { LoadDeps, RunRef, WorkOptions } from "../load/contract.ts";
import { inOrganisation, lockFence } from "../load/fence.ts";
import { lockAccount } from "../load/rollups.ts";
import type { TransactionSql } from "postgres";

export interface Recounting {
  readonly signal: AbortSignal;
  readonly beat: () => void;
  readonly isSpent: () => boolean;
}

/** False when time was over before all was counted. */
export async function recountShops(
  deps: Pick<LoadDeps, "sql">,
  ref: { readonly organisationId: OrganisationId },
  recounting: Recounting,
): Promise<boolean> {
  for (const accountId of await shopsOf(deps, ref))
    if (!(await recountShop(deps, { organisationId: ref.organisationId, accountId }, recounting))) return false;
  await inOrganisation(deps.sql, ref, (tx) => lookWhatIsLeftOut(tx, ref.organisationId));
  return true;
}

/**
 * What a run brought may have changed what its shop's goods cost on every day, and have brought the orders that costs
 * waited for. After a disconnect it writes nothing more of its shop.
 */
export async function recountAfter(
  deps: Pick<LoadDeps, "sql">,
  { run, accountId }: { readonly run: RunRef; readonly accountId: AccountId },
  worked: { readonly pages: number; readonly rows: number },
  { signal, heartbeat }: WorkOptions,
): Promise<void> {
  const shop = { organisationId: run.organisationId, accountId };
  const beat = () => heartbeat(worked);
  await recountShop(deps, shop, { signal, beat, isSpent: () => false }, (tx) => lockFence(tx, run));
  await inOrganisation(deps.sql, shop, (tx) => lookWhatIsLeftOut(tx, shop.organisationId));
}

interface Shop {
  readonly organisationId: OrganisationId;
  readonly accountId: AccountId;
}

async function recountShop(
  deps: Pick<LoadDeps, "sql">,
  shop: Shop,
  { signal, beat, isSpent }: Recounting,
  passed: (tx: TransactionSql) => Promise<unknown> = () => Promise.resolve(),
): Promise<boolean> {
  for (;;) {
    signal.throwIfAborted();
    if (isSpent()) return false;
    const counted = await inOrganisation(deps.sql, shop, async (tx) => {
      await tx.unsafe("select set_config('enable_seqscan', 'off', true)", [], { prepare: true });
      await tx.unsafe(lockAccount, [shop.accountId], { prepare: true });
      const days = await recountOrderCosts(tx, shop);
      if (days > 0) await passed(tx);
      return days;
    });
    beat();
    if (counted === 0) return true;
  }
}

/** Accounts that hold orders. One that is being deleted holds fewer each second, and is nobody's any more. */
const shopsOf = (deps: Pick<LoadDeps, "sql">, ref: { readonly organisationId: OrganisationId }): Promise<AccountId[]> =>
  inOrganisation(deps.sql, ref, async (tx) => {
    const rows = await tx.unsafe<{ id: AccountId }[]>(
      `select a.id from accounts as a where a.organisation_id = $1 and a.external_id not like 'purged:%'
         and exists (select from orders as o where o.organisation_id = $1 and o.account_id = a.id) order by a.id`,
      [ref.organisationId],
    );
    return rows.map(({ id }) => id);
  });
