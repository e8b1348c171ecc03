import type {
  LiveBackfill,
  LiveDatasource,
  LiveHealth,
  LiveOrganisation,
  LiveStream,
  Reason,
} from "../live/live.documents.ts";

/** One story for every picture: Monsoon & Moss at 22:47 on 20 Nov 2026 in Asia/Kolkata. */
export const storyNow = new Date("2026-11-20T17:17:00Z");
export const storyZone = "Asia/Kolkata";

export const ago = (minutes: number): string => new Date(storyNow.getTime() - minutes * 60_000).toISOString();
export const ahead = (minutes: number): string => ago(-minutes);

type Category = LiveDatasource["platform"]["category"];
type Attempt = NonNullable<LiveDatasource["attempt"]>;
type RunState = LiveDatasource["recentRuns"][number]["state"];

export function reason(message: string, more: Partial<Reason> = {}): Reason {
  return { code: "example", message, meaning: null, since: null, until: null, by: null, remedy: null, ...more };
}

const nothingYet = "Nothing has been read yet. It begins as soon as this is settled.";
/** What the server says of it; a test holds these against its catalogue. */
export const scopeMissing = reason("Shopify did not grant: read_orders.", {
  code: "scopeMissing",
  meaning: nothingYet,
  remedy: { kind: "GRANT_SCOPES", label: "Grant the missing access", url: null },
});
export const roleMissing = reason("The person lacks a role at Meta Ads: Analyst.", {
  code: "roleMissing",
  meaning: nothingYet,
  remedy: { kind: "REAUTHORIZE", label: "Reauthorize", url: null },
});

export function backfillFixture(more: Partial<LiveBackfill> = {}): LiveBackfill {
  return {
    state: "DONE",
    percent: 100,
    rows: "152918",
    rowsPerMinute: null,
    eta: null,
    historyFrom: "2024-11-21",
    historyReason: null,
    daysTotal: 730,
    daysReady: 730,
    daysSome: 730,
    startedAt: ago(2000),
    finishedAt: ago(1508),
    ...more,
  };
}

export function streamFixture(more: Partial<LiveStream> & Pick<LiveStream, "id" | "title">): LiveStream {
  return {
    name: more.id,
    about: "",
    state: "DONE",
    rows: "0",
    rowsPerMinute: null,
    readWith: [],
    windowsDone: 24,
    windowsTotal: 24,
    percent: 100,
    firstDay: "2024-11-21",
    lastDay: "2026-11-20",
    completeThrough: ago(6),
    startedAt: ago(287),
    finishedAt: ago(283),
    movedAt: ago(1),
    reason: null,
    ...more,
  };
}

function marks(states: string): LiveDatasource["recentRuns"] {
  const names: Record<string, RunState> = { s: "SUCCEEDED", f: "FAILED", c: "CANCELLED", r: "RUNNING" };
  return Array.from(states, (letter, n) => ({
    id: `run-${n}`,
    kind: "SYNC" as const,
    state: names[letter] ?? "SUCCEEDED",
    startedAt: ago((states.length - n) * 60),
  }));
}

const allowed = [
  "PAUSE",
  "SYNC_NOW",
  "RESYNC",
  "CHECK_NOW",
  "BRING_FORWARD",
  "EXTEND_HISTORY",
  "SET_CADENCE",
  "SET_QUIET_HOURS",
  "SET_QUOTA_CEILING",
  "REAUTHORIZE",
  "SEND_REAUTHORIZE_LINK",
  "REPLACE",
  "DISCONNECT",
  "RENAME",
] as const;

export interface DatasourceExample extends Partial<Omit<LiveDatasource, "platform" | "account" | "recentRuns">> {
  category?: Category;
  platformName?: string;
  account?: LiveDatasource["account"];
  method?: LiveDatasource["platform"]["method"];
  runs?: string;
}

