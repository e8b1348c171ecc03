/** A connector whose pages a test writes out. It speaks the contract and no HTTP: what is under test is what we do with pages. */
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import type { Connector, Cursor, Page, SliceSpec, Stream } from "@headwater/connectors/contract.ts";
import type { Credential, RefreshRequest, Tokens } from "@headwater/connectors/authorization.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { OrderLineRecord, OrderRecord, RefundRecord, SourceRecord } from "@headwater/connectors/records.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";

export type Script = (slice: SliceSpec, from: Cursor | null, session: SourceSession) => AsyncIterable<Page>;

export interface ScriptedOptions {
  pages: Script;
  overlapMs?: number;
  stream?: Partial<Stream>;
  refresh?: (credential: Credential) => Promise<Tokens>;
  connector?: Partial<Connector>;
}

const catalog: CatalogEntry = {
  platform: "shopify",
  name: "Scripted",
  category: "ecommerce",
  methods: ["oauth"],
  state: "ready",
  takesSlot: true,
  scopes: [{ scope: "read_orders", purpose: "orders", required: true }],
  prerequisites: [],
  requiresOneOf: [],
  excludes: [],
  powers: [],
  yields: ["order"],
  cadenceMinutes: 60,
  historyDays: null,
  restatedDays: 0,
  deletesVisible: "byComparison",
  warnDaysBeforeEnd: 14,
  policyUrl: null,
  settings: [],
};

export function scriptedConnector({
  pages,
  overlapMs = 300_000,
  stream,
  refresh,
  connector,
}: ScriptedOptions): Connector {
  return {
    catalog,
    authorization: {
      kind: "key",
      asks: [],
      readTyped: (params) => ({ ok: true, params }),
      probe: () => Promise.reject(new Error("not in this script")),
      ...(refresh === undefined
        ? {}
        : {
            refresh: (_outbound: Outbound, { credential }: Pick<RefreshRequest, "credential">) => refresh(credential),
          }),
    },
    hosts: () => ({ credential: ["source.test"], open: ["files.test"] }),
    sign: (request, credential) => ({
      ...request,
      headers: { ...request.headers, authorization: `Bearer ${credential["access"] ?? ""}` },
    }),
    account: {
      reaches: "one",
      list: () => Promise.resolve([]),
      verify: () => Promise.reject(new Error("not in this script")),
    },
    streams: [
      {
        name: "orders",
        kinds: ["order"],
        needs: [],
        optional: false,
        window: { history: "byTime", overlapMs, restatedDays: 0, longestMs: null },
        pages: (session, slice, from) => pages(slice, from, session),
        ...stream,
      },
      {
        name: "refunds",
        kinds: ["refund", "orderLine"],
        carriedBy: "orders",
        needs: [],
        optional: false,
        window: { history: "byTime", overlapMs, restatedDays: 0, longestMs: null },
      },
    ],
    rate: { bucketKey: (login) => login.key, initial: { maximum: 1_000, restorePerSecond: 500 }, concurrency: 2 },
    ...connector,
  };
}

/** Pages in order, from the cursor on; the cursor is the number of the next page. */
export function scripted(...pages: readonly (readonly SourceRecord[])[]): Script {
  return async function* givePages(_slice, from) {
    const first = typeof from?.["next"] === "number" ? from["next"] : 0;
    for (let at = first; at < pages.length; at += 1) {
      const isLast = at === pages.length - 1;
      yield { kind: "records", records: pages[at] ?? [], rejected: [], cursor: { next: at + 1 }, done: isLast };
    }
  };
}

export function order(id: string, with_: Partial<OrderRecord> = {}): OrderRecord {
  return {
    kind: "order",
    id,
    versionAt: "2026-03-01T10:00:00Z",
    document: JSON.stringify({ id, note: "as it came" }),
    name: `#${id}`,
    orderedAt: "2026-03-01T09:00:00Z",
    sourceCreatedAt: "2026-03-01T09:00:00Z",
    cancelledAt: null,
    isTest: false,
    currency: "EUR",
    gross: "100.00",
    discounts: "10.00",
    shipping: "5.00",
    tax: "19.00",
    duties: "0",
    tips: "0",
    total: "114.00",
    taxesIncluded: false,
    customerId: null,
    lineCount: 1,
    ...with_,
  };
}

export const refund = (id: string, orderId: string, with_: Partial<RefundRecord> = {}): RefundRecord => ({
  kind: "refund",
  id,
  versionAt: "2026-03-01T10:00:00Z",
  document: null,
  orderId,
  refundedAt: "2026-03-05T09:00:00Z",
  amount: "30.00",
  returned: "25.00",
  returnedTax: "5.00",
  adjustments: "0",
  currency: "EUR",
  ...with_,
});

export const line = (id: string, orderId: string, with_: Partial<OrderLineRecord> = {}): OrderLineRecord => ({
  kind: "orderLine",
  id,
  versionAt: "2026-03-01T10:00:00Z",
  document: null,
  orderId,
  sku: "TEE-S",
  title: "Tee",
  productId: null,
  variantId: null,
  quantity: 1,
  gross: "100.00",
  discount: "0",
  tax: "0",
  isGiftCard: false,
  currency: "EUR",
  ...with_,
});
