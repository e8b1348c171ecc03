/** `/v1/datasources/<id>/calls.csv`: every call made with its credential, by hour. Whoever may read the datasource may take it away. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import { may } from "../access/permissions.ts";
import { BYTE_ORDER_MARK, csvLine } from "../costs/templates.ts";
import type { Services } from "../graphql/context.ts";
import { idIn } from "../graphql/node.ts";
import { inTransaction } from "../graphql/operation.ts";
import type { Asking } from "../graphql/operation.ts";
import { pageOfCalls } from "../reading/calls.ts";
import { readDatasources } from "../reading/datasources.ts";
import { drained, send, sendJson } from "./exchange.ts";

const PAGE = 1_000;
const COLUMNS = ["hour", "method", "call", "calls", "failed", "slowed", "bytes"];

interface Door {
  readonly services: Services;
  readonly asking: () => Promise<Asking>;
}

export async function answerCallsFile(
  { services, asking }: Door,
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
): Promise<void> {
  if (request.method !== "GET") return send(response, { status: 405, headers: { allow: "GET" } });
  const { caller } = await asking();
  if (caller.kind === "nobody")
    return sendJson(response, 401, { code: "UNAUTHENTICATED", message: "Send an API token or sign in." });
  if (!may(caller, "readDatasources"))
    return sendJson(response, 403, { code: "FORBIDDEN", message: "This needs the scope read." });
  const id = isUuid(name) ? name : idIn("Datasource", name);
  const read = <T>(work: Parameters<typeof inTransaction<T>>[3]) => inTransaction(services, caller, true, work);
  const [view] = id === null ? [] : await read((db) => readDatasources(db, services.clock(), [datasourceId(id)]));
  if (view === undefined)
    return sendJson(response, 404, { code: "DATASOURCE_GONE", message: "There is no such datasource." });
  const { id: datasource, platform } = view.row;
  const file = `${platform}-calls-${services.clock().toISOString().slice(0, 10)}.csv`;
  response.writeHead(200, {
    "content-type": "text/csv; charset=utf-8",
    "cache-control": "no-store",
    "content-disposition": `attachment; filename="${file}"`,
  });
  response.write(BYTE_ORDER_MARK + csvLine(COLUMNS));
  const page = (after: Ledger[number] | null) => read((db) => pageOfCalls(db, datasource, { limit: PAGE, after }));
  await writeRows(response, page);
}

type Ledger = Awaited<ReturnType<typeof pageOfCalls>>;

async function writeRows(
  response: ServerResponse,
  page: (after: Ledger[number] | null) => Promise<Ledger>,
): Promise<void> {
  for (let after: Ledger[number] | null = null; ;) {
    const rows: Ledger = await page(after);
    const lines = rows.map(({ hour, method, path, calls, failures, throttled, bytes }) =>
      csvLine([hour.toISOString(), method, path, ...[calls, failures, throttled, bytes].map(String)]),
    );
    if (lines.length > 0 && !response.write(lines.join("")) && !(await drained(response))) return;
    after = rows.at(-1) ?? null;
    if (after === null || rows.length < PAGE) break;
  }
  response.end();
}
