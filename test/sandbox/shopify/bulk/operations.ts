// Bulk operations as rows: created, running, completed over time; polled, listed, cancelled.
import { isoSeconds } from "../../clock.ts";
import type { Row } from "../../store.ts";
import type { Engine } from "../admin/answer.ts";
import { gid, readGid, type AdminContext } from "../admin/context.ts";
import { pageOfList, type Connection, type PageArguments } from "../admin/paging.ts";
import type { InstallServices } from "../oauth/installs.ts";
import { bulkLink } from "./links.ts";
import { readBulkQuery } from "./rules.ts";

const bulkRunningMax = 5;

export interface BulkServices extends InstallServices {
  readonly engine: () => Engine;
  /** Starts the work behind an operation; it outlives the request, and a restart begins it again. */
  readonly begin: (id: number, context: AdminContext) => void;
}

const open = `status in ('CREATED', 'RUNNING', 'CANCELING')`;
const columns =
  "id, status, error_code, created_at, completed_at, object_count, root_count, file_size, file, link_until_ms, query";

type BulkOperationNode = ReturnType<typeof node>;

function node(context: AdminContext, row: Row) {
  const isOver = row["completed_at"] !== null;
  const hasFile = row["file"] !== null && Number(row["object_count"]) > 0;
  const link =
    isOver && hasFile ? bulkLink(context.client.clientSecret, String(row["file"]), Number(row["link_until_ms"])) : null;
  const status = String(row["status"]);
  return {
    __typename: "BulkOperation" as const,
    id: gid("BulkOperation", String(row["id"])),
    status,
    type: "QUERY",
    query: row["query"],
    errorCode: row["error_code"],
    createdAt: isoSeconds(Number(row["created_at"])),
    completedAt: isOver ? isoSeconds(Number(row["completed_at"])) : null,
    objectCount: String(row["object_count"]),
    rootObjectCount: String(row["root_count"]),
    fileSize: isOver && row["file_size"] !== null ? String(row["file_size"]) : null,
    url: status === "COMPLETED" ? link : null,
    partialDataUrl: status === "FAILED" || status === "CANCELED" ? link : null,
  };
}

const complaint = (message: string, code: string, field: readonly string[] | null): object => ({
  __typename: "BulkOperationUserError",
  field,
  message,
  code,
});

export function startBulkOperation(
  services: BulkServices,
  context: AdminContext,
  args: { query: string; groupObjects: boolean },
): object {
  const read = readBulkQuery(services.engine().admin.schema, args.query);
  if ("complaints" in read)
    return { bulkOperation: null, userErrors: read.complaints.map((each) => complaint(each, "INVALID", ["query"])) };
  const running = context.store.all(
    `select id from bulk_operations where shop = ? and client = ? and ${open} order by id`,
    context.shop.id,
    context.client.clientId,
  );
  if (running.length >= bulkRunningMax) {
    const message = `A bulk query operation for this app and shop is already in progress: ${gid("BulkOperation", String(running[0]?.["id"]))}.`;
    return { bulkOperation: null, userErrors: [complaint(message, "OPERATION_IN_PROGRESS", null)] };
  }
  const id = Number(context.store.first("select coalesce(max(id), 7000) + 1 as id from bulk_operations")?.["id"]);
  context.store.run(
    `insert into bulk_operations (id, shop, client, query, grouped, status, created_at) values (?, ?, ?, ?, ?, 'CREATED', ?)`,
    id,
    context.shop.id,
    context.client.clientId,
    args.query,
    args.groupObjects ? 1 : 0,
    context.now,
  );
  services.begin(id, context);
  return { bulkOperation: bulkOperationById(context, BigInt(id)), userErrors: [] };
}

export function bulkOperationById(context: AdminContext, id: bigint): BulkOperationNode | null {
  const row = context.store.first(
    `select ${columns} from bulk_operations where id = ? and shop = ? and client = ?`,
    Number(id),
    context.shop.id,
    context.client.clientId,
  );
  return row ? node(context, row) : null;
}

export function bulkOperationPage(
  context: AdminContext,
  args: PageArguments & { query?: string | null; sortKey?: string | null },
): Connection<BulkOperationNode> {
  const rows = context.store.all(
    `select ${columns} from bulk_operations where shop = ? and client = ? order by id`,
    context.shop.id,
    context.client.clientId,
  );
  const wanted = /status:\s*'?([A-Za-z]+)/.exec(args.query ?? "")?.[1]?.toUpperCase();
  const isMutation = /type:\s*'?mutation/i.test(args.query ?? "");
  const kept = isMutation ? [] : rows.filter((row) => wanted === undefined || row["status"] === wanted);
  return pageOfList(
    kept.map((row) => node(context, row)),
    args,
    false,
  );
}

export function cancelBulkOperation(context: AdminContext, text: string): object {
  const id = readGid(text);
  const found = id?.type === "BulkOperation" ? bulkOperationById(context, id.id) : null;
  if (!id || !found)
    return {
      bulkOperation: null,
      userErrors: [{ __typename: "UserError", field: ["id"], message: "Bulk operation does not exist" }],
    };
  if (!["CREATED", "RUNNING"].includes(found.status)) {
    return {
      bulkOperation: found,
      userErrors: [
        { __typename: "UserError", field: null, message: "A bulk operation cannot be canceled when it is completed" },
      ],
    };
  }
  context.store.run(`update bulk_operations set status = 'CANCELING' where id = ?`, Number(id.id));
  return { bulkOperation: bulkOperationById(context, id.id), userErrors: [] };
}
