// One platform as the catalog shows it before anything is connected. Data only: codes that locales word, never sentences.
import type { PlatformId } from "./platforms.ts";

export type Category =
  | "ecommerce"
  | "ads"
  | "analytics"
  | "emailAndSms"
  | "messaging"
  | "subscriptions"
  | "attribution"
  | "operations"
  | "support"
  | "payments"
  | "other";

/** A permission by the source's own name. */
export type Scope = string;

export type ScopeUse = {
  readonly scope: Scope;
  /** `scope.<purpose>` says what it is for. */
  readonly purpose: string;
  /** Without it the datasource cannot run at all; an optional one feeds the streams that name it in `needs`. */
  readonly required: boolean;
};

/** `none`: sample data, for which there is nobody to ask. */
export type Method = "oauth" | "key" | "upload" | "none";

export type CatalogEntry = {
  readonly platform: PlatformId;
  /** The brand's own spelling; the same in every language. */
  readonly name: string;
  readonly category: Category;
  /** How it is connected; the first is offered, the others are alternatives. */
  readonly methods: readonly [Method, ...Method[]];
  /** `comingSoon` is shown and cannot be connected, like `inPreparation`, which merely has no connector here yet. */
  readonly state: "ready" | "inPreparation" | "comingSoon";
  /** Counts toward the plan. */
  readonly takesSlot: boolean;
  readonly scopes: readonly ScopeUse[];
  /** What a person needs at the source: `prerequisite.<code>`. */
  readonly prerequisites: readonly string[];
  /** Platforms of which one must be connected first; empty for none. */
  readonly requiresOneOf: readonly PlatformId[];
  /** Platforms that drive the same numbers, so that only one may. */
  readonly excludes: readonly PlatformId[];
  /** What it feeds: `power.<code>`. */
  readonly powers: readonly string[];
  /** Record kinds it yields, by the names of design.md; kinds without a table yet are named all the same. */
  readonly yields: readonly string[];
  readonly cadenceMinutes: number | null;
  /** How far back the source goes; null for the whole life of the account. */
  readonly historyDays: number | null;
  /** How far back it restates without marking the change; 0 when changes are marked. */
  readonly restatedDays: number;
  readonly deletesVisible: "byComparison" | "bySource" | "never";
  /** Days before the end of a grant that cannot renew itself when it is announced. */
  readonly warnDaysBeforeEnd: number;
  /** What we ask to be told at the source, shown before disconnecting; the provider's own page. */
  readonly policyUrl: string | null;
  /** Configuration that an operator must give before anyone can connect. */
  readonly settings: readonly string[];
};
