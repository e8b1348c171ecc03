/** `/v1/datasources/<id>/calls.csv` and `…/restatements.csv`: the whole of a ledger. Whoever may read it may take it away. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import { may } from "../access/permissions.ts";
import type { Permission } from "../access/permissions.ts";
import { BYTE_ORDER_MARK, csvLine } from "../costs/templates.ts";
import type { Services } from "../graphql/context.ts";
import { idIn } from "../graphql/node.ts";
import { inTransaction } from "../graphql/operation.ts";
import type { Asking } from "../graphql/operation.ts";
import { pageOfCalls } from "../reading/calls.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { pageOfRestatements } from "../reading/restatements.ts";
import type { Transaction } from "../reading/transaction.ts";
import { drained, send, sendJson } from "./exchange.ts";

const PAGE = 1_000;

interface Ledger {
  readonly permission: Permission;
  readonly columns: readonly string[];
  /** The lines of a page, and what reads the next one; null after the last. */
  readonly read: (db: Transaction, view: DatasourceView) => Promise<Read>;
}
interface Read {
  readonly lines: readonly string[];
  readonly next: ((db: Transaction) => Promise<Read>) | null;
}

/** Reads on from the last row of each page. */
async function readFrom<Row>(
  page: (db: Transaction, after: Row | null) => Promise<Row[]>,
  cellsOf: (row: Row) => readonly string[],
  from: { readonly db: Transaction; readonly after: Row | null },
): Promise<Read> {
  const rows = await page(from.db, from.after);
  const last = rows.at(-1);
  return {
    lines: rows.map((row) => csvLine(cellsOf(row))),
    next: last === undefined || rows.length < PAGE ? null : (db) => readFrom(page, cellsOf, { db, after: last }),
  };
}

const LEDGERS: Readonly<Record<string, Ledger>> = {
  calls: {
    permission: "readDatasources",
    columns: ["hour", "method", "call", "calls", "failed", "slowed", "bytes"],
    read: (first, { row }) =>
      readFrom<Awaited<ReturnType<typeof pageOfCalls>>[number]>(
        (db, after) => pageOfCalls(db, row.id, { limit: PAGE, after }),
        ({ hour, method, path, calls, failures, throttled, bytes }) => [
          hour.toISOString(),
          method,
          path,
          ...[calls, failures, throttled, bytes].map(String),
        ],
        { db: first, after: null },
      ),
  },
  restatements: {
    permission: "readNumbers",
    columns: ["changed", "day", "metric", "currency", "before", "after", "cause", "run"],
    read: (first, { account }) =>
      readFrom<Awaited<ReturnType<typeof pageOfRestatements>>[number]>(
        async (db, after) => (account === null ? [] : pageOfRestatements(db, account.id, { limit: PAGE, after })),
        ({ at, day, metric, currency, before, after, cause, runId }) => [
          at.toISOString(),
          day,
          metric,
          currency,
          before ?? "",
          after ?? "",
          cause,
          runId ?? "",
        ],
        { db: first, after: null },
      ),
  },
};

/** The ledger that a file's name means, where it means one. */
export const ledgerNamed = (file: string): string | null => {
  const name = file.replace(/\.csv$/u, "");
  return file.endsWith(".csv") && Object.hasOwn(LEDGERS, name) ? name : null;
};

export interface Door {
  readonly services: Services;
  readonly asking: () => Promise<Asking>;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export async function answerLedgerFile(door: Door, name: string, what: string): Promise<void> {
  const { services, asking, request, response } = door;
  const ledger = LEDGERS[what];
  if (ledger === undefined) return send(response, { status: 404 });
  if (request.method !== "GET") return send(response, { status: 405, headers: { allow: "GET" } });
  const { caller } = await asking();
  if (caller.kind === "nobody")
    return sendJson(response, 401, { code: "UNAUTHENTICATED", message: "Send an API token or sign in." });
  if (!may(caller, ledger.permission))
    return sendJson(response, 403, { code: "FORBIDDEN", message: "This needs the scope read." });
  const id = isUuid(name) ? name : idIn("Datasource", name);
  const read = <T>(work: Parameters<typeof inTransaction<T>>[3]) => inTransaction(services, caller, true, work);
  const [view] = id === null ? [] : await read((db) => readDatasources(db, services.clock(), [datasourceId(id)]));
  if (view === undefined)
    return sendJson(response, 404, { code: "DATASOURCE_GONE", message: "There is no such datasource." });
  const file = `${view.row.platform}-${what}-${services.clock().toISOString().slice(0, 10)}.csv`;
  response.writeHead(200, {
    "content-type": "text/csv; charset=utf-8",
    "cache-control": "no-store",
    "content-disposition": `attachment; filename="${file}"`,
  });
  response.write(BYTE_ORDER_MARK + csvLine([...ledger.columns]));
  let next: Read["next"] = (db) => ledger.read(db, view);
  while (next !== null) {
    const page: Read = await read(next);
    if (page.lines.length > 0 && !response.write(page.lines.join("")) && !(await drained(response))) return;
    next = page.next;
  }
  response.end();
}
