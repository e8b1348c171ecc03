/** `/v1/access-reviews/<id>.json`: a signed record, byte for byte as its hash is of it. */
import { accessReviewId, isUuid } from "@headwater/db/schema/ids.ts";
import { may } from "../access/permissions.ts";
import { inTransaction } from "../graphql/operation.ts";
import { readSignedById } from "../reading/access-reviews.ts";
import { send, sendJson } from "./exchange.ts";
import type { Door } from "./ledger-files.ts";

export async function answerReviewFile({ services, asking, request, response }: Door, file: string): Promise<void> {
  if (request.method !== "GET") return send(response, { status: 405, headers: { allow: "GET" } });
  const { caller } = await asking();
  if (caller.kind === "nobody") return sendJson(response, 401, { code: "UNAUTHENTICATED", message: "Sign in first." });
  if (!may(caller, "signReview"))
    return sendJson(response, 403, { code: "FORBIDDEN", message: "Owners and admins take it away." });
  const [, id] = /^(.+)\.json$/.exec(file) ?? [];
  const signed = isUuid(id)
    ? await inTransaction(services, caller, true, (db) => readSignedById(db, accessReviewId(id)))
    : null;
  if (signed === null) return sendJson(response, 404, { code: "NOT_FOUND", message: "There is no such review." });
  const day = signed.signedAt.toISOString().slice(0, 10);
  return send(response, {
    status: 200,
    type: "application/json; charset=utf-8",
    headers: {
      "cache-control": "no-store",
      "content-disposition": `attachment; filename="access-review-${day}-${signed.hash.slice(0, 8)}.json"`,
    },
    body: signed.record,
  });
}