export function datasourceFixture({
  category = "ECOMMERCE",
  platformName = "shopify",
  runs = "s".repeat(24),
  method = "OAUTH",
  ...more
}: DatasourceExample = {}): LiveDatasource {
  const name = more.name ?? "Shopify";
  return {
    id: platformName,
    name,
    platform: { id: `p-${platformName}`, name: platformName, title: name, category, method, policyUrl: null },
    account: {
      externalId: "61284",
      name: "Monsoon & Moss",
      domain: "monsoon-and-moss.myshopify.com",
      currency: "INR",
      zone: storyZone,
    },
    connection: { status: "CONNECTED", isDead: false, reason: null },
    dataSync: { status: "ACTIVE", reason: null },
    needsAttention: false,
    notices: [],
    attempt: null,
    grant: { holder: "Ananya Das", endsAt: "2027-11-20T00:00:00Z", renewsItself: false },
    streams: [],
    backfill: backfillFixture(),
    currentRun: null,
    recentRuns: marks(runs),
    commands: [],
    viewerCan: allowed.map((action) => ({ action, isAllowed: true, reason: null })),
    cadenceSeconds: 3600,
    nextRunAt: ahead(54),
    lastSuccessAt: ago(6),
    lastAttemptAt: ago(6),
    completeThrough: ago(6),
    isStale: false,
    rowsLastDay: "3912",
    rowsTotal: "152918",
    firstNumbersAt: ago(286),
    connectedAt: ago(287),
    connectedBy: { kind: "PERSON", name: "Ananya Das" },
    createdAt: ago(288),
    disconnectedAt: null,
    undoUntil: null,
    deletesDataAt: null,
    dataDeletedAt: null,
    takesSlot: true,
    ...more,
  };
}

export function attemptFixture(state: Attempt["state"], more: Partial<Attempt> = {}): Attempt {
  return {
    id: "a",
    purpose: "CONNECT",
    state,
    askedFor: "monsoon-and-moss.myshopify.com",
    createdAt: ago(1),
    expiresAt: ahead(9),
    lacks: [],
    problem: null,
    ...more,
  };
}

export function organisationFixture(more: Partial<LiveOrganisation> = {}): LiveOrganisation {
  return {
    id: "o-1",
    slug: "monsoon-and-moss",
    name: "Monsoon & Moss",
    zone: storyZone,
    region: "IN",
    currency: "INR",
    today: "2026-11-20",
    plan: { name: "growth", title: "Growth", allowance: 10 },
    slots: { used: 7, allowance: 10, free: 3 },
    viewerRole: "OWNER",
    viewerCan: [
      "CONNECT_DATASOURCE",
      "MANAGE_DATASOURCES",
      "SYNC_NOW",
      "MANAGE_TOKENS",
      "MANAGE_OWN_TOKENS",
      "SET_PLAN",
      "SEE_MEMBERS",
    ],
    admins: ["Ananya Das", "Arjun Rao"],
    supportUrl: "mailto:help@headwater.example",
    isSample: false,
    sampleUntil: null,
    ...more,
  };
}

export function healthFixture(more: Partial<LiveHealth> = {}): LiveHealth {
  return {
    isFetching: true,
    notFetchingSince: null,
    message: null,
    now: storyNow.toISOString(),
    isEmbedded: true,
    ...more,
  };
}

const shopifyStreams: LiveStream[] = [
  streamFixture({ id: "orders", title: "Orders", about: "Lines, discounts, refunds", rows: "152918" }),
  streamFixture({ id: "customers", title: "Customers", about: "New and returning, no names", rows: "41286" }),
  streamFixture({ id: "products", title: "Products", about: "Titles, variants, unit cost", rows: "730" }),
];

const amazonStreams: LiveStream[] = [
  streamFixture({
    id: "traffic",
    title: "Sales and traffic",
    about: "Sessions, page views and units by product and day; the last three days are read again every night.",
    state: "WAITING",
    rows: "41286",
    percent: 41,
    windowsDone: 299,
    windowsTotal: 730,
    finishedAt: null,
    reason: reason("Waiting for Amazon", { until: ahead(1) }),
  }),
  streamFixture({
    id: "orders",
    title: "Orders",
    about: "30 days a report",
    state: "RUNNING",
    rows: "152918",
    rowsPerMinute: 2140,
    percent: 84,
    windowsDone: 609,
    windowsTotal: 730,
    finishedAt: null,
  }),
  streamFixture({
    id: "transactions",
    title: "Transactions",
    about: "Refunds, fees, settlements",
    state: "RUNNING",
    rows: "64118",
    rowsPerMinute: 940,
    percent: 91,
    windowsDone: 664,
    windowsTotal: 730,
    finishedAt: null,
  }),
  streamFixture({
    id: "totals",
    title: "Order totals",
    about: "For the numbers check",
    rows: "730",
    windowsDone: 730,
    windowsTotal: 730,
  }),
];

export const fetchingBackfill = backfillFixture({
  state: "RUNNING",
  percent: 41,
  rows: "258322",
  rowsPerMinute: 3080,
  daysReady: 299,
  daysSome: 609,
  finishedAt: null,
  startedAt: ago(287),
  eta: {
    minSeconds: 7 * 3600,
    maxSeconds: 9 * 3600,
    isLate: false,
    message: "7–9 hours left",
    reason: reason(
      "Amazon starts one report a minute for your account, and daily traffic needs one report for each of the 431 days still missing. Orders and fees will be complete by about 23:20.",
    ),
  },
});

