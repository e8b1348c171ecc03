/**
 * What of a file does not stand as a row of its own, by type and currency: twins, what stood already, what it deletes, and
 * what ended so long ago that its rows are gone. With the rows that stand it comes to the file again.
 */
import { markIn, moneyIn } from "./control-totals.ts";

const kept = "organisation_id, datasource_id, since, kind, cost_type, currency";
const added = "rows = t.rows + excluded.rows, amount = t.amount + excluded.amount, marks = t.marks + excluded.marks";

const tally = (kind: "leftOut" | "forgotten", rows: string) => `
  insert into cost_tallies as t (${kept}, rows, amount, marks)
    select $1, $2, since, '${kind}', cost_type, currency, sum(rows), sum(amount), sum(mark) from (${rows}) as one
    group by since, cost_type, currency order by since, cost_type, currency
    on conflict (${kept}) do update set ${added}`;

const each = (name: string) =>
  `select g.since, g.cost_type, g.currency, 1 as rows, ${moneyIn("g")} as amount, ${markIn("g.content")} as mark from ${name} as g`;

/** A part of a statement: of rows that another part, so named, has taken away. */
export const leftOut = (name: string): string => `${name}_told as (${tally("leftOut", each(name))})`;
export const forgotten = (name: string): string => tally("forgotten", each(name));

/** Of rows whose amount has changed: what they said before, less what they say now. */
export const changedOf = (name: string): string =>
  tally("leftOut", `select g.since, g.cost_type, g.currency, 0 as rows, g.amount, g.mark from ${name} as g`);
