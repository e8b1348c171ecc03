/**
 * Lines of one kind into a stage of this connection, then into the record table under the version guard.
 * The stage is a temporary table: no log, no policies, invisible to every other role, empty again at commit.
 */
import type { RecordKind } from "@headwater/connectors/records.ts";
import type { AccountId, OrganisationId } from "@headwater/db";
import type { TransactionSql } from "postgres";
import type { StagedLine } from "./batch.ts";
import { UNTOLD } from "./field-writer.ts";
import { kindsInOrder, layoutByKind, sharedColumns } from "./kinds.ts";

export interface RecordsOwner {
  organisationId: OrganisationId;
  accountId: AccountId;
}

/** What a merge changed, as far as rollups and ledger need it. */
export interface Merged {
  merged: number;
  inserted: number;
  days: string[];
  /** Customers whose first order must be looked up again, because a known order changed what it was. */
  unsettled: string[];
  /** Parents that were there before and were written again. */
  replaced: string[];
}

const columnsOf = (kind: RecordKind) => [...sharedColumns, ...layoutByKind[kind].columns];
const stageOf = (kind: RecordKind) => `stage_${layoutByKind[kind].table}`;

/** Orders that may make a customer new, until the account's lock is held and they can be compared with what is known. */
const STAGE_FIRSTS = "stage_firsts";

export const stagesFor = (kinds: readonly RecordKind[]): string[] => [
  ...kinds.map(stageOf),
  ...(kinds.includes("order") ? [STAGE_FIRSTS] : []),
];

/** Only those that a batch needs: at commit each of a connection's stages is emptied, used or not. */
export function createStages(names: readonly string[]): string {
  return names
    .map((name) => {
      const kind = kindsInOrder.find((candidate) => stageOf(candidate) === name);
      const columns =
        kind === undefined ? firstsColumns : columnsOf(kind).map(([column, type]) => `"${column}" ${type}`);
      return `create temporary table if not exists ${name} (${columns.join(", ")}) on commit delete rows`;
    })
    .join(";\n");
}

const firstsColumns = [
  "customer_id text",
  "order_id text",
  "ordered_at timestamptz(3)",
  "day date",
  "currency char(3)",
];

const CHUNK_CHARACTERS = 256 * 1024;

export async function copyLines(tx: TransactionSql, kind: RecordKind, lines: readonly StagedLine[]): Promise<void> {
  const names = columnsOf(kind).map(([name]) => `"${name}"`);
  await writeCopy(tx, `copy ${stageOf(kind)} (${names.join(", ")}) from stdin`, lines, ({ line }) => line);
}

/** Backpressure is the driver's: a full socket stops the loop until it drains. */
export async function writeCopy<Line = string>(
  tx: TransactionSql,
  statement: string,
  lines: readonly Line[],
  textOf: (line: Line) => string = String,
): Promise<void> {
  const sink = await tx.unsafe(statement).writable();
  const ended = new Promise<void>((resolve, reject) => {
    sink.once("finish", resolve);
    sink.once("error", reject);
  });
  let chunk: string[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    const drained = sink.write(chunk.join(""));
    chunk = [];
    characters = 0;
    if (!drained) await Promise.race([new Promise<void>((resolve) => sink.once("drain", () => resolve())), ended]);
  };
  for (const line of lines) {
    const text = textOf(line);
    chunk.push(text);
    characters += text.length;
    if (characters >= CHUNK_CHARACTERS) await flush();
  }
  if (characters > 0) await flush();
  sink.end();
  await ended;
}

const mergeText = new Map<RecordKind, string>();

export async function mergeStage(
  tx: TransactionSql,
  kind: RecordKind,
  owner: RecordsOwner,
  { readAt, noLaterThan = readAt, unsure = [] }: { readAt: Date; noLaterThan?: Date; unsure?: readonly string[] },
): Promise<Merged> {
  let text = mergeText.get(kind);
  if (text === undefined) {
    text = mergeStatement(kind);
    mergeText.set(kind, text);
  }
  const [row] = await tx.unsafe<
    [{ [Name in keyof Merged]: Merged[Name] | (Name extends "merged" | "inserted" ? never : null) }]
  >(text, [owner.organisationId, owner.accountId, readAt, noLaterThan, ...(kind === "order" ? [unsure] : [])], {
    prepare: true,
  });
  return {
    merged: row.merged,
    inserted: row.inserted,
    days: row.days ?? [],
    unsettled: row.unsettled ?? [],
    replaced: row.replaced ?? [],
  };
}

/**
 * Newer wins; an equal version is written only when its content differs (a source's clock is coarse and children may
 * come after their parent's stamp) and it was read no earlier: an answer that was long on the way, or a window read aside,
 * must not undo what came meanwhile. A tombstone that is younger than the reading stays. Of a window read aside only its
 * beginning is known: it undoes nothing read after that (`noLaterThan`), and whose look began before its end buries nothing of it.
 */
