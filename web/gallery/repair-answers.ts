import * as v from "valibot";
import type { StandingRequest } from "../screens/inbox/requests.documents.ts";
import type { Named, ReplacedBy, Switched } from "../screens/detail/replaced.documents.ts";
import type { Dependent, Rehearsal, RunAttempt, RunStream } from "../screens/detail/detail.documents.ts";
import type { Reach } from "../screens/detail/history.documents.ts";
import type { ReauthorizeLink } from "../screens/detail/links.documents.ts";
import type { Freshness, Standing } from "../screens/detail/standing.documents.ts";
import { ago, ahead, reason } from "./fixtures.ts";

const dependent = (kind: Dependent["kind"], name: string, more: Partial<Dependent> = {}): Dependent => ({
  kind,
  name,
  staleAt: ahead(120),
  lastUsedAt: null,
  datasource: null,
  ...more,
});

const dependents: Dependent[] = [
  ...["Orders", "Gross sales", "Discounts", "Returns", "Net sales", "Average order value"].map((name) =>
    dependent("TILE", name),
  ),
  dependent("API_CLIENT", "Warehouse sheet", { lastUsedAt: ago(41) }),
  dependent("DATASOURCE", "Amazon Ads", { staleAt: null, datasource: { id: "amazon-ads" } }),
];

export const rehearsalFixture = (more: Partial<Rehearsal> = {}): Rehearsal => ({
  action: "DISCONNECT",
  staleAt: ahead(120),
  slotFreed: true,
  dataKept: "299 days stay, frozen at today 22:10",
  atProvider:
    "Our key is erased at once. Amazon offers no way to end the permission from here: also remove Headwater under Manage Your Apps. What Amazon already holds stays under Amazon’s policy.",
  policyUrl: "https://sellercentral.amazon.in/policy",
  strength: "NORMAL",
  consequence: null,
  alternatives: ["STOP", "REPLACE"],
  dependents,
  ...more,
});

const freshness = (more: Partial<Freshness> = {}): Freshness => ({
  lastSuccessAt: ago(6),
  cadenceSeconds: 3600,
  nextRunAt: ahead(54),
  normalSeconds: 3600,
  ageSeconds: 360,
  isLate: false,
  slowedBy: [],
  ...more,
});

export const standingFixture = (more: Partial<Standing> = {}): Standing => ({
  id: "x",
  freshness: freshness(),
  pausedByPlatform: null,
  countsUntil: null,
  replacedAt: null,
  quietHours: null,
  replaces: null,
  replacedBy: null,
  ...more,
});

export const lateStanding = standingFixture({
  freshness: freshness({
    lastSuccessAt: ago(190),
    ageSeconds: 11_400,
    isLate: true,
    slowedBy: [
      reason("Shopify allows 50 calls a second, and other apps use 46 of them.", {
        meaning: "What is read waits for the rest.",
        until: ahead(40),
      }),
    ],
  }),
});

export const quietStanding = standingFixture({
  quietHours: { holdsNextRun: true },
  freshness: freshness({
    nextRunAt: ahead(437),
    slowedBy: [
      reason("Quiet hours until tomorrow 06:00, set by Arjun Rao.", {
        code: "quietHours",
        by: { kind: "PERSON", name: "Arjun Rao" },
      }),
    ],
  }),
});

export const pausedStanding = standingFixture({
  pausedByPlatform: {
    rule: "10 failures in all since the last sync that worked",
    since: ago(155),
    until: null,
    counters: [
      { name: "inARow", count: 4, limit: 5 },
      { name: "inAll", count: 10, limit: 10 },
      { name: "withProgress", count: 0, limit: 1000 },
    ],
    reason: reason("Paused after 10 failures, the last at 20:12.", {
      meaning: "Shopify answered with an error page each time. Your data is kept.",
      remedy: { kind: "RESUME", label: "Look at Shopify’s status page, then resume.", url: null },
    }),
  },
});

export const reachFixture = (more: Partial<Reach> = {}): Reach => ({
  id: "x",
  countsFrom: null,
  countsUntil: null,
  replacedAt: null,
  choices: [],
  quietHours: null,
  quotaCeiling: null,
  backfill: { earliestPossible: "2022-01-01", workedSeconds: 29_520 },
  replaces: null,
  replacedBy: null,
  ...more,
});

export const choicesFixture: Reach["choices"] = [
  {
    name: "conversionMetric",
    label: "Orders that count",
    about: "Klaviyo has several metrics called Placed Order. Revenue of messages comes from the one chosen here.",
    value: "RESQ6t",
    options: [
      { value: "RESQ6t", label: "Shopify" },
      { value: "TyU8ak", label: "API" },
    ],
  },
];

