import { useEffect } from "react";
import { useClient } from "urql";
import { type Candidate, CandidatesQuery } from "../screens/connect/connect.documents.ts";
import { ConnectView } from "../screens/connect/connect-drawer.tsx";
import { shopifyFixture } from "./answers.ts";
import { waiting } from "./connect-scenes.tsx";
import { attemptFixture } from "./fixtures.ts";
import type { Scene } from "./scene.ts";

const open: Candidate = {
  externalId: "act_101",
  name: "Monsoon & Moss",
  currency: "INR",
  zone: "Asia/Kolkata",
  domain: null,
  group: "Monsoon Holding",
  state: null,
  activity: null,
  connected: null,
  isSelectable: true,
  reason: null,
};
const taken: Candidate = {
  ...open,
  connected: { id: "meta", name: "Monsoon & Moss", connectedBy: { name: "Ananya Das" } },
  isSelectable: false,
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
    ChooseAccount: { result: { __typename: "ChooseAccountSuccess", command: { id: "c" } } },
  };
}

function ChoiceGiven() {
  const client = useClient();
  useEffect(() => {
    const askAgain = (event: Event): void => {
      if (!(event instanceof CustomEvent) || event.detail.operationName !== "ChooseAccount") return;
      void client.query(CandidatesQuery, { id: "shopify" }, { requestPolicy: "network-only" }).toPromise();
    };
    addEventListener("asked", askAgain);
    return () => removeEventListener("asked", askAgain);
  }, [client]);
  return (
    <ConnectView
      platform={shopifyFixture({ title: "Meta Ads", category: "ADS", reachesManyAccounts: true })}
      purpose={{ kind: "connect" }}
      flow={waiting(attemptFixture("CHOOSING_ACCOUNT"))}
      onClose={none}
    />
  );
}

export const choiceScenes: Scene[] = [
  { name: "connect-choice-given", setting: { answers: choiceAnswers() }, show: () => <ChoiceGiven /> },
];