function mergeStatement(kind: RecordKind): string {
  const { table, hasDay } = layoutByKind[kind];
  const names = columnsOf(kind).map(([name]) => `"${name}"`);
  const content = names.filter((name) => name !== '"id"' && name !== '"version_at"');
  const set = [
    ...names.filter((name) => name !== '"id"').map((name) => `${name} = ${newOf(kind, name)}`),
    "read_at = excluded.read_at",
  ];
  const insert = `insert into ${table} as t (organisation_id, account_id, read_at, ${names.join(", ")})
    select $1::uuid, $2::uuid, $3::timestamptz, ${names.map((name) => stagedValue(kind, name)).join(", ")} from ${stageOf(kind)} as s
    on conflict (organisation_id, account_id, id) do update set ${set.join(", ")}
    where t.version_at < excluded.version_at
      or (t.version_at = excluded.version_at
        and t.read_at <= $4::timestamptz and (t.deleted_at is null or t.deleted_at <= $4::timestamptz)
        and (${content.map((name) => `t.${name}`).join(", ")}) is distinct from (${content.map((name) => newOf(kind, name)).join(", ")}))`;
  if (kind === "order") return orderStatement(insert);
  if (layoutByKind[kind].isCutBySource === true) return sourceDayStatement(insert, content);
  const returning = hasDay
    ? "returning old.id is null as is_new, new.id, old.day as was, new.day as day"
    : "returning old.id is null as is_new, new.id";
  const days = hasDay
    ? "(select array_agg(distinct d)::text[] from merged, lateral (values (was), (day)) as v(d) where d is not null)"
    : "null::text[]";
  return `with merged as (${insert} ${returning})
    select count(*)::int as merged, (count(*) filter (where is_new))::int as inserted, ${days} as days,
      null::text[] as unsettled,
      ${kind === "product" ? "array_agg(id) filter (where not is_new)" : "null::text[]"} as replaced from merged`;
}

const isCustomer = (kind: RecordKind, name: string): boolean => kind === "order" && name === '"customer_id"';
const isSum = (kind: RecordKind, name: string): boolean =>
  kind === "order" && (name === '"gross"' || name === '"line_count"');

const stagedValue = (kind: RecordKind, name: string): string =>
  isCustomer(kind, name)
    ? `nullif(s.${name}, '${UNTOLD}')`
    : isSum(kind, name)
      ? `coalesce(s.${name}, 0)`
      : `s.${name}`;

/**
 * An order whose customer was not told keeps the one that is known: of the row itself, as it is once this statement holds it. As
 * the statement saw it before, the customer may have been erased since. So it keeps sums that were not told, or that lines of
 * a later call may add to (`unsure`): they are made again from its lines, and alone make no changed order.
 */
const newOf = (kind: RecordKind, name: string): string =>
  isCustomer(kind, name)
    ? `case when excluded.${name} is null and (select ids from untold) ? excluded.id then t.${name} else excluded.${name} end`
    : isSum(kind, name)
      ? `case when (select ids from untold_sums) ? excluded.id then t.${name} else excluded.${name} end`
      : `excluded.${name}`;

/** A day read again has a newer version always: it counts as merged only where its content has changed. */
function sourceDayStatement(insert: string, content: readonly string[]): string {
  const row = (of: "old" | "new") => `(${content.map((name) => `${of}.${name}`).join(", ")})`;
  return `with merged as (${insert}
      returning old.id is null as is_new, old.day as was, new.day as day, old.id is null or ${row("old")} is distinct from ${row("new")} as differs)
    select (count(*) filter (where differs))::int as merged, (count(*) filter (where is_new))::int as inserted,
      (select array_agg(distinct d)::text[] from merged, lateral (values (was), (day)) as v(d) where differs and d is not null) as days,
      null::text[] as unsettled, null::text[] as replaced from merged`;
}

/** Orders also say who may be new, and whose known first order changed what it was. */
function orderStatement(insert: string): string {
  const known = "old.id is not null and old.deleted_at is null and not old.is_test";
  return `with untold as materialized (select coalesce(jsonb_object_agg(id, true), '{}') as ids from ${stageOf("order")}
      where customer_id = '${UNTOLD}'),
    untold_sums as materialized (select coalesce(jsonb_object_agg(id, true), '{}') as ids from
      (select id from ${stageOf("order")} where gross is null union select unnest($5::text[])) as open(id)),
    merged as (${insert}
      returning old.id is null as is_new, old.day as was, new.id, new.day, new.currency, new.customer_id, new.ordered_at,
        new.deleted_at is null and not new.is_test as counts,
        case when ${known} then old.customer_id end as had_customer,
        old.id is not null and old.customer_id is not null and (old.customer_id, old.ordered_at, old.day, old.currency, old.is_test, old.deleted_at is null)
          is distinct from (new.customer_id, new.ordered_at, new.day, new.currency, new.is_test, new.deleted_at is null) as turned),
    staged as (insert into ${STAGE_FIRSTS} (customer_id, order_id, ordered_at, day, currency)
      select customer_id, id, ordered_at, day, currency from merged where counts and customer_id is not null)
    select count(*)::int as merged, (count(*) filter (where is_new))::int as inserted,
      (select array_agg(distinct d)::text[] from merged, lateral (values (was), (day)) as v(d) where d is not null) as days,
      array_agg(distinct had_customer) filter (where turned and had_customer is not null) as unsettled,
      array_agg(id) filter (where not is_new) as replaced from merged`;
}