export const link = (
  state: ReauthorizeLink["state"],
  to: string,
  more: Partial<ReauthorizeLink> = {},
): ReauthorizeLink => ({
  id: to,
  to,
  state,
  createdAt: ago(300),
  createdBy: { name: "Ananya Das" },
  expiresAt: ahead(4020),
  openedAt: null,
  doneAt: null,
  problem: null,
  revokedAt: null,
  ...more,
});

export const linksFixture: ReauthorizeLink[] = [
  link("SENT", "priya@monsoonandmoss.in"),
  link("OPENED", "agency@brightads.example", {
    openedAt: ago(20),
    problem: { message: "Another account came back: other-shop. Nothing was read from it." },
  }),
  link("CHECKING", "arjun@monsoonandmoss.in", { openedAt: ago(4) }),
  link("DONE", "mira@monsoonandmoss.in", { openedAt: ago(900), doneAt: ago(890) }),
  link("EXPIRED", "old-agency@example.com", { expiresAt: ago(6000), createdAt: ago(10_300) }),
  link("REVOKED", "typo@monsoonandmos.in", { revokedAt: ago(280) }),
];

/** Told once, with the link. */
export const linkUrl = "https://app.headwater.example/reauthorize#0199f0c2b7d87c6e9a53d0a1b2c3d4e5Zk3vQp7sT1uX9yB2nM5r";
export const sentAnswer: unknown = {
  result: { __typename: "CreateReauthorizeLinkSuccess", url: linkUrl, link: linksFixture[0] },
};
export const calendarAnswer: unknown = {
  result: {
    __typename: "RenewCalendarAddressSuccess",
    url: "https://app.headwater.example/v1/calendars/AZnxwLfYfG6aU9ChsrjU5QGZ8MDBqny3.ics",
    organisation: { id: "o-1", calendarAddressMadeAt: "2026-11-20T17:17:00.000Z" },
  },
};
export const givenAnswer = (success: string): unknown => ({
  result: { __typename: success, command: { id: "c-1", kind: "bringForward", state: "ACCEPTED" } },
});

/** The first name does not reach the server, the second is answered once the page is told that its "answer" is there. */
export function namesAnswered(): () => Promise<unknown> {
  let asked = 0;
  const named = { result: { __typename: "RenameDatasourceSuccess", datasource: { id: "x", name: "x" } } };
  return async () => {
    asked += 1;
    if (asked === 1) throw new Error("away");
    if (asked === 2) await new Promise((resolve) => addEventListener("answer", resolve, { once: true }));
    return named;
  };
}

export const forwardAnswer = (readyMinSeconds: number, readyMaxSeconds: number, laterSeconds: number): unknown => ({
  datasource: { id: "x", forwardRehearsal: { readyMinSeconds, readyMaxSeconds, laterSeconds } },
});

const runStream = (stream: string, title: string, more: Partial<RunStream> = {}): RunStream => ({
  stream,
  title,
  state: "DONE",
  slices: 1,
  slicesDone: 1,
  slicesFailed: 0,
  attempts: 1,
  read: "388",
  merged: "388",
  deduplicated: "0",
  rejected: "0",
  announced: null,
  failure: null,
  ...more,
});

export const runStreamsFixture: RunStream[] = [
  runStream("orders", "Orders", { announced: "391", rejected: "2" }),
  runStream("traffic", "Sales and traffic", { state: "RUNNING", slices: 24, slicesDone: 11, read: "4120" }),
  runStream("transactions", "Transactions", {
    state: "FAILED",
    slices: 2,
    slicesDone: 1,
    slicesFailed: 1,
    attempts: 5,
    read: "0",
    failure: {
      class: "TRANSIENT",
      message: "Amazon did not answer; tried five times over six minutes.",
      said: "502 Bad Gateway",
      requestId: "a1c9-77f0",
      at: ago(157),
      remedy: null,
    },
  }),
  runStream("totals", "Order totals", { state: "QUEUED", attempts: 0, slicesDone: 0, read: "0" }),
];

/** On 20 Nov at 9:42 by the brand's clock; read up to then unless said otherwise. */
export const switched = (name: string, completeThrough: string | null): Switched => ({
  id: name.toLowerCase().replaceAll(" ", "-"),
  name,
  platform: { id: "p-old", title: "BigCommerce" },
  account: { externalId: "s1", name: "Monsoon & Moss", domain: "store-s1.mybigcommerce.com" },
  replacedAt: "2026-11-20T04:12:00Z",
  completeThrough,
  disconnectedAt: "2026-11-20T04:12:08Z",
});

export const newStore: Named = {
  id: "new",
  name: "New store",
  platform: { id: "p-new", title: "Shopify" },
  account: { externalId: "n1", name: "New store", domain: "new-store.myshopify.com" },
};

export const replacedFixture = (more: Partial<ReplacedBy> = {}): ReplacedBy => ({
  id: "shopify",
  countsFrom: "2026-11-20",
  dependents: [
    { kind: "TILE", name: "Orders" },
    { kind: "TILE", name: "Net sales" },
  ],
  replaces: { ...switched("Amazon Seller", "2026-11-20T04:12:00Z"), dependents },
  ...more,
});

