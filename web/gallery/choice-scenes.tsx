import { useEffect, useState } from "react";
import { useClient } from "urql";
import { type Attempt, type Candidate, CandidatesQuery } from "../screens/connect/connect.documents.ts";
import { ConnectView } from "../screens/connect/connect-drawer.tsx";
import { catalogFixture, shopifyFixture } from "./answers.ts";
import { account, waiting } from "./connect-scenes.tsx";
import type { LiveDatasource } from "../live/live.documents.ts";
import { ago, ahead, attemptFixture, datasourceFixture, fetchingBackfill, roleMissing } from "./fixtures.ts";
import type { Scene } from "./scene.ts";
import { list, ListScene } from "./scene-pages.tsx";

const open = account("act_101", "Monsoon & Moss", "INR");
const other = account("act_102", "Monsoon & Moss Europe", "EUR");
const taken: Candidate = {
  ...open,
  connected: { id: "meta", name: "Monsoon & Moss", connectedBy: { name: "Ananya Das" } },
  isSelectable: false,
};
const noRoom = {
  message: "All 10 slots of the plan are in use.",
  meaning: "Another app that takes a slot can be connected once one is free.",
  remedy: null,
  limit: 10,
  used: 10,
  ways: [{ kind: "UPGRADE", label: "Upgrade the plan", url: null }],
  leastUsed: null,
};
const none = (): void => undefined;

/** Once an account is chosen the server says of it that it is taken, before the attempt goes on. */
function choiceAnswers(): Record<string, unknown> {
  let asked = 0;
  const told = (candidate: Candidate) => ({
    datasource: { __typename: "Datasource", id: "shopify", accountCandidates: [candidate] },
  });
  return {
    AccountCandidates: () => {
      asked += 1;
      return told(asked === 1 ? open : taken);
    },
    ChooseAccount: { result: { __typename: "ChooseAccountSuccess", datasources: [{ id: "shopify" }] } },
  };
}

/** Between its choice and its return the word on it turns at each "attempt-turns": the later one may be told first. */
function ChoiceGiven() {
  const client = useClient();
  const [state, setState] = useState<Attempt["state"]>("CHOOSING_ACCOUNT");
  useEffect(() => {
    const come = (): void => setState((now) => (now === "CHOOSING_ACCOUNT" ? "RETURNED" : "CHOOSING_ACCOUNT"));
    const end = (): void => setState("VERIFYING");
    addEventListener("attempt-turns", come);
    addEventListener("attempt-goes-on", end);
    return () => {
      removeEventListener("attempt-turns", come);
      removeEventListener("attempt-goes-on", end);
    };
  }, []);
  useEffect(() => {
    const askAgain = (event: Event): void => {
      if (!(event instanceof CustomEvent) || event.detail.operationName !== "ChooseAccount") return;
      void client.query(CandidatesQuery, { id: "shopify" }, { requestPolicy: "network-only" }).toPromise();
    };
    addEventListener("asked", askAgain);
    return () => removeEventListener("asked", askAgain);
  }, [client]);
  return (
    <>
      <ConnectView
        platform={shopifyFixture({ title: "Meta Ads", category: "ADS", reachesManyAccounts: true })}
        purpose={{ kind: "connect" }}
        flow={waiting(attemptFixture(state, { expiresAt: ahead(state === "CHOOSING_ACCOUNT" ? 60 : 9) }))}
        onClose={none}
      />
      <output hidden data-attempt={state} />
    </>
  );
}

const ofMeta = (id: string, name: string, more: Parameters<typeof datasourceFixture>[0] = {}): LiveDatasource => {
  const { platform } = datasourceFixture({ platformName: "meta-ads", category: "ADS", name: "Meta Ads" });
  return { ...datasourceFixture({ name, firstNumbersAt: null, ...more }), id, platform };
};
const first = ofMeta("meta-in", "Moss India", { backfill: fetchingBackfill });
const several = [
  first,
  ofMeta("meta-eu", "Moss Europe", { firstNumbersAt: ago(1), connectedAt: ago(2) }),
  ofMeta("meta-np", "Moss Nepal", { connection: null, dataSync: null, attempt: attemptFixture("VERIFYING") }),
  ofMeta("meta-us", "Moss wholesale, United States of America and Canada", {
    dataSync: { status: "INACTIVE", reason: null },
  }),
];

