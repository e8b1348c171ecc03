// Looking a name up: once for each socket, all of its addresses checked, and exactly those handed to the socket.
import { lookup as systemLookup } from "node:dns/promises";
import type { LookupFunction } from "node:net";
import { checkedAddresses, type Resolver } from "./address.ts";

export const systemResolver: Resolver = async (hostname) => {
  const found = await systemLookup(hostname, { all: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** For `connect` of `net` and `tls`: refuses the name unless all is well with it. */
export const guardedLookup =
  (resolve: Resolver): LookupFunction =>
  (hostname, how, done) => {
    void lookUp({ hostname, all: how.all === true, resolve, done });
  };

type LookUp = {
  readonly hostname: string;
  readonly all: boolean;
  readonly resolve: Resolver;
  readonly done: Parameters<LookupFunction>[2];
};

async function lookUp({ hostname, all, resolve, done }: LookUp): Promise<void> {
  try {
    const addresses = await checkedAddresses(hostname, resolve);
    const first = addresses[0];
    if (all || first === undefined) done(null, [...addresses]);
    else done(null, first.address, first.family);
  } catch (error) {
    done(error instanceof Error ? error : new Error(String(error)), []);
  }
}
