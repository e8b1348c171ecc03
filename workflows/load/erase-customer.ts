/** A person asked to be forgotten at the source: who they are goes, what was sold stays in the numbers. */
import type { DatasourceRef, LoadDeps } from "./contract.ts";
import { inOrganisation } from "./fence.ts";

export interface CustomerErasure {
  customerId: string | null;
  orderIds: string[];
}

export async function eraseCustomer(
  deps: LoadDeps,
  ref: DatasourceRef,
  { customerId, orderIds }: CustomerErasure,
): Promise<{ rows: number }> {
  return inOrganisation(deps.sql, ref, async (tx) => {
    const owner = `organisation_id = $1 and account_id = (select account_id from datasources where organisation_id = $1 and id = $2)`;
    const key = [ref.organisationId, ref.datasourceId];
    const orders = await tx.unsafe(
      `update orders set document = null, customer_id = null where ${owner} and (customer_id = $3 or id = any($4::text[]))`,
      [...key, customerId, orderIds],
    );
    const firsts = await tx.unsafe(`delete from first_orders where ${owner} and customer_id = $3`, [
      ...key,
      customerId,
    ]);
    const customers = await tx.unsafe(`delete from customers where ${owner} and id = $3`, [...key, customerId]);
    const kept = await tx.unsafe(
      `delete from quarantine where organisation_id = $1 and datasource_id = $2 and source_id = any($3::text[])`,
      [...key, [...orderIds, ...(customerId === null ? [] : [customerId])]],
    );
    return { rows: orders.count + firsts.count + customers.count + kept.count };
  });
}
