// The result files of bulk operations, on the storage host that Shopify signs links for.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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

/** `bytes=<from>-`, the one kind that is asked for; null for all of it. */
function startIn(incoming: Incoming): number | null {
  const asked = /^bytes=(\d{1,15})-$/.exec(incoming.headers["range"] ?? "");
  return asked === null ? null : Number(asked[1]);
}

/** A file in pieces, at the host's own pace; `sent` hears of each piece that left. */
async function* pieces(path: string, start: number, bytesPerSecond: number, sent: (bytes: number) => void) {
  const source = createReadStream(path, { start, highWaterMark: 64 * 1024 });
  const begun = Date.now();
  let total = 0;
  for await (const piece of source) {
    const bytes: Buffer = piece; // a file without an encoding is read as Buffers
    yield bytes;
    sent(bytes.length);
    total += bytes.length;
    const dueMs = bytesPerSecond === 0 ? 0 : (total / bytesPerSecond) * 1000 - (Date.now() - begun);
    if (dueMs > 0) await sleep(dueMs, undefined, { ref: false });
  }
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
  const row = store.first("select shop, query, reading from bulk_operations where file = ?", verdict.file);
  const shop = surface.world.shops().find((each) => each.id === row?.["shop"]) ?? null;
  const path = join(store.dataDir, "bulk", verdict.file);
  const { size } = await stat(path);
  const asked = startIn(incoming);
  const from = asked ?? 0;
  if (from >= size && asked !== null) return refused(416, "InvalidRange");
  let to = from;
  return {
    status: asked === null ? 200 : 206,
    headers: {
      "content-type": "application/jsonl",
      "content-length": String(size - from),
      ...(asked === null ? {} : { "content-range": `bytes ${from}-${size - 1}/${size}` }),
    },
    body: pieces(path, from, surface.tempo.bytesPerSecond, (bytes) => (to += bytes)),
    // One name for all that was asked for by one query: a file that is asked for again is told from another.
    operation: `download ${createHash("sha256").update(String(row?.["query"])).digest("hex").slice(0, 12)}`,
    shop,
    noteServed: () => {
      const packed = row?.["reading"];
      if (!shop || !(packed instanceof Uint8Array)) return;
      // Written by `finish` of bulk/run.ts.
      const reading: Reading = JSON.parse(Buffer.from(packed).toString("utf8"));
      const left = reading.filter(([, , , begins, ends]) => ends > from && begins < to);
      surface.ledger.served(
        incoming.requestId,
        shop.id,
        left.map(([kind, n, version]) => [kind, n, version] as const),
      );
    },
  };
}