/** The first of several lacks a role: what the others come to is seen all the same. */
const lacking = attemptFixture("FAILED", { problem: roleMissing });
const unfit = ofMeta("meta-in", "Moss India", {
  connection: { status: "REAUTHORIZE", isDead: true, reason: roleMissing },
  dataSync: { status: "NOT_SYNCED", reason: null },
  attempt: lacking,
});

/** A shop that sells in another currency than its brand. */
const dollars = datasourceFixture({
  firstNumbersAt: ago(1),
  connectedAt: ago(2),
  account: {
    externalId: "1",
    name: "Moss US",
    domain: "moss-us.myshopify.com",
    currency: "USD",
    zone: "America/New_York",
  },
});

const needing = catalogFixture().map((platform) =>
  platform.title === "Loop Subscriptions"
    ? {
        ...platform,
        availability: "AVAILABLE" as const,
        needs: [
          { id: "p-Shopify", title: "Shopify" },
          { id: "p-BigCommerce", title: "BigCommerce" },
        ],
      }
    : platform,
);

/** The step in which a login's accounts are chosen from. */
const choosing = () => (
  <ConnectView
    platform={shopifyFixture({ title: "Meta Ads", category: "ADS", reachesManyAccounts: true })}
    purpose={{ kind: "connect" }}
    flow={waiting(attemptFixture("CHOOSING_ACCOUNT"))}
    onClose={none}
  />
);

export const choiceScenes: Scene[] = [
  {
    name: "catalog-needs",
    setting: { path: list, answers: { Catalog: { catalog: needing } } },
    show: () => <ListScene />,
  },
  { name: "connect-choice-given", setting: { answers: choiceAnswers() }, show: () => <ChoiceGiven /> },
  {
    name: "connect-first-failed",
    setting: { datasources: [unfit, ...several.slice(1, 3)], search: "with=meta-eu,meta-np" },
    show: () => (
      <ConnectView
        platform={shopifyFixture({ title: "Meta Ads", category: "ADS", reachesManyAccounts: true })}
        purpose={{ kind: "connect" }}
        flow={waiting(lacking, undefined, unfit)}
        onClose={none}
      />
    ),
  },
  {
    name: "connect-first-currency",
    setting: { datasources: [dollars] },
    show: () => (
      <ConnectView
        platform={shopifyFixture()}
        purpose={{ kind: "connect" }}
        flow={waiting(attemptFixture("CONNECTED"), undefined, dollars)}
        onClose={none}
      />
    ),
  },
  {
    name: "connect-choose-room",
    setting: {
      organisation: { slots: { used: 10, allowance: 10, free: 0 } },
      wordOfAll: { slots: { used: 9, allowance: 10, free: 1 } },
      answers: {
        AccountCandidates: { datasource: { id: "shopify", accountCandidates: [open] } },
        ChooseAccount: { result: { __typename: "SlotLimitReached", code: "SLOT_LIMIT_REACHED", ...noRoom } },
      },
    },
    show: choosing,
  },
  {
    name: "connect-choose-over",
    setting: {
      // The plan has become smaller since the sign-in began.
      organisation: { slots: { used: 12, allowance: 10, free: 0 } },
      answers: { AccountCandidates: { datasource: { id: "shopify", accountCandidates: [open, other] } } },
    },
    show: choosing,
  },
  {
    name: "connect-first-several",
    setting: {
      datasources: several,
      search: `with=${several
        .slice(1)
        .map(({ id }) => id)
        .join()}`,
    },
    show: () => (
      <ConnectView
        platform={shopifyFixture({ title: "Meta Ads", category: "ADS", reachesManyAccounts: true })}
        purpose={{ kind: "connect" }}
        flow={waiting(attemptFixture("CONNECTED"), undefined, first)}
        onClose={none}
      />
    ),
  },
];
