import type { ReactNode } from "react";
import type { Attempt, Candidate } from "../screens/connect/connect.documents.ts";
import { ConnectView } from "../screens/connect/connect-drawer.tsx";
import type { ConnectFlow, FlowState } from "../screens/connect/connect-flow.ts";
import type { ConsentWindow } from "../screens/connect/consent-window.ts";
import type { KeyCheck } from "../screens/connect/key.documents.ts";
import { type KeyFlow, type KeyTrial, untried, useKey } from "../screens/connect/use-key.ts";
import type { LiveDatasource } from "../live/live.documents.ts";
import { shopifyFixture } from "./answers.ts";
import { ago, ahead, attemptFixture, datasourceFixture, fetchingBackfill, reason, streamFixture } from "./fixtures.ts";
import type { Scene } from "./scene.ts";

const none = (): void => undefined;

export function consentWindow(state: "open" | "closed" | "blocked"): ConsentWindow {
  const looksClosed = state !== "open";
  return {
    isBlocked: state === "blocked",
    go: none,
    focus: none,
    close: none,
    looksClosed: () => looksClosed,
    isAtSourceFor: () => false,
  };
}

const keyFlow = (trial: Partial<KeyTrial> = {}): KeyFlow => ({
  trial: { ...untried, ...trial },
  forget: none,
  tryIt: none,
  keep: none,
});

function attempt(state: Attempt["state"], problem: Attempt["problem"] = null): Attempt {
  return attemptFixture(state, { problem });
}

export function waiting(
  at: Attempt,
  window: ConsentWindow = consentWindow("open"),
  datasource: LiveDatasource | null = null,
): ConnectFlow {
  const state: FlowState = { kind: "waiting", attempt: at, datasource: "shopify", authorizeUrl: "/nowhere", window };
  const flow = { state, attempt: at, datasource, looksClosed: window.looksClosed() };
  return { ...flow, key: keyFlow(), begin: none, goOn: none, paste: none, again: none };
}

export function preparing(state: FlowState): ConnectFlow {
  const flow = { state, attempt: null, datasource: null, looksClosed: false };
  return { ...flow, key: keyFlow(), begin: none, goOn: none, paste: none, again: none };
}

const drawer = (flow: ConnectFlow, more: Parameters<typeof shopifyFixture>[0] = {}): ReactNode => (
  <ConnectView platform={shopifyFixture(more)} purpose={{ kind: "connect" }} flow={flow} onClose={none} />
);

const reading = datasourceFixture({
  notices: [
    reason("Shopify gives the last 60 days of orders.", {
      code: "shopify.sixtyDays",
      meaning: "Older ones come once Shopify has granted read_all_orders; connect again then, nothing is lost.",
    }),
  ],
  firstNumbersAt: null,
  dataSync: { status: "FETCHING_HISTORICAL_DATA", reason: null },
  backfill: fetchingBackfill,
  streams: [
    streamFixture({ id: "orders", title: "Orders", state: "RUNNING", percent: 12, rows: "1204" }),
    streamFixture({ id: "customers", title: "Customers", state: "RUNNING", percent: 34, rows: "861" }),
    streamFixture({ id: "products", title: "Products", rows: "730" }),
  ],
});

const stranger: Attempt = {
  ...attempt(
    "FAILED",
    reason("Another account came back: stranger.myshopify.com. Nothing was read from it.", {
      meaning: "The access from before still works, and the sync goes on with it. Nothing was changed.",
      remedy: { kind: "SWITCH_ACCOUNT", label: "Sign in to the other account", url: null },
    }),
  ),
  purpose: "REAUTHORIZE",
};

/** Another way in beside the consent. */
const token = {
  name: "token",
  label: "System user token",
  hint: "Begins with EAA.",
  example: "EAA…",
  suffix: null,
  isSecret: true,
  mistakenFor: [],
};

export const idle = { kind: "prepare", problem: null, fields: [] } as const;

