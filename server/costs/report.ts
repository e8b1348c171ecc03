/** Every wrong row of a file as it stood, with what to do about it: mended, it is sent again as it is. Streamed, page by page. */
import type { ServerResponse } from "node:http";
import { sql } from "drizzle-orm";
import type { UploadId } from "@headwater/db/schema/ids.ts";
import { plainHeaders } from "@headwater/workflows/client.ts";
import { inTransaction } from "../graphql/operation.ts";
import type { Asking } from "../graphql/operation.ts";
import type { Services } from "../graphql/context.ts";
import { drained } from "../http/exchange.ts";
import { readUpload } from "../reading/uploads.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { hintInWords } from "./finding-words.ts";
import { UploadGone } from "./problems.ts";
import { BYTE_ORDER_MARK, csvLine } from "./templates.ts";
import { PLATFORM } from "./uploads.ts";

const PAGE = 1_000;

interface WrongRow extends Record<string, unknown> {
  readonly line: string;
  readonly cells: string[] | null;
  /** Each once, with its column and what stood there. */
  readonly found: { readonly code: string; readonly columnName: string | null; readonly value: string }[];
}

export async function sendReport(
  services: Services,
  asking: Asking,
  response: ServerResponse,
  id: UploadId,
): Promise<void> {
  const read = <T>(work: Parameters<typeof inTransaction<T>>[3]) => inTransaction(services, asking.caller, true, work);
  const upload = await read((db) => readUpload(db, id));
  if (upload === null) throw new UploadGone();
  const words = wordsOfPlatform(PLATFORM, asking.locale);
  const stored = upload.survey?.["headers"];
  const headers = Array.isArray(stored)
    ? plainHeaders(stored.map((cell) => (typeof cell === "string" ? cell : "")))
    : [];
  response.writeHead(200, {
    "content-type": "text/csv; charset=utf-8",
    "cache-control": "no-store",
    "content-disposition": 'attachment; filename="rows-to-mend.csv"',
  });
  response.write(BYTE_ORDER_MARK + csvLine([...headers, "error_codes", "how_to_fix"]));
  for (let after = 0; ;) {
    const place = after;
    const rows = await read(async (db) => [
      ...(await db.execute<WrongRow>(sql`
        select line::text as line, (array_agg(cells) filter (where cells is not null))[1] as cells,
          jsonb_agg(distinct jsonb_build_object('code', code, 'columnName', column_name, 'value', value)) as found
        from upload_findings where upload_id = ${id} and severity = 'error' and line > ${place}
        group by line order by upload_findings.line limit ${PAGE}`)),
    ]);
    for (const { cells, found } of rows) {
      const own = headers.map((_, at) => cells?.[at] ?? "");
      const codes = [...new Set(found.map(({ code }) => code))].toSorted();
      const hints = new Set(found.map((one) => hintInWords(words, upload, one)));
      // Left out, a row cut in the middle of its amount would pass as it is, with half of it.
      const beyond = cells?.slice(headers.length) ?? [];
      const line = csvLine([...own, codes.join(" "), [...hints].join(" "), ...beyond]);
      if (!response.write(line) && !(await drained(response))) return;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = Number(last.line);
  }
  response.end();
}
