/** What every resolver is given. Made anew for each operation (and each event of a subscription); nothing in it outlives one. */
import type { Database } from "@headwater/db";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { Ringer } from "@headwater/workflows/client.ts";
import type { Caller } from "../access/caller.ts";
import type { Following } from "../after-commit.ts";
import type { Rates } from "../access/rates.ts";
import type { Loaders } from "../reading/loaders.ts";
import type { Transaction } from "../reading/transaction.ts";
import type { Locale } from "../words/catalog.ts";
import type { Words } from "../words/words.ts";
import type { TriedKeys } from "../datasources/pasted.ts";
import type { AddressOf } from "../http/exchange.ts";
import type { Log } from "../log.ts";

export interface AppCredential {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What the process has for all requests. */
export interface Services {
  readonly db: Database;
  readonly ringer: Ringer;
  readonly outbound: Outbound;
  readonly appOf: (platform: string) => AppCredential | null;
  readonly vaultPublicKey: string;
  readonly publicUrl: string;
  /** Where files of costs lie, sealed; shared with the workers. */
  readonly uploadsFolder: string;
  /** The largest one that is taken. */
  readonly costFileBytes: number;
  readonly isEmbedded: boolean;
  readonly supportUrl: string | null;
  readonly secret: string;
  readonly addressOf: AddressOf;
  readonly rates: Rates;
  /** How long one operation may take, and one statement of it. */
  readonly executionMs: number;
  readonly clock: () => Date;
  readonly log: Log;
}

export interface Visitor {
  readonly address: string | null;
  readonly userAgent: string | null;
  /** The browser that a trip without an account is bound to; null where it has no name yet. */
  readonly browser: string | null;
  /** Gives this browser a name of its own in a cookie, or tells the one it has; absent where no answer can carry one. */
  readonly keepBrowser?: () => string;
}

export interface Context {
  readonly services: Services;
  readonly caller: Caller;
  readonly visitor: Visitor;
  readonly locale: Locale;
  readonly words: Words;
  readonly now: Date;
  /** Keys that this operation asks to try, tried before its transaction began: calls out hold none open. */
  readonly triedKeys: TriedKeys;
  /** Ends with the operation. A handle kept longer runs in no organisation and finds nothing. */
  readonly db: Transaction;
  /** Made anew after each mutation field, so that nothing read before a change is shown after it. */
  load: Loaders;
  /** Runs after the commit, and never if there is none: rings, mails, calls out. The answer does not wait for it. */
  readonly afterCommit: (work: Following) => void;
}
