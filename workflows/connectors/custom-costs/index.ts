// Custom costs: no outside account and no streams of pages. Files come in by upload or are pulled (`pull/`); what is in
// them is read by the importer in `workflows/costs`, which knows nothing of where a file came from.
import type { Connector } from "../contract.ts";
import { SourceFailure } from "../failure.ts";
import { customCostsCatalog } from "./catalog.ts";

const nothingToAsk = (): never => {
  throw new SourceFailure({ class: "invalid_request", code: "custom-costs.refusedRequest", said: "" });
};

export const connector: Connector = {
  catalog: customCostsCatalog,
  authorization: { kind: "upload", asks: [] },
  hosts: () => ({ credential: [], open: [] }),
  sign: (request) => request,
  account: { reaches: "one", list: nothingToAsk, verify: nothingToAsk },
  streams: [],
  rate: { bucketKey: (login) => login.key, initial: { maximum: 60, restorePerSecond: 1 }, concurrency: 1 },
};
