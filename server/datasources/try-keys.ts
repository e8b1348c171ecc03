/**
 * Pasted keys are tried in the API's memory, before the operation's transaction begins: a call out may take seconds, and
 * no connection to the database waits for it. Who may not connect has nothing tried, and nobody tries keys by the dozen.
 */
import type { KeyTrial, Params, PastedKey } from "@headwater/connectors/authorization.ts";
import { organisationOf } from "../access/caller.ts";
import type { Caller } from "../access/caller.ts";
import { may } from "../access/permissions.ts";
import type { Services } from "../graphql/context.ts";
import { pastedKeyOf, trialKey, typedIn } from "./pasted.ts";
import type { PastedFields, TriedKeys } from "./pasted.ts";

const TRY_MS = 8_000;
const TRIES_A_MINUTE = 12;
const AT_ONCE = 2;

export async function tryKeys(services: Services, caller: Caller, pasted: readonly PastedFields[]): Promise<TriedKeys> {
  if (pasted.length === 0 || caller.kind !== "person" || organisationOf(caller) === null || !may(caller, "consent"))
    return new Map();
  const wanted = new Map(pasted.slice(0, AT_ONCE).flatMap((each) => asked(each)));
  const tried = await Promise.all(
    [...wanted].map(async ([name, { platform, key, params }]): Promise<readonly [string, KeyTrial | "tooMany"]> => {
      const now = services.clock();
      const budget = [{ key: `tryKey ${caller.userId}`, limit: TRIES_A_MINUTE }];
      if (services.rates.take(budget, 1, now.getTime()).retryAfter !== null) return [name, "tooMany"];
      const signal = AbortSignal.timeout(TRY_MS);
      return [name, await key.probe(services.outbound, { params, now, signal, app: services.appOf(platform) })];
    }),
  );
  return new Map(tried);
}

type Asked = { readonly platform: string; readonly key: PastedKey; readonly params: Params };

function asked(pasted: PastedFields): [string, Asked][] {
  const key = pastedKeyOf(pasted.platform);
  const typed = key === null ? null : typedIn(key, pasted);
  return key === null || typed === null || !typed.ok
    ? []
    : [[trialKey(pasted.platform, typed.params), { platform: pasted.platform, key, params: typed.params }]];
}
