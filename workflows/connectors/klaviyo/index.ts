// Klaviyo: JSON:API behind a private key; days of messages by metric aggregates, restated as orders are credited.
import type { Connector } from "../contract.ts";
import { klaviyoAccount } from "./account.ts";
import { API_HOST } from "./api.ts";
import { klaviyoCatalog } from "./catalog.ts";
import { authorizationOf, klaviyoKey } from "./key.ts";
import { klaviyoRate } from "./rates.ts";
import { klaviyoReconcile } from "./reconcile.ts";
import { listStreams } from "./streams/lists.ts";
import { CONVERSION_METRIC } from "./placed-order.ts";
import { messagesByDay } from "./streams/messages-by-day.ts";

export const connector: Connector = {
  catalog: klaviyoCatalog,
  authorization: klaviyoKey,
  hosts: () => ({ credential: [API_HOST], open: [] }),
  sign: ({ url, headers }, credential) => ({
    url,
    headers: { ...headers, authorization: authorizationOf(credential["apiKey"] ?? "") },
  }),
  account: klaviyoAccount,
  // The days first: they are what a person waits for.
  streams: [messagesByDay, ...listStreams],
  uses: {
    account: ["accounts:read"],
    metrics: ["metrics:read"],
    "aggregates.": ["metrics:read"],
    campaigns: ["campaigns:read"],
    flows: ["flows:read"],
    "campaigns.probe": [],
    "flows.probe": [],
  },
  choices: [{ name: CONVERSION_METRIC, stream: messagesByDay.name }],
  rate: klaviyoRate,
  reconcile: klaviyoReconcile,
};
