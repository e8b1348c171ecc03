/** What a batch changes beyond its own rows: children that an order no longer shows, and sums of orders whose lines came later. */
import type { RecordKind } from "@headwater/connectors/records.ts";
import type { TransactionSql } from "postgres";
import type { Batch } from "./batch.ts";
import type { RecordsOwner } from "./merge.ts";
import { type Entombed, entombLostChildren, parentColumn } from "./tombstones.ts";

/** Only orders that were here before can have lost something: a first load pays nothing for this. */
export async function entombLost(
  tx: TransactionSql,
  owner: RecordsOwner,
  batch: Batch,
  replaced: readonly string[],
): Promise<Entombed> {
  const entombed: Entombed = { count: 0, touched: { days: [], unsettled: [], mayBeFirst: false } };
  const idsByKind = new Map<RecordKind, string[]>();
  for (const id of replaced) {
    for (const kind of batch.wholeParents.get(id) ?? []) {
      const ids = idsByKind.get(kind);
      if (ids === undefined) idsByKind.set(kind, [id]);
      else ids.push(id);
    }
  }
  for (const [kind, parents] of idsByKind) {
    const alive = batch.aliveOf(kind);
    if (parentColumn(kind) === null || alive === null) continue;
    const lost = await entombLostChildren(tx, owner, kind, {
      parents,
      alive,
      begunAt: batch.readAt,
    });
    entombed.count += lost.count;
    entombed.touched.days.push(...lost.touched.days);
  }
  return entombed;
}

/** Gross and line count again from the lines the database now holds. Gives the days that changed by it. */
export async function sumAgain(
  tx: TransactionSql,
  owner: RecordsOwner,
  orderIds: readonly string[],
): Promise<string[]> {
  if (orderIds.length === 0) return [];
  const rows = await tx.unsafe<{ day: string }[]>(
    // Correlated on purpose: one index lookup an order, also while the planner knows nothing of a table that is filling.
    `update orders as o set (gross, line_count) = (
       select coalesce(sum(l.gross) filter (where not l.is_gift_card) - case when o.taxes_included then o.tax else 0 end, 0), count(*)
       from order_lines as l where l.organisation_id = $1 and l.account_id = $2 and l.order_id = o.id and l.deleted_at is null)
     where o.organisation_id = $1 and o.account_id = $2 and o.id = any($3::text[])
     returning o.day::text as day`,
    [owner.organisationId, owner.accountId, [...orderIds]],
    { prepare: true },
  );
  return [...new Set(rows.map(({ day }) => day))];
}
