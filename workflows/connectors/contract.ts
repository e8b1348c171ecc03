// What a connector is. One folder a platform exports one `Connector`; the engine, the load path and the server know
// nothing else about it. It knows nothing of Temporal, Postgres or GraphQL: HTTP in, pages of records out.
import type { AccountFacts } from "./account-facts.ts";
import type {
  Authorization,
  Credential,
  GrantFacts,
  Login,
  OAuthClient,
  PastedKey,
  RefreshRequest,
} from "./authorization.ts";
import type { Outbound } from "./outbound/outbound.ts";
import type { CatalogEntry, Scope } from "./catalog-entry.ts";
import type { Choice } from "./choices.ts";
import type { Json } from "./json.ts";
import type { Notice } from "./notice.ts";
import type { RecordKind, RejectedRecord, SourceRecord, WholeDays, DecimalText, DayText } from "./records.ts";
import type { SourceSession } from "./session.ts";
import type { Webhooks } from "./webhooks.ts";

export type { AccountFacts } from "./account-facts.ts";
export type { Json } from "./json.ts";
export type { Notice } from "./notice.ts";

export interface Connector {
  readonly catalog: CatalogEntry;
  readonly authorization: Authorization;
  /** Another way in beside a consent: a secret that was made for our app is pasted instead. */
  readonly key?: PastedKey;
  /** Where a login's requests go and its credential may be shown; checked for every request and every redirect. */
  readonly hosts: (login: Login) => HostRules;
  /** Puts the credential on a request, by header nearly always. Called only for `hosts().credential`. `app` is ours there, where there is one. */
  readonly sign: (request: Signable, credential: Credential, app: AppKey | null) => Signable;
  readonly account: AccountProbe;
  /** Asked daily where the source says of a credential itself what it may read and until when. Throws as a call with a dead one would. */
  readonly inspect?: (outbound: Outbound, given: RefreshRequest) => Promise<GrantFacts>;
  readonly streams: readonly Stream[];
  /**
   * Which scopes a call uses, where they are granted, by its name in the ledger; `x.` stands for every name that begins so. A call
   * that needs none, or merely finds out what is granted, is here with none. By this is seen which scopes are of no use.
   */
  readonly uses?: { readonly [call: string]: readonly Scope[] };
  /** What a person settles where the source has several of a thing. */
  readonly choices?: readonly Choice[];
  readonly rate: RateModel;
  /** Ends our access at the source. Succeeds when it is ended already. */
  readonly revoke?: (session: SourceSession) => Promise<void>;
  readonly webhooks?: Webhooks;
  readonly reconcile?: Reconcile;
  /** Where whoever may sign in at the source sees an order there; null where that cannot be told from these. */
  readonly orderPage?: (account: Pick<AccountFacts, "domain">, orderId: string) => string | null;
}

export type HostRules = {
  /** Hosts that may see the credential. Exact names, or `*.name` for one or more labels before it. */
  readonly credential: readonly string[];
  /** Hosts that a source's answer may send us to (bulk results, reports) besides those, without the credential. */
  readonly open: readonly string[];
};
export type AppKey = Pick<OAuthClient, "clientId" | "clientSecret">;
export type Signable = { readonly url: URL; readonly headers: Readonly<Record<string, string>> };

export interface AccountProbe {
  /** `one`: a login is one account, nothing to choose. `many`: `list` is shown and the person chooses. */
  readonly reaches: "one" | "many";
  list(session: SourceSession): Promise<readonly AccountFacts[]>;
  /** The account as it is now and what the grant may really read. Cheap: also the probe after a pause. */
  verify(session: SourceSession, externalId: string | null): Promise<Verified>;
}
export type Verified = {
  readonly account: AccountFacts;
  readonly scopes: readonly Scope[];
  /** What a person must know: history cut at 60 days, data that needs an approval. */
  readonly notices: readonly Notice[];
  /** Estimated records a day by stream, for the planner; absent when the source cannot say cheaply. */
  readonly recordsPerDay?: { readonly [stream: string]: number };
  /** The earliest day that this grant can read; null for the whole life of the account. */
  readonly historyFrom: DayText | null;
};
export interface Stream {
  /** As the person sees it in the list of streams: `orders`, `campaignsByDay`. */
  readonly name: string;
  readonly kinds: readonly RecordKind[];
  /** This stream's records arrive with that one's pages; it has no pages and no checkpoint of its own. */
  readonly carriedBy?: string;
  /** All of these must be granted. Missing on an optional stream: not granted, the rest runs. */
  readonly needs: readonly Scope[];
  readonly optional: boolean;
  readonly window: StreamWindow;
  /** Absent exactly when `carriedBy` is set. */
  readonly pages?: (session: SourceSession, slice: SliceSpec, from: Cursor | null) => AsyncIterable<Page>;
  /** How many records the source says a range of history has; null when it will not say exactly. */
  readonly count?: (session: SourceSession, range: Range) => Promise<number | null>;
  /** Ids alive at the source in a range of history: what we hold beyond these was deleted there. */
  readonly ids?: (session: SourceSession, range: Range) => AsyncIterable<readonly string[]>;
  /** The source shows nothing older to this grant, neither in lists nor in counts: that it does not come is no sign that it is gone. */
  readonly shownFrom?: (session: Pick<SourceSession, "scopes" | "clock">) => Date | null;
}

