// The auditor of message days: every row and every figure of a day beside what the sandbox says, to the last digit.
import type { Sql } from "postgres";
import { amount, heldFigures, toldFigures } from "./figures.ts";
import { compareKeyed, keyed, readTold } from "./keyed.ts";
import type { Basis } from "./told.ts";

export interface MessagesAudit {
  readonly sandboxUrl: string;
  /** With the owner's eyes. */
  readonly sql: Sql;
  /** Klaviyo's own id of the account. */
  readonly account: string;
  /** Ours. */
  readonly accountId: string;
  /** `served`: each day as it was served last. `truth`: as it stands now. */
  readonly basis?: Basis;
  /** Days before this one are left out: they were never asked for. */
  readonly from?: string;
}

export interface MessagesReport {
  readonly findings: readonly string[];
  readonly rows: number;
  readonly figures: number;
}

interface ToldRow {
  readonly metric: string;
  readonly day: string;
  readonly channel: string | null;
  readonly flow: string | null;
  readonly message: string | null;
  readonly column: string;
  readonly count: number;
  readonly revenue: string | null;
  readonly currency: string;
}

export async function auditMessages(options: MessagesAudit): Promise<MessagesReport> {
  const { sandboxUrl, sql, account, accountId, basis = "truth", from = "" } = options;
  const findings: string[] = [];
  const told = (await readTold<ToldRow[]>(`${sandboxUrl}/_desk/klaviyo/rows/${account}?of=${basis}`))
    .filter(({ day }) => day >= from)
    .map((row): [string, string] => [
      [row.metric, row.day, row.channel, row.flow, row.message].join(" "),
      `${row.column} ${row.count} ${amount(row.revenue)} ${row.currency}`,
    ]);
  const toldRows = keyed(told, findings);
  compareKeyed(toldRows, keyed(await heldRows(sql, accountId, from), findings), "row", findings);
  const figures = await toldFigures(`${sandboxUrl}/_desk/klaviyo/figures/${account}?of=${basis}`, from);
  compareKeyed(keyed(figures, findings), keyed(await heldFigures(sql, accountId, from), findings), "figure", findings);
  return { findings, rows: toldRows.size, figures: figures.length };
}

async function heldRows(sql: Sql, accountId: string, from: string): Promise<[string, string][]> {
  const rows = await sql<Record<string, string | null>[]>`
    select part, day::text as day, channel, flow_id, message_id, currency, orders::text as orders, sends::text as sends,
      opens::text as opens, clicks::text as clicks, unsubscribes::text as unsubscribes, revenue::text as revenue
    from message_days where account_id = ${accountId} and deleted_at is null and day::text >= ${from}`;
  return rows.map((row) => {
    const column = ["orders", "sends", "opens", "clicks", "unsubscribes"].find((name) => row[name] !== null) ?? "";
    const key = [row["part"], row["day"], row["channel"], row["flow_id"], row["message_id"]].join(" ");
    return [key, `${column} ${amount(row[column] ?? null)} ${amount(row["revenue"] ?? null)} ${row["currency"] ?? ""}`];
  });
}
