/** For tests: what an import works with, and no network. */
import type { LoadDeps } from "../../load/contract.ts";

type Given = Pick<LoadDeps, "sql" | "vaultPrivateKey" | "uploadsFolder" | "workerId">;

export const offline = (given: Given): LoadDeps => ({
  ...given,
  connectorOf: () => null,
  appOf: () => null,
  outbound: {
    send: () => Promise.reject(new Error("no network here")),
    browserAddress: (address) => address.href,
    close: () => Promise.resolve(),
  },
  log: { info: () => undefined, warn: () => undefined, error: () => undefined },
});
