/**
 * What the source no longer has gets a tombstone, never a delete: the row stays, counts no more, and comes back if the
 * source shows it again. Only rows read before the look began are touched: newer rows win.
 */
import type { RecordKind, WholeDays } from "@headwater/connectors/records.ts";
import type { TransactionSql } from "postgres";
import { layoutByKind } from "./kinds.ts";
import type { RecordsOwner } from "./merge.ts";
import type { TouchedDays } from "./rollups.ts";

export interface Look {
  /** Of the source's ids: a select of one column `id`, written by us, over rows this transaction can see. */
  alive: string;
  /** Null ends: open. For a kind that is not placed in time, all of it. */
  from: Date | null;
  to: Date | null;
  begunAt: Date;
}

export interface Entombed {
  count: number;
  touched: TouchedDays;
}

interface Row {
  id: string;
  day: string | null;
  customer_id: string | null;
}

/** Objects of a kind that were made in the range and are not alive any more, with their children. */
export async function entombMissing(
  tx: TransactionSql,
  owner: RecordsOwner,
  kind: RecordKind,
  look: Look,
): Promise<Entombed> {
  const { table, madeAt } = layoutByKind[kind];
  const inRange =
    madeAt === null
      ? "true"
      : `(t.${madeAt} >= $4 or $4::timestamptz is null) and (t.${madeAt} < $5 or $5::timestamptz is null)`;
  const rows = await hashed(tx, () =>
    tx.unsafe<Row[]>(
      `update ${table} as t set deleted_at = now() where organisation_id = $1 and account_id = $2 and deleted_at is null
       and read_at < $3 and ($4::timestamptz is null or true) and ($5::timestamptz is null or true) and ${inRange}
       and not exists (select 1 from (${look.alive}) as alive where alive.id = t.id)
     returning ${returning(kind)}`,
      [owner.organisationId, owner.accountId, look.begunAt, look.from, look.to],
    ),
  );
  const entombed = { count: rows.length, touched: touchedBy(kind, rows) };
  if (kind === "order" && rows.length > 0)
    await entombChildren(
      tx,
      owner,
      rows.map(({ id }) => id),
      entombed,
    );
  return entombed;
}

/** Ids against ids by hash: a planner that has not yet seen a new table's size would compare each with each. */
async function hashed<T>(tx: TransactionSql, ask: () => Promise<T>): Promise<T> {
  await tx`set local enable_nestloop = off`;
  const answer = await ask();
  await tx`set local enable_nestloop = on`;
  return answer;
}

const CHILDREN: readonly RecordKind[] = ["orderLine", "refund", "transaction", "fulfilment", "fee"];

async function entombChildren(
  tx: TransactionSql,
  owner: RecordsOwner,
  orderIds: string[],
  entombed: Entombed,
): Promise<void> {
  for (const kind of CHILDREN) {
    const rows = await tx.unsafe<Row[]>(
      `update ${layoutByKind[kind].table} as t set deleted_at = now()
       where organisation_id = $1 and account_id = $2 and order_id = any($3::text[]) and deleted_at is null returning ${returning(kind)}`,
      [owner.organisationId, owner.accountId, orderIds],
    );
    add(entombed, kind, rows);
  }
}

/** Children that their order, read whole, no longer shows. */
export async function entombLostChildren(
  tx: TransactionSql,
  owner: RecordsOwner,
  kind: RecordKind,
  look: { parents: readonly string[]; alive: readonly string[]; begunAt: Date },
): Promise<Entombed> {
  const rows = await tx.unsafe<Row[]>(
    `update ${layoutByKind[kind].table} as t set deleted_at = now()
     where t.organisation_id = $1 and t.account_id = $2 and t.${parentColumn(kind) ?? "order_id"} = any($3::text[]) and t.deleted_at is null and t.read_at < $4
       and t.id <> all($5::text[])
     returning ${returning(kind)}`,
    [owner.organisationId, owner.accountId, [...look.parents], look.begunAt, [...look.alive]],
  );
  return { count: rows.length, touched: touchedBy(kind, rows) };
}

/** The same for a window read aside, whose ids are rows of the stage. */
export async function entombLostChildrenAside(
  tx: TransactionSql,
  owner: RecordsOwner,
  kind: RecordKind,
  look: Pick<Look, "alive" | "begunAt"> & { parents: string },
): Promise<Entombed> {
  const entombed: Entombed = { count: 0, touched: { days: [], unsettled: [], mayBeFirst: false } };
  if (!CHILDREN.includes(kind)) return entombed;
  const rows = await hashed(tx, () =>
    tx.unsafe<Row[]>(
      `update ${layoutByKind[kind].table} as t set deleted_at = now() from (${look.parents}) as parents
     where t.organisation_id = $1 and t.account_id = $2 and t.order_id = parents.id and t.deleted_at is null and t.read_at < $3
       and not exists (select 1 from (${look.alive}) as alive where alive.id = t.id)
     returning ${returning(kind)}`,
      [owner.organisationId, owner.accountId, look.begunAt],
    ),
  );
  add(entombed, kind, rows);
  return entombed;
}

/**
 * Rows of days that the source has now given whole, and that were not among them. The tombstone takes the version of that
 * read: an older reading that is still on its way raises nobody.
 */
export async function entombRestated(
  tx: TransactionSql,
  owner: RecordsOwner,
  { kind, part, from, until, since }: WholeDays,
): Promise<Entombed> {
  const rows = await tx.unsafe<Row[]>(
    `update ${layoutByKind[kind].table} as t set deleted_at = now(), version_at = $6
     where t.organisation_id = $1 and t.account_id = $2 and t.part = $3 and t.day >= $4::date and t.day < $5::date
       and t.deleted_at is null and t.version_at < $6::timestamptz
     returning ${returning(kind)}`,
    [owner.organisationId, owner.accountId, part, from, until, since],
    { prepare: true },
  );
  return { count: rows.length, touched: touchedBy(kind, rows) };
}

/** The column that names a child's parent; null for what stands by itself. */
export function parentColumn(kind: RecordKind): "order_id" | "product_id" | null {
  if (kind === "variant") return "product_id";
  return CHILDREN.includes(kind) ? "order_id" : null;
}

const returning = (kind: RecordKind): string =>
  `t.id, ${layoutByKind[kind].hasDay ? "t.day::text" : "null::text"} as day, ${kind === "order" ? "t.customer_id" : "null::text"} as customer_id`;

function add(entombed: Entombed, kind: RecordKind, rows: Row[]): void {
  const more = touchedBy(kind, rows);
  entombed.count += rows.length;
  entombed.touched.days.push(...more.days);
  entombed.touched.unsettled.push(...more.unsettled);
}

const touchedBy = (kind: RecordKind, rows: readonly Row[]): TouchedDays => ({
  days: [...new Set(rows.flatMap(({ day }) => (day === null ? [] : [day])))],
  mayBeFirst: false,
  unsettled: kind === "order" ? [...new Set(rows.flatMap(({ customer_id: id }) => (id === null ? [] : [id])))] : [],
});

export function joinTouched(left: TouchedDays, right: TouchedDays): TouchedDays {
  return {
    days: [...new Set([...left.days, ...right.days])],
    mayBeFirst: left.mayBeFirst || right.mayBeFirst,
    unsettled: [...new Set([...left.unsettled, ...right.unsettled])],
  };
}
