// What every sample source has in common: nobody is asked, nothing is authorized, and the datasource is its own account.
import type { AccountProbe, Connector } from "../contract.ts";

const account: AccountProbe = {
  reaches: "one",
  list: async ({ account: own }) => (own === null ? [] : [own]),
  verify: async ({ account: own }) => {
    if (own === null) throw new Error("a sample is read of an account");
    return { account: own, scopes: [], notices: [], historyFrom: null };
  },
};

export const native = {
  authorization: { kind: "none", asks: [] },
  hosts: () => ({ credential: [], open: [] }),
  sign: (request) => request,
  account,
  rate: { bucketKey: (login) => login.key, initial: { maximum: 60, restorePerSecond: 60 }, concurrency: 2 },
} satisfies Partial<Connector>;
