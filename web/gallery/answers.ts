import type { CatalogPlatform } from "../screens/datasources/datasources.documents.ts";
import type { ConnectPlatform } from "../screens/connect/connect.documents.ts";
import type { Access, BackfillMonths, Run, Slice } from "../screens/detail/detail.documents.ts";
import { daysIn } from "../screens/detail/backfill-map.ts";
import type { Token } from "../screens/tokens/tokens.documents.ts";
import { ago, reason } from "./fixtures.ts";

type Category = CatalogPlatform["category"];

const names: readonly (readonly [string, Category, string])[] = [
  ["Shopify", "ECOMMERCE", "Orders, refunds, customers, products"],
  ["BigCommerce", "ECOMMERCE", "Orders, refunds, catalog"],
  ["WooCommerce", "ECOMMERCE", "Orders, products, customers"],
  ["Amazon Seller", "ECOMMERCE", "Orders, fees, traffic"],
  ["Google Ads", "ADS", "Spend, clicks, conversions"],
  ["Meta Ads", "ADS", "Spend, clicks, conversions"],
  ["TikTok Ads", "ADS", "Spend, clicks, conversions"],
  ["Pinterest Ads", "ADS", "Spend, clicks, conversions"],
  ["Microsoft Ads", "ADS", "Spend, clicks, conversions"],
  ["Amazon Ads", "ADS", "Pairs with Amazon Seller"],
  ["AdRoll", "ADS", "Spend, clicks, conversions"],
  ["Google Analytics 4", "ANALYTICS", "Sessions, conversion rate"],
  ["Meta Pixel", "ANALYTICS", "Events by day"],
  ["Klaviyo", "EMAIL_SMS", "E-mail revenue, flows, campaigns"],
  ["WATI", "MESSAGING", "WhatsApp messages and replies"],
  ["Recharge", "SUBSCRIPTIONS", "Subscribers, churn, charges"],
  ["Loop Subscriptions", "SUBSCRIPTIONS", "Subscribers, churn, charges"],
  ["Refersion", "ATTRIBUTION", "Affiliate conversions"],
  ["Impact", "ATTRIBUTION", "Partner conversions"],
  ["Social Snowball", "ATTRIBUTION", "Affiliate conversions"],
  ["ShipHero", "OPERATIONS", "Shipments, inventory"],
  ["Shiprocket", "OPERATIONS", "Shipments, costs"],
  ["Gorgias", "SUPPORT", "Tickets, first reply"],
  ["Stripe", "PAYMENTS", "Charges, fees, payouts"],
  ["Razorpay", "PAYMENTS", "Charges, fees, settlements"],
  ["Custom costs", "OTHER", "Your own costs by SKU, from a CSV"],
  ["Mountain", "OTHER", "Connected TV"],
];

const ready = new Set(["Shopify", "Meta Ads", "Klaviyo", "Custom costs"]);

export function catalogFixture(): CatalogPlatform[] {
  return names.map(([title, category, summary]) => {
    const isReady = ready.has(title);
    return {
      id: `p-${title}`,
      name: title.toLowerCase().replaceAll(" ", "-"),
      title,
      category,
      method: title === "Klaviyo" ? "API_KEY" : title === "Custom costs" ? "FILE_UPLOAD" : "OAUTH",
      availability: isReady ? "AVAILABLE" : title === "Mountain" ? "COMING_SOON" : "IN_PREPARATION",
      isConnectable: isReady,
      isWished: false,
      notConnectableReason: null,
      takesSlot: title !== "Custom costs",
      summary,
      searchTerms: [],
      powers: [],
      needs: [],
      excludes: [],
      datasources: [],
    };
  });
}