function account(externalId: string, name = externalId, domain: string | null = null): LiveDatasource["account"] {
  return { externalId, name, domain, currency: "INR", zone: storyZone };
}

function storesAndMeta(): LiveDatasource[] {
  return [
    datasourceFixture({ streams: shopifyStreams }),
    datasourceFixture({
      platformName: "amazon-seller",
      name: "Amazon Seller",
      account: account("A2QK7M9XWFT1", "Amazon.in"),
      dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: null },
      streams: amazonStreams,
      backfill: fetchingBackfill,
      runs: "s".repeat(7),
      completeThrough: ago(37),
      rowsLastDay: "41286",
      currentRun: { id: "r", kind: "BACKFILL", startedAt: ago(287), counts: { read: "258322" } },
    }),
    datasourceFixture({
      platformName: "meta-ads",
      name: "Meta Ads",
      category: "ADS",
      account: account("act_418820975", "M&M India"),
      connection: {
        status: "REAUTHORIZE",
        isDead: false,
        reason: reason("Priya’s grant ends in 6 days", {
          meaning: "Syncing normally until then. Renewing takes about a minute.",
          remedy: { kind: "REAUTHORIZE", label: "Renew", url: null },
        }),
      },
      needsAttention: true,
      grant: { holder: "Priya Sharma", endsAt: "2026-11-26T10:00:00Z", renewsItself: false },
      completeThrough: ago(52),
      lastSuccessAt: ago(18),
      rowsLastDay: "1204",
    }),
  ];
}

function theRest(): LiveDatasource[] {
  return [
    datasourceFixture({
      platformName: "google-ads",
      name: "Google Ads",
      category: "ADS",
      account: account("412-558-9021"),
      runs: "s".repeat(13) + "f" + "s".repeat(10),
      lastSuccessAt: ago(21),
      completeThrough: ago(47),
      rowsLastDay: "866",
    }),
    datasourceFixture({
      platformName: "google-analytics-4",
      name: "Google Analytics 4",
      category: "ANALYTICS",
      account: account("properties/318204776"),
      dataSync: { status: "ACTIVE", reason: reason("Google settles a day in 24–48 h") },
      lastSuccessAt: ago(34),
      completeThrough: "2026-11-18T18:30:00Z",
      rowsLastDay: "2440",
    }),
    datasourceFixture({
      platformName: "klaviyo",
      name: "Klaviyo",
      category: "EMAIL_SMS",
      account: account("RkX9vT", "Monsoon & Moss"),
      connection: {
        status: "REAUTHORIZE",
        isDead: true,
        reason: reason("Klaviyo stopped: its key was revoked yesterday at 18:40.", {
          meaning: "E-mail revenue is missing since then; history is kept.",
          remedy: { kind: "REAUTHORIZE", label: "Paste a new key", url: null },
        }),
      },
      dataSync: { status: "INACTIVE", reason: reason("Key revoked at Klaviyo") },
      needsAttention: true,
      runs: "s".repeat(19) + "f",
      completeThrough: ago(1687),
      lastSuccessAt: ago(1687),
      nextRunAt: null,
      rowsLastDay: "0",
      isStale: true,
    }),
  ];
}

function theQuiet(): LiveDatasource[] {
  return [
    datasourceFixture({
      platformName: "shiprocket",
      name: "Shiprocket",
      category: "OPERATIONS",
      account: account("2291846"),
      dataSync: {
        status: "INACTIVE",
        reason: reason("Paused by Arjun, 2 days ago", {
          since: "2026-11-18T10:32:00Z",
          by: { kind: "PERSON", name: "Arjun Rao" },
          remedy: { kind: "RESUME", label: "Resume", url: null },
        }),
      },
      viewerCan: (["RESUME", "DISCONNECT", "RENAME", "REAUTHORIZE"] as const).map((action) => ({
        action,
        isAllowed: true,
        reason: null,
      })),
      runs: "s".repeat(18),
      completeThrough: "2026-11-18T10:32:00Z",
      lastSuccessAt: "2026-11-18T10:32:00Z",
      nextRunAt: null,
      rowsLastDay: "0",
    }),
    datasourceFixture({
      platformName: "custom-costs",
      name: "Custom costs",
      category: "OTHER",
      account: account("costs-nov.csv", "214 SKUs"),
      takesSlot: false,
      runs: "s",
      completeThrough: "2026-11-03T09:00:00Z",
      lastSuccessAt: "2026-11-03T09:00:00Z",
      nextRunAt: null,
      rowsLastDay: "214",
    }),
  ];
}

/** The eight datasources of the story, in every state that matters. */
export function storyDatasources(): LiveDatasource[] {
  return [...storesAndMeta(), ...theRest(), ...theQuiet()];
}