export type StreamWindow = {
  /** `snapshot`: no windows, read whole each time. */
  readonly history: "byTime" | "snapshot";
  /** The load path begins a `changes` slice this far before the checkpoint's `through`. */
  readonly overlapMs: number;
  /** Days behind now that every sync reads again, for the source restates them unmarked; 0 when changes are marked. */
  readonly restatedDays: number;
  /** The source restates further back than a sync looks: so many days are read aside and swapped in, every so many nights. */
  readonly refresh?: { readonly days: number; readonly everyDays: number };
  /** The longest range one slice may ask for; null for any. */
  readonly longestMs: number | null;
};

/** Half open: `from` <= t < `to`. Null `from`: from the beginning. */
export type Range = { readonly from: Date | null; readonly to: Date };
/**
 * `history`: objects made (or days counted) in the range: backfill, resync, reread. Finished means that range is whole.
 * `changes`: objects touched in the range: the recurring sync. The overlap is already in `from`.
 */
export type SliceSpec = Range & {
  readonly mode: "history" | "changes";
  /** The newest window of a backfill, and any range wanted within the minute: no waiting for the source's own queues. */
  readonly urgent: boolean;
};

/** Where to go on; small, and the connector's own business. Committed with the rows it covers. */
export type Cursor = { readonly [key: string]: Json };

export type Page =
  | {
      readonly kind: "records";
      readonly records: readonly SourceRecord[];
      readonly rejected: readonly RejectedRecord[];
      readonly cursor: Cursor;
      /** How many records of the stream's first kind the source has said the slice holds. */
      readonly announced?: number;
      /** Everything of the slice before this instant has been given (provider time); set at least on the last page. */
      readonly through?: Date;
      readonly notices?: readonly Notice[];
      /** The source counts more than it showed: what is not on these pages may still be there, and is not to be buried. */
      readonly mayBeShort?: boolean;
      /** Ranges of days that the pages up to and with this one have given whole. */
      readonly whole?: readonly WholeDays[];
      readonly done: boolean;
    }
  | {
      // The source is still preparing (bulk operation, report): the cursor holds its id, so the wait survives a restart.
      // Ask again after `until`, by the next `next()` or by a new `pages(…, cursor)`: both are the same.
      readonly kind: "waiting";
      readonly until: Date;
      readonly because: Notice;
      /** Nothing is being prepared: the source's allowance is used up. */
      readonly isLimit?: boolean;
      readonly cursor: Cursor;
    };

/**
 * The source's allowance, shared by every stream and worker that reads one bucket. Points for a cost bucket, requests
 * (cost 1 each) for the others. What answers say of it comes by `session.measured`.
 */
export interface RateModel {
  /** One bucket a key: Shopify's is the shop, an ad platform's the ad account, null until one is chosen. */
  readonly bucketKey: (login: Login, account: AccountFacts | null) => string;
  /** Assumed until the source's answers say better (`session.measured`). */
  readonly initial: { readonly maximum: number; readonly restorePerSecond: number };
  /** Fixed windows of one endpoint or a group of them, each kept by a bucket of its own: `protocol/fixed-windows.ts`. */
  readonly allowances?: { readonly [name: string]: readonly Allowance[] };
  /** Slices of one datasource at once. */
  readonly concurrency: number;
}

export type Allowance = { readonly maximum: number; readonly restorePerSecond: number };

/** The source's own figure for one of its days, to stand beside ours. */
export interface Reconcile {
  /** Hours after the day's end when the figures have settled. */
  readonly settledAfterHours: number;
  aggregates(session: SourceSession, day: DayText): Promise<readonly Aggregate[]>;
}
export type Aggregate = {
  readonly metric: string;
  readonly day: DayText;
  readonly value: DecimalText;
  readonly currency: string | null;
  /** Which of the source's figures: `ordersCount`, `shopifyql`. */
  readonly figure: string;
  /** What it takes in that our number leaves out; absent where the two mean the same. */
  readonly takesIn?: TakenIn;
  /** The same of each record that our number is the sum of, by its id, as the source has it now; absent where not all could be read. */
  readonly byRecord?: { readonly [id: string]: DecimalText };
};
/**
 * `everyOrderMade`: orders by when they were made, test orders with them; ours go by the order's own date, without those.
 * `otherLevels`: so much of it is shown at no level that we read.
 */
export type TakenIn =
  | { readonly kind: "everyOrderMade" }
  | { readonly kind: "otherLevels"; readonly amount: DecimalText };
