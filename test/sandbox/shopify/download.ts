// The result files of bulk operations, on the storage host that Shopify signs links for.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Incoming } from "../http.ts";
import { judgeLink } from "./bulk/links.ts";
import type { Reading } from "./bulk/run.ts";
import type { Served, Surface } from "./surface.ts";

function refused(status: number, code: string): Served {
  const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
  const headers = { "content-type": "application/xml; charset=UTF-8" };
  return { status, headers, operation: "download", shop: null, body: Buffer.from(body) };
}

/** A token has no business here: whoever sends one leaks it. */
function isLeaking(incoming: Incoming): boolean {
  return incoming.headers["x-shopify-access-token"] !== undefined || incoming.headers["authorization"] !== undefined;
}

export async function answerDownload(surface: Surface, incoming: Incoming): Promise<Served> {
  const { store, client, clock } = surface.services;
  if (isLeaking(incoming)) {
    store.writeSetting("tokensLeaked", String(Number(store.readSetting("tokensLeaked") ?? 0) + 1));
    return refused(400, "AuthenticationRequired");
  }
  const verdict = judgeLink(client.clientSecret, incoming.path, incoming.query, clock.nowMs());
  if (verdict.kind === "expired") return refused(400, "ExpiredToken");
  if (verdict.kind === "forged") return refused(403, "SignatureDoesNotMatch");
  if (verdict.kind === "unknown") return refused(403, "AccessDenied");
  const row = store.first("select shop, reading from bulk_operations where file = ?", verdict.file);
  const shop = surface.world.shops().find((each) => each.id === row?.["shop"]) ?? null;
  const path = join(store.dataDir, "bulk", verdict.file);
  const { size } = await stat(path);
  return {
    status: 200,
    headers: { "content-type": "application/jsonl", "content-length": String(size) },
    body: createReadStream(path),
    operation: "download",
    shop,
    noteServed: () => {
      const packed = row?.["reading"];
      if (!shop || !(packed instanceof Uint8Array)) return;
      // Written by `finish` of bulk/run.ts.
      const reading: Reading = JSON.parse(Buffer.from(packed).toString("utf8"));
      surface.ledger.served(incoming.requestId, shop.id, reading);
    },
  };
}
