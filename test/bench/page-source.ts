/** The page server as a platform: the real mapping of Shopify's orders behind the plainest possible paging. */
import type { Connector, Cursor, Page, SliceSpec } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { parseExactly } from "@headwater/connectors/json.ts";
import type { Answer } from "@headwater/connectors/outbound/outbound.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { childOrNull, childrenOf, isFields } from "@headwater/connectors/read-fields.ts";
import { mapOrder } from "@headwater/connectors/shopify/mapping/order.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";

export const HOST = "pages.example";
export interface Rate {
  /** Calls a second; null as fast as the answers come. */
  perSecond: number | null;
  concurrency: number;
}

export function pageSource({ perSecond, concurrency }: Rate): Connector {
  const shopify = connectorFor("shopify");
  if (shopify === null) throw new Error("the Shopify connector is not there");
  const window = { history: "byTime" as const, overlapMs: 300_000, restatedDays: 0, longestMs: null };
  return {
    ...shopify,
    hosts: () => ({ credential: [HOST], open: [] }),
    sign: (request) => request,
    streams: [
      {
        name: "orders",
        kinds: ["order"],
        needs: [],
        optional: false,
        window,
        pages: (session, slice, from) => pages(session, slice, from, perSecond),
      },
      { name: "orderLines", kinds: ["orderLine"], carriedBy: "orders", needs: [], optional: false, window },
      { name: "transactions", kinds: ["transaction"], carriedBy: "orders", needs: [], optional: false, window },
    ],
    rate: {
      bucketKey: ({ key }) => key,
      initial: { maximum: 1, restorePerSecond: perSecond ?? 1 },
      concurrency,
    },
  };
}

async function* pages(
  session: SourceSession,
  slice: SliceSpec,
  from: Cursor | null,
  perSecond: number | null,
): AsyncGenerator<Page> {
  let at = typeof from?.["at"] === "number" ? from["at"] : 0;
  for (;;) {
    const range =
      slice.mode === "changes" ? "changes=1" : `from=${slice.from?.getTime() ?? 0}&to=${slice.to.getTime()}`;
    const url = `https://${HOST}/orders?${range}&at=${at}`;
    const { orders, next } = await session.http.call(
      { method: "GET", url, credential: "attached", cost: perSecond === null ? 0 : 1, purpose: "orders" },
      readPage,
    );
    const mapped = orders.map((order) =>
      mapOrder({
        order,
        lines: childrenOf(childOrNull(order, "lineItems") ?? {}, "nodes"),
        refunds: [],
        isWhole: true,
      }),
    );
    yield {
      kind: "records",
      records: mapped.flatMap(({ records }) => records),
      rejected: mapped.flatMap(({ rejected }) => rejected),
      cursor: { at: next ?? at },
      done: next === null,
    };
    if (next === null) return;
    at = next;
  }
}

async function readPage(answer: Answer) {
  if (answer.status === 429) {
    await answer.discard();
    const retryAt = new Date(Date.now() + 1_000).toISOString();
    throw new SourceFailure({ class: "rate_limit", code: "pages.early", said: "429", retryAt });
  }
  const page = parseExactly(await answer.text());
  if (!isFields(page))
    throw new SourceFailure({ class: "transient", code: "pages.shape", said: String(answer.status) });
  const next = page["next"];
  return { orders: childrenOf(page, "orders"), next: typeof next === "number" ? next : null };
}