export function shopifyFixture(more: Partial<ConnectPlatform> = {}): ConnectPlatform {
  return {
    id: "p-shopify",
    name: "shopify",
    title: "Shopify",
    category: "ECOMMERCE",
    method: "OAUTH",
    availability: "AVAILABLE",
    isConnectable: true,
    reachesManyAccounts: false,
    warnings: [],
    notConnectableReason: null,
    slotLimit: null,
    takesSlot: true,
    summary: "Orders, refunds, customers and products of one store. The source of truth for sales.",
    prerequisites: [
      "Be the store owner, or staff with the permission Manage and install apps and channels.",
      "Know the store’s address that ends in .myshopify.com: in Shopify, Settings → Domains.",
    ],
    needs: [],
    excludes: [],
    scopes: [
      {
        name: "read_orders",
        purpose: "Orders, lines, discounts, refunds, payments",
        isRequired: true,
        feeds: ["orders"],
      },
      { name: "read_all_orders", purpose: "Orders older than 60 days", isRequired: false, feeds: ["orders"] },
      { name: "read_customers", purpose: "New or returning, never names", isRequired: true, feeds: ["customers"] },
      { name: "read_products", purpose: "Titles and variants", isRequired: true, feeds: ["products"] },
      { name: "read_inventory", purpose: "Unit cost", isRequired: false, feeds: ["products"] },
    ],
    powers: ["Orders", "Gross sales", "Discounts", "Returns", "Net sales", "Total sales", "Average order value"],
    cadenceSeconds: 3600,
    historyNote: "60 days until Shopify grants full history",
    historyMonths: 24,
    policyUrl: "https://www.shopify.com/legal/privacy",
    keyFields: [],
    connectFields: [
      {
        name: "shop",
        label: "Your store’s address",
        hint: "The part before .myshopify.com is enough. A storefront domain such as www.brand.com does not work.",
        example: "monsoon-and-moss",
        suffix: ".myshopify.com",
        isSecret: false,
        mistakenFor: [],
      },
    ],
    ...more,
  };
}

/** The picture of the mock: ten months complete, one being read, ten with some streams, the rest queued. */
export function mapFixture(): BackfillMonths {
  const months: string[] = [];
  for (let n = 0; n < 25; n++) {
    const at = new Date(Date.UTC(2026, 10 - n, 1));
    months.push(at.toISOString().slice(0, 10));
  }
  return months.map((month, n) => {
    const day = (d: number): string => `${month.slice(0, 8)}${String(d).padStart(2, "0")}`;
    const last = n === 0 ? 20 : daysIn(month);
    const rows = String(8000 + ((n * 7919) % 11_000));
    const whole = (state: "ALL" | "SOME" | "QUEUED") => [{ from: day(1), to: day(last), state }];
    if (n < 10) return { month, rows, ranges: whole("ALL") };
    if (n === 10)
      return {
        month,
        rows,
        ranges: [
          { from: day(25), to: day(last), state: "ALL" as const },
          { from: day(24), to: day(24), state: "NOW" as const },
          { from: day(1), to: day(23), state: "SOME" as const },
        ],
      };
    if (n < 20) return { month, rows, ranges: whole("SOME") };
    return {
      month,
      rows: "0",
      ranges: n === 24 ? [{ from: day(21), to: day(last), state: "QUEUED" as const }] : whole("QUEUED"),
    };
  });
}

function runFixture(more: Partial<Run> & Pick<Run, "id">): Run {
  return {
    kind: "SYNC",
    n: 9,
    state: "SUCCEEDED",
    startedAt: ago(38),
    finishedAt: ago(37),
    attempts: 1,
    times: 1,
    askedBy: null,
    counts: {
      read: "412",
      merged: "409",
      unchanged: "3",
      deduplicated: "0",
      rejected: "0",
      written: "409",
      announced: "412",
    },
    outcome: null,
    ...more,
  };
}

export const runsFixture: Run[] = [
  runFixture({
    id: "r10",
    kind: "BACKFILL",
    n: 1,
    state: "RUNNING",
    startedAt: ago(287),
    finishedAt: null,
    attempts: 3,
    counts: {
      read: "258322",
      merged: "258310",
      unchanged: "0",
      deduplicated: "12",
      rejected: "0",
      written: "258310",
      announced: null,
    },
  }),
  runFixture({ id: "r9" }),
  runFixture({
    id: "r8",
    n: 8,
    state: "FAILED",
    attempts: 5,
    startedAt: ago(98),
    finishedAt: ago(92),
    counts: { read: "0", merged: "0", unchanged: "0", deduplicated: "0", rejected: "0", written: "0", announced: null },
    outcome: reason("Amazon did not answer from 21:09.", {
      meaning: "It was tried again at 21:15 and nothing is lost.",
    }),
  }),
  runFixture({
    id: "r7",
    n: 7,
    startedAt: ago(158),
    finishedAt: ago(157),
    counts: {
      read: "388",
      merged: "380",
      unchanged: "6",
      deduplicated: "0",
      rejected: "2",
      written: "380",
      announced: "391",
    },
  }),
  runFixture({
    id: "r6",
    n: 6,
    times: 96,
    startedAt: ago(1598),
    finishedAt: ago(172),
    counts: { read: "0", merged: "0", unchanged: "0", deduplicated: "0", rejected: "0", written: "0", announced: null },
  }),
];