const shown: readonly (readonly [string, () => ReactNode])[] = [
  ["connect-prepare", () => drawer(preparing(idle), { keyFields: [token] })],
  [
    "connect-overlap",
    () =>
      drawer(preparing(idle), {
        title: "Stripe",
        warnings: [
          {
            kind: "OVERLAP",
            message: "Stripe and Shopify Payments tell of the same payments: payments will follow Shopify.",
            amountAtRisk: { amount: "210400", currency: "INR" },
            datasource: { id: "shopify", name: "Shopify" },
          },
        ],
      }),
  ],
  ["connect-opening", () => drawer(preparing({ kind: "opening" }))],
  [
    "connect-bad-shop",
    () =>
      drawer(
        preparing({
          kind: "prepare",
          problem: {
            code: "INVALID_INPUT",
            message: "This is a storefront domain.",
            meaning: "Nothing was saved.",
            remedy: null,
          },
          fields: [
            {
              path: "fields.shop",
              message: "This is a storefront domain. Use the address that ends in .myshopify.com: Settings → Domains.",
            },
          ],
        }),
      ),
  ],
  [
    "connect-limit",
    () =>
      drawer(
        preparing({
          kind: "prepare",
          problem: {
            code: "SLOT_LIMIT_REACHED",
            message: "All 10 apps are in use.",
            meaning: "Shopify is not connected yet. Disconnect one that is not used, or upgrade.",
            remedy: { kind: "UPGRADE", label: "Upgrade", url: "/plan" },
            ways: [
              { kind: "DISCONNECT_ONE", label: "Disconnect one", url: null },
              { kind: "REPLACE_ONE", label: "Replace one", url: null },
              { kind: "UPGRADE", label: "Upgrade the plan", url: null },
              { kind: "CONTACT_SUPPORT", label: "Contact support", url: "mailto:help@headwater.example" },
            ],
            leastUsed: { id: "klaviyo", name: "Klaviyo", lastSuccessAt: ago(4 * 1440), lastOpenedAt: ago(31 * 1440) },
          },
          fields: [],
        }),
      ),
  ],
  [
    "connect-not-possible",
    () =>
      drawer(preparing(idle), {
        isConnectable: false,
        notConnectableReason: reason("All 10 apps are in use.", {
          meaning: "Disconnect one that is not used, or upgrade.",
        }),
      }),
  ],
  ["connect-waiting", () => drawer(waiting(attempt("WAITING_FOR_CONSENT")))],
  ["connect-closed", () => drawer(waiting(attempt("WAITING_FOR_CONSENT"), consentWindow("closed")))],
  ["connect-blocked", () => drawer(waiting(attempt("WAITING_FOR_CONSENT"), consentWindow("blocked")))],
  ["connect-checking", () => drawer(waiting(attempt("RETURNED")))],
  ["connect-refused", () => drawer(waiting(attempt("REFUSED")))],
  ["connect-expired", () => drawer(waiting(attempt("EXPIRED")))],
  [
    "reauthorize-stranger",
    () => (
      <ConnectView
        platform={shopifyFixture()}
        purpose={{ kind: "reauthorize", datasource: reading.id }}
        flow={waiting(stranger, consentWindow("open"), reading)}
        onClose={none}
      />
    ),
  ],
  ["connect-verifying", () => drawer(waiting(attempt("VERIFYING")))],
  ["connect-reading", () => drawer(waiting(attempt("CONNECTED"), consentWindow("open"), reading))],
  [
    "connect-ready",
    () =>
      drawer(
        waiting(attempt("CONNECTED"), consentWindow("open"), {
          ...reading,
          firstNumbersAt: ahead(-286),
          connectedAt: ahead(-287),
        }),
      ),
  ],
];

export const account = (
  externalId: string,
  name: string,
  currency: string,
  why: Candidate["reason"] = null,
): Candidate => ({
  externalId,
  name,
  currency,
  zone: "Asia/Kolkata",
  domain: null,
  group: "Monsoon Holding",
  state: null,
  activity: why === null ? { amount: "482310.55", currency } : null,
  connected: null,
  isSelectable: why === null,
  reason: why,
});

const disabled = account(
  "act_900",
  "Old agency account",
  "INR",
  reason("Meta has disabled this account.", {
    remedy: { kind: "AT_SOURCE", label: "Open Business settings at Meta", url: null },
  }),
);

const unreadable = account(
  "act_103",
  "Moss wholesale",
  "INR",
  reason("This sign-in may not read its reports. Ask whoever manages it for that right, then connect again.", {
    code: "unreadable",
  }),
);

const taken: Candidate = {
  ...account("act_104", "Moss Nepal", "NPR", reason("It is connected already, as Moss Nepal.", { code: "connected" })),
  connected: { id: "meta-nepal", name: "Moss Nepal", connectedBy: { name: "Arjun Rao" } },
};

const behindLogin: readonly (readonly [string, readonly Candidate[] | null])[] = [
  [
    "connect-choose",
    [
      account("act_101", "Monsoon & Moss", "INR"),
      account("act_102", "Moss Europe", "EUR"),
      unreadable,
      taken,
      disabled,
    ],
  ],
  [
    "connect-choose-many",
    [...Array.from({ length: 12 }, (_, n) => account(`act_${200 + n}`, `Client ${n + 1}`, "USD")), disabled],
  ],
  [
    "connect-choose-thousands",
    [
      ...Array.from({ length: 5_000 }, (_, n) => account(`act_${10_000 + n}`, `Client ${n + 1}`, "USD")),
      ...Array.from({ length: 1_000 }, (_, n) => ({
        ...disabled,
        externalId: `old_${10_000 + n}`,
        name: `Old client ${n + 1}`,
      })),
    ],
  ],
  ["connect-choose-closed", [disabled]],
  ["connect-choose-none", []],
  ["connect-choose-loading", null],
];

