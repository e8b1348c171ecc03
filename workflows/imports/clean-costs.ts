/** Rows that nobody can come to see any more, taken away chunk by chunk before the next file lands. */
import type { TransactionSql } from "postgres";
import { forgotten } from "./tallies.ts";
import type { UploadRef } from "./upload-row.ts";

const CHUNK_ROWS = 20_000;

/** Rows above the number that stands: left over from what was discarded or undone. True when none is left. */
export async function cleanAbove(tx: TransactionSql, ref: UploadRef, head: number): Promise<boolean> {
  const ids = [ref.organisationId, ref.datasourceId, head, CHUNK_ROWS] as const;
  let touched = 0;
  for (const table of ["cost_rows", "cost_days"]) {
    const gone = await tx.unsafe(
      `delete from ${table} where ctid = any(array(select ctid from ${table}
        where organisation_id = $1 and datasource_id = $2 and since > $3 limit $4))`,
      [...ids],
    );
    const back = await tx.unsafe(
      `update ${table} set until = null where ctid = any(array(select ctid from ${table}
        where organisation_id = $1 and datasource_id = $2 and until > $3 limit $4))`,
      [...ids],
    );
    touched += gone.count + back.count;
  }
  // Steps have no end: a version's own are taken away, and nobody else's were changed.
  const steps = await tx.unsafe(
    `delete from cost_recurring where ctid = any(array(select ctid from cost_recurring
      where organisation_id = $1 and datasource_id = $2 and since > $3 limit $4))`,
    [...ids],
  );
  await tx.unsafe("delete from cost_tallies where organisation_id = $1 and datasource_id = $2 and since > $3", [
    ref.organisationId,
    ref.datasourceId,
    head,
  ]);
  return touched + steps.count === 0;
}

const TWENTY = 20;

/** What ended before the oldest upload that an undo may still go back to is of no more use. True when none is left. */
export async function forgetEnded(tx: TransactionSql, ref: UploadRef): Promise<boolean> {
  const [oldest] = await tx.unsafe<[{ version: number }?]>(
    `select min(version) as version from (select version from uploads where organisation_id = $1 and datasource_id = $2
       and state = 'committed' order by version desc limit ${TWENTY}) as kept having count(*) = ${TWENTY}`,
    [ref.organisationId, ref.datasourceId],
  );
  if (oldest === undefined) return true;
  const ids = [ref.organisationId, ref.datasourceId, oldest.version, CHUNK_ROWS] as const;
  // Days are nobody's file; of rows it is kept how many went, and what they came to.
  const days = await tx.unsafe(ended("cost_days"), [...ids]);
  const [rows] = await tx.unsafe<[{ gone: number }]>(
    `with gone as (${ended("cost_rows")} returning *), told as (${forgotten("gone")})
     select count(*)::int as gone from gone`,
    [...ids],
  );
  return days.count + rows.gone === 0;
}

const ended = (table: string) =>
  `delete from ${table} where ctid = any(array(select ctid from ${table}
    where organisation_id = $1 and datasource_id = $2 and until < $3 limit $4))`;