const runAttempt = (n: number, minutesAgo: number, more: Partial<RunAttempt>): RunAttempt => ({
  id: `a${n}-${minutesAgo}`,
  n,
  stream: "orders",
  code: "amazon-seller.trouble",
  title: "Orders",
  feed: null,
  times: 1,
  uploads: [],
  startedAt: ago(minutesAgo),
  finishedAt: ago(minutesAgo - 0.4),
  message: "Amazon did not answer.",
  read: "0",
  failure: { class: "TRANSIENT", said: "502 Bad Gateway", requestId: "b7e2-41c8" },
  next: { kind: "TRIED_AGAIN", message: "It is tried again by itself, and counts against nothing.", until: null },
  ...more,
});

/** An outage, a limit, a question that was refused and counted, and the attempt that ended well. */
export const runAttemptsFixture: RunAttempt[] = [
  runAttempt(8, 42, {
    read: "1250",
    next: { kind: "TRIED_AGAIN", message: "It is tried again by itself.", until: ago(41) },
  }),
  runAttempt(9, 40, {
    title: "Sales and traffic",
    message: "Amazon asked to wait.",
    failure: { class: "RATE_LIMIT", said: "You exceeded your quota for the requested resource.", requestId: null },
    next: {
      kind: "WAITS",
      message: "It waits as long as the source asked, and counts against nothing.",
      until: ago(31),
    },
  }),
  runAttempt(10, 30, {
    title: null,
    message: "Something went wrong on our side; we have been told.",
    failure: { class: "BUG", said: null, requestId: null },
    next: { kind: "COUNTED", message: "It counts: 1 in a row; at 5 Headwater pauses the sync.", until: ago(29) },
  }),
  runAttempt(11, 28, { message: "It went well.", read: "258322", failure: null, next: null }),
];

const counts = {
  rows: "214",
  inserted: "12",
  updated: "3",
  deleted: "0",
  ignored: "0",
  errors: "0",
  empty: "0",
  warnings: "0",
};
const pull = (n: number, minutesAgo: number, more: Partial<RunAttempt>): RunAttempt =>
  runAttempt(n, minutesAgo, { title: "Cost sheet", feed: "f1", failure: null, next: null, ...more });

/** A feed's history, newest first: trouble, a stretch without news, a file, and a source that lets nobody in. */
export const pullsFixture: RunAttempt[] = [
  pull(1, 2, {
    message: "The source cannot answer now.",
    failure: { class: "TRANSIENT", said: "503 Service Unavailable: nightly export is running", requestId: null },
    next: {
      kind: "TRIED_AGAIN",
      message: "It is tried again after 1, 5 and 30 minutes: this is try 2 of 3.",
      until: ahead(3),
    },
  }),
  pull(1, 1440, {
    message: "Nothing new: it is the same as before.",
    times: 95,
    finishedAt: ago(17),
  }),
  pull(1, 1455, {
    message: "A new file came in.",
    uploads: [
      {
        id: "u1",
        filename: "costs-november.csv",
        state: "COMMITTED",
        percent: 100,
        counts,
        totals: [{ costType: "fixed", currency: "INR", amount: "312000.00", adSpend: null }],
      },
    ],
  }),
  pull(1, 2900, {
    message: "There is no file at that place.",
    failure: { class: "GONE", said: "404", requestId: null },
    next: {
      kind: "NEXT_SYNC",
      message:
        "No file at 1 of 3 usual times in a row; after 3 it is told as missing. It is looked for again at the next one.",
      until: ago(1455),
    },
  }),
];

export const waitingAttemptFixture: RunAttempt[] = [
  runAttempt(1, 3, {
    message: "Amazon asked to wait.",
    read: "412",
    failure: { class: "RATE_LIMIT", said: "You exceeded your quota for the requested resource.", requestId: null },
    next: {
      kind: "WAITS",
      message: "It waits as long as the source asked, and counts against nothing.",
      until: ahead(7),
    },
  }),
];

const AskedFor = v.object({
  input: v.object({
    about: v.picklist(["RECONNECT", "REPAIR", "CONNECT", "CHANGE_PLAN", "SEE_PLAN", "SEE_ACCESS_REVIEW", "API_TOKEN"]),
    datasource: v.nullish(v.string(), null),
    platform: v.nullish(v.string(), null),
  }),
});

/** Asked for in the story's own minute. */
export function requestFixture(asked: unknown): StandingRequest {
  const { about, datasource, platform } = v.parse(AskedFor, asked).input;
  return {
    about,
    askedAt: ago(0),
    datasource: datasource === null ? null : { id: datasource },
    platform: platform === null ? null : { id: platform },
  };
}