export const klaviyo = shopifyFixture({
  id: "p-klaviyo",
  name: "klaviyo",
  title: "Klaviyo",
  category: "EMAIL_SMS",
  method: "API_KEY",
  summary: "E-mail and SMS: what was sent, opened and clicked, and the orders that followed.",
  scopes: [
    { name: "accounts:read", purpose: "The account, its currency and time zone", isRequired: true, feeds: [] },
    { name: "metrics:read", purpose: "Sends, opens, clicks and orders by day", isRequired: true, feeds: [] },
    { name: "flows:read", purpose: "Names of flows", isRequired: false, feeds: ["Flows"] },
  ],
  connectFields: [
    {
      name: "key",
      label: "Private API key",
      hint: "Begins with pk_ and is shown once.",
      example: "pk_…",
      suffix: null,
      isSecret: true,
      mistakenFor: [],
    },
  ],
});

const check = (name: string, title: string, more: Partial<KeyCheck> = {}): KeyCheck => ({
  name,
  title,
  state: "PASSED",
  isRequired: true,
  feeds: [],
  message: null,
  remedy: null,
  ...more,
});
const reached = [check("reachable", "Klaviyo answers"), check("accepted", "The key is accepted")];
export const scoped = [
  check("accounts:read", "The account, its currency and time zone"),
  check("metrics:read", "Sends, opens, clicks and orders by day"),
];
const flows = { isRequired: false, feeds: ["Flows"] };
const refusedScope = check("metrics:read", "Sends, opens, clicks and orders by day", {
  state: "FAILED",
  message: "The key may not read metrics.",
  remedy: { kind: "GRANT_SCOPES", label: "Make a key with metrics:read ticked.", url: null },
});
const refusal = {
  __typename: "KeyRefused",
  code: "KEY_REFUSED",
  message: "This key cannot be used.",
  meaning: "Nothing was stored and no slot is in use.",
  remedy: null,
} as const;

const trials: readonly (readonly [string, Partial<KeyTrial>])[] = [
  ["connect-key", {}],
  ["connect-key-trying", { busy: "trying" }],
  [
    "connect-key-works",
    {
      checks: [...reached, ...scoped, check("flows:read", "Names of flows", { ...flows, state: "FAILED" })],
      reads: { name: "Monsoon & Moss", id: "XyZ123" },
    },
  ],
  [
    "connect-key-refused",
    {
      checks: [...reached, refusedScope, check("flows:read", "Names of flows", { ...flows, state: "SKIPPED" })],
      problem: refusal,
    },
  ],
  [
    "connect-key-standing",
    {
      problem: {
        code: "ALREADY_CONNECTED",
        message: "Monsoon & Moss is connected already.",
        meaning: "Nothing was changed.",
        remedy: null,
        existing: { id: "klaviyo" },
      },
    },
  ],
  [
    "connect-key-public",
    {
      problem: refusal,
      fields: [{ path: "fields.key", message: "This is the public key. A private key begins with pk_." }],
    },
  ],
];

/** The first key is answered once the page is told that its "answer" is there, each after it at once. */
function keysAnswered(): () => unknown {
  let asked = 0;
  const works = {
    result: { __typename: "TryKeySuccess", checks: [...reached, ...scoped], reads: { name: null, id: "XyZ123" } },
  };
  return () => {
    asked += 1;
    if (asked > 1)
      return { result: { ...refusal, message: `Key ${asked} cannot be used.`, checks: reached, fields: [] } };
    return new Promise((resolve) => addEventListener("answer", () => resolve(works), { once: true }));
  };
}

function TriedScene() {
  const key = useKey("klaviyo", { datasource: null, replaces: null }, none);
  return (
    <ConnectView
      platform={klaviyo}
      purpose={{ kind: "connect" }}
      flow={{ ...preparing({ kind: "pasting" }), key }}
      onClose={none}
    />
  );
}

const keyScenes = trials.map(([name, trial]): Scene => ({
  name,
  setting: {},
  show: () => (
    <ConnectView
      platform={klaviyo}
      purpose={{ kind: "connect" }}
      flow={{ ...preparing({ kind: "pasting" }), key: keyFlow(trial) }}
      onClose={none}
    />
  ),
}));

const chooseScenes = behindLogin.map(([name, accountCandidates]): Scene => ({
  name,
  setting: {
    answers: {
      AccountCandidates: accountCandidates && {
        datasource: { __typename: "Datasource", id: "shopify", accountCandidates },
      },
    },
  },
  show: () =>
    drawer(waiting(attempt("CHOOSING_ACCOUNT")), { title: "Meta Ads", category: "ADS", reachesManyAccounts: true }),
}));

export const connectScenes: Scene[] = [
  ...shown.map(([name, show]): Scene => ({ name, setting: {}, show })),
  { name: "connect-elsewhere", setting: { organisation: { id: "o-2" } }, show: () => drawer(preparing(idle)) },
  ...chooseScenes,
  ...keyScenes,
  { name: "connect-key-tried", setting: { answers: { TryKey: keysAnswered() } }, show: () => <TriedScene /> },
];