export const slicesFixture: Slice[] = [
  {
    id: "s1",
    stream: "orders",
    from: ago(1440),
    to: ago(0),
    state: "DONE",
    pages: 4,
    rows: "388",
    expected: "388",
    attempts: 1,
    startedAt: ago(158),
    finishedAt: ago(157),
    failure: null,
  },
  {
    id: "s2",
    stream: "transactions",
    from: ago(2880),
    to: ago(1440),
    state: "FAILED",
    pages: 0,
    rows: "0",
    expected: null,
    attempts: 5,
    startedAt: ago(158),
    finishedAt: ago(157),
    failure: {
      class: "TRANSIENT",
      message: "Amazon did not answer; tried five times over six minutes.",
      said: "502 Bad Gateway",
      requestId: "a1c9-77f0",
      at: ago(157),
      remedy: null,
    },
  },
];

export const accessFixture: Access = {
  id: "amazon-seller",
  grant: {
    holder: "Ananya Das",
    endsAt: "2027-11-20T00:00:00Z",
    renewsItself: true,
    verifiedAt: ago(60),
    createdAt: ago(287),
    credential: { version: 5, lastFour: "9f2c", createdAt: ago(40), lastUsedAt: ago(1) },
    scopes: [
      ...shopifyFixture().scopes.map((scope) => ({
        ...scope,
        isAsked: true,
        isGranted: scope.name !== "read_inventory",
        lastUsedAt: scope.name === "read_inventory" ? null : ago(77),
        isUnused: false,
        howToRemove: null,
      })),
      {
        name: "read_themes",
        purpose: "We did not ask for this",
        isAsked: false,
        isGranted: true,
        isRequired: false,
        lastUsedAt: null,
        isUnused: true,
        howToRemove: "Reauthorize: Shopify then grants only what is asked for.",
      },
    ],
  },
  callsUrl: "/v1/datasources/x/calls.csv",
  calls: [
    {
      method: "POST",
      path: "orders.bulk",
      purpose: "Orders",
      calls: "1284",
      failures: "2",
      throttled: "31",
      bytes: "48211004",
    },
    {
      method: "GET",
      path: "bulk.file",
      purpose: "Fetching what was asked for at once",
      calls: "24",
      failures: "0",
      throttled: "0",
      bytes: "9120044",
    },
  ],
};

export const tokensFixture: Token[] = [
  {
    id: "k1",
    name: "Warehouse sheet",
    prefix: "hw_0199",
    lastFour: "7qXa",
    scopes: ["READ"],
    createdBy: "Ananya Das",
    createdAt: ago(52_000),
    expiresAt: "2027-01-12T00:00:00Z",
    lastUsedAt: ago(41),
    lastUsedFrom: "103.21.58.4",
    revokedAt: null,
  },
  {
    id: "k2",
    name: "Ops bot",
    prefix: "hw_0199",
    lastFour: "m2Pd",
    scopes: ["READ", "MANAGE"],
    createdBy: "Arjun Rao",
    createdAt: ago(9000),
    expiresAt: "2027-02-14T00:00:00Z",
    lastUsedAt: null,
    lastUsedFrom: null,
    revokedAt: null,
  },
];

/** All of the newest page are revoked. */
export const tokensBehindRevoked = (asked: unknown): unknown => {
  const isOlder = JSON.stringify(asked).includes("k2");
  const nodes = tokensFixture.map((token) =>
    isOlder ? token : { ...token, id: `old ${token.id}`, revokedAt: ago(60) },
  );
  return { organisation: { id: "o", apiTokens: { nodes, pageInfo: { endCursor: "k2", hasNextPage: !isOlder } } } };
};

/** Each on a page of its own. */
export function tokensInPages(): () => unknown {
  let asked = 0;
  return () => {
    const n = Math.min(asked, tokensFixture.length - 1);
    asked += 1;
    const pageInfo = { endCursor: `${n}`, hasNextPage: n < tokensFixture.length - 1 };
    return { organisation: { id: "o", apiTokens: { nodes: tokensFixture.slice(n, n + 1), pageInfo } } };
  };
}
