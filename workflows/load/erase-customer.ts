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
    const orders = await tx.unsafe<{ id: string }[]>(
      `update orders set document = null, customer_id = null where ${owner} and (customer_id = $3 or id = any($4::text[])) returning id`,
      [...key, customerId, orderIds],
    );
    const ids = orders.map(({ id }) => id);
    for (const table of ["order_lines", "refunds", "transactions", "fulfilments"]) {
      await tx.unsafe(
        `update ${table} set document = null where ${owner} and order_id = any($3::text[]) and document is not null`,
        [...key, ids],
      );
    }
    const firsts = await tx.unsafe(`delete from first_orders where ${owner} and customer_id = $3`, [
      ...key,
      customerId,
    ]);
    const customers = await tx.unsafe(`delete from customers where ${owner} and id = $3`, [...key, customerId]);
    const kept = await tx.unsafe(
      `delete from quarantine where organisation_id = $1 and datasource_id = $2
         and (source_id = any($3::text[]) or ($4::text is not null and position(convert_to($4, 'UTF8') in document) > 0))`,
      [...key, [...ids, ...orderIds, ...(customerId === null ? [] : [customerId])], customerId],
    );
    return { rows: orders.count + firsts.count + customers.count + kept.count };
  });
}
