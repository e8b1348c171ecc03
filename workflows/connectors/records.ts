// What a page is made of: one object at the source as its record kind wants it. Money is a decimal string beside its
// currency, never a number; ids are the source's own, as text; times are ISO instants in UTC. The account's zone is
// applied by the load path, which cuts `day` from the instant named in `dayFrom` of the kind.

/** An exact decimal such as `-129.50`. Checked by `decimalText`. */
export type DecimalText = string;
/** An ISO 8601 instant in UTC, such as `2026-11-20T09:12:44Z`. */
export type InstantText = string;
/** A calendar day that the source itself has cut, such as `2026-11-20`. */
export type DayText = string;

// Children (lines, refunds, transactions, fulfilments, variants) are records of their own, with their parent's version.
// They follow their parent, on its page or, seldom, on a later page of the same slice.
type RecordBase<Kind extends string, Columns> = {
  readonly kind: Kind;
  /** The source's id, unique within account and kind. */
  readonly id: string;
  /** Orders two readings of one record: the newer wins, an equal one is unchanged. */
  readonly versionAt: InstantText;
  /** The source's own object as JSON text, digit for digit, children with a record of their own left out. Never parsed again. */
  readonly document: string | null;
  /** For a parent: its children of these kinds are all on this page, so what we hold beyond them is gone at the source. */
  readonly childrenComplete?: readonly RecordKind[];
  /** When the source says that the object no longer exists. */
  readonly deletedAt?: InstantText;
} & Columns;

export type OrderRecord = RecordBase<
  "order",
  {
    readonly name: string | null;
    readonly orderedAt: InstantText;
    readonly sourceCreatedAt: InstantText;
    readonly cancelledAt: InstantText | null;
    readonly isTest: boolean;
    readonly currency: string;
    /** Null where the source leaves it to be the sum of the order's lines (gift cards apart). */
    readonly gross: DecimalText | null;
    readonly discounts: DecimalText | null;
    readonly shipping: DecimalText | null;
    readonly tax: DecimalText | null;
    readonly duties: DecimalText | null;
    readonly tips: DecimalText | null;
    readonly total: DecimalText;
    readonly taxesIncluded: boolean;
    /** Left out where the source would not tell: what is known of it stays. */
    readonly customerId?: string | null;
    /** Where it was placed, as the source says it. Left out where it does not say. */
    readonly channel?: string | null;
    readonly lineCount: number | null;
  }
>;

export type OrderLineRecord = RecordBase<
  "orderLine",
  {
    readonly orderId: string;
    readonly sku: string | null;
    readonly title: string | null;
    readonly productId: string | null;
    readonly variantId: string | null;
    readonly quantity: number;
    readonly gross: DecimalText;
    readonly discount: DecimalText;
    readonly tax: DecimalText;
    /** Or anything else among the lines that is no goods and is counted elsewhere, such as a tip. */
    readonly isGiftCard: boolean;
    readonly currency: string;
  }
>;

export type RefundRecord = RecordBase<
  "refund",
  {
    readonly orderId: string;
    readonly refundedAt: InstantText;
    /** Money given back. */
    readonly amount: DecimalText;
    /** What the returned lines had cost, before tax. */
    readonly returned: DecimalText;
    readonly returnedTax: DecimalText;
    /** Corrections that belong to no line, signed as the source gives them. */
    readonly adjustments: DecimalText;
    readonly currency: string;
    /** Units that came back, by line. Left out where the source does not say. */
    readonly returnedLines?: readonly ReturnedLine[];
  }
>;

export interface ReturnedLine {
  readonly line: string;
  readonly units: number;
}

export type TransactionRecord = RecordBase<
  "transaction",
  {
    readonly orderId: string;
    readonly transactionKind: string;
    readonly status: string;
    readonly gateway: string | null;
    readonly amount: DecimalText;
    readonly fee: DecimalText | null;
    readonly currency: string;
    readonly processedAt: InstantText | null;
    readonly isTest: boolean;
  }
>;

export type FulfilmentRecord = RecordBase<
  "fulfilment",
  {
    readonly orderId: string;
    readonly status: string;
    readonly shippedAt: InstantText;
    readonly deliveredAt: InstantText | null;
    readonly carrier: string | null;
  }
>;

export type CustomerRecord = RecordBase<
  "customer",
  {
    readonly registeredAt: InstantText;
    readonly orderCount: number | null;
    readonly spent: DecimalText | null;
    readonly currency: string | null;
  }
>;

export type ProductRecord = RecordBase<"product", { readonly title: string; readonly status: string | null }>;

export type VariantRecord = RecordBase<
  "variant",
  {
    readonly productId: string;
    readonly sku: string | null;
    readonly unitCost: DecimalText | null;
    readonly currency: string | null;
  }
>;

/** A fee that the source keeps in a ledger of its own. */
export type FeeRecord = RecordBase<
  "fee",
  {
    /** Null where it was not charged for one order. */
    readonly orderId: string | null;
    readonly transactionId: string | null;
    readonly name: string;
    readonly amount: DecimalText;
    readonly tax: DecimalText | null;
    readonly currency: string;
    readonly chargedAt: InstantText;
  }
>;

/** A campaign, what stands below it, or a flow that sends by itself. */
export type CampaignRecord = RecordBase<
  "campaign",
  {
    readonly level: "campaign" | "adset" | "ad" | "flow";
    readonly parentId: string | null;
    readonly name: string;
    readonly status: string | null;
    /** What it is for, in the source's own words: an ad objective, a flow's trigger. */
    readonly objective: string | null;
    /** `email`, `sms`, `push`, ... where it sends messages. */
    readonly channel: string | null;
    readonly startedAt: InstantText | null;
    readonly endedAt: InstantText | null;
    readonly sentAt: InstantText | null;
  }
>;

/**
 * A day that the source itself has cut, and restates without saying so. `versionAt` is when it was read: the same for
 * every row that one `WholeDays` of a page claims. Counts are decimals too, for attribution credits halves.
 */
type SourceDay = {
  readonly day: DayText;
  /** Which of the source's own cuts the row belongs to: a level, a measure. Rows of two parts may overlap. */
  readonly part: string;
  /** Whether it makes metrics: of parts that overlap only one does. */
  readonly counts: boolean;
  readonly currency: string;
};

export type AdDayRecord = RecordBase<
  "adDay",
  SourceDay & {
    readonly level: "account" | "campaign" | "adset" | "ad";
    readonly campaignId: string | null;
    readonly adsetId: string | null;
    readonly adId: string | null;
    readonly spend: DecimalText | null;
    readonly impressions: DecimalText | null;
    readonly clicks: DecimalText | null;
    readonly linkClicks: DecimalText | null;
    readonly outboundClicks: DecimalText | null;
    readonly uniqueOutboundClicks: DecimalText | null;
    readonly purchases: DecimalText | null;
    readonly purchaseValue: DecimalText | null;
    /** The attribution setting that purchases were counted by. */
    readonly attribution: string | null;
    /** JSON text: by what the row was broken down, such as `{"publisher_platform":"facebook"}`. */
    readonly breakdown: string | null;
  }
>;

export type MessageDayRecord = RecordBase<
  "messageDay",
  SourceDay & {
    /** `email`, `sms`, `push`, `whatsapp`, ...; null where the source credits no message. */
    readonly channel: string | null;
    readonly campaignId: string | null;
    readonly flowId: string | null;
    readonly messageId: string | null;
    readonly sends: DecimalText | null;
    readonly opens: DecimalText | null;
    readonly clicks: DecimalText | null;
    readonly unsubscribes: DecimalText | null;
    /** Orders and their value that the source credits to messages, or has merely seen (`channel` null). */
    readonly orders: DecimalText | null;
    readonly revenue: DecimalText | null;
  }
>;

export type SourceRecord =
  | OrderRecord
  | OrderLineRecord
  | RefundRecord
  | TransactionRecord
  | FulfilmentRecord
  | CustomerRecord
  | ProductRecord
  | VariantRecord
  | FeeRecord
  | CampaignRecord
  | AdDayRecord
  | MessageDayRecord;

export type RecordKind = SourceRecord["kind"];
export type RecordOf<Kind extends RecordKind> = Extract<SourceRecord, { kind: Kind }>;

/** Kinds whose days the source cuts. */
export type DayKind = "adDay" | "messageDay";

/**
 * The source has now given every row of `part` in days `from` <= day < `until`, each with `versionAt` >= `since`. What we
 * hold there and have not read since then is gone at the source. Claimed once a range, on its last page, and only when
 * nothing of it was rejected.
 */
export type WholeDays = {
  readonly kind: DayKind;
  readonly part: string;
  readonly from: DayText;
  readonly until: DayText;
  readonly since: InstantText;
};

/** A row of such days that does not tell which is its own goes by those that were asked for; it is over once they come whole. */
export const nameOfDays = ({ part, from, until }: Pick<WholeDays, "part" | "from" | "until">): string =>
  ["days", part, from, until].join("\u001f");

/** The instant whose day, in the account's zone, a record belongs to; null where it has none or the source has cut it. */
export const dayFrom: { readonly [Kind in RecordKind]: keyof RecordOf<Kind> | null } = {
  order: "orderedAt",
  orderLine: null,
  refund: "refundedAt",
  transaction: "processedAt",
  fulfilment: "shippedAt",
  customer: "registeredAt",
  product: null,
  variant: null,
  fee: "chargedAt",
  campaign: null,
  adDay: null,
  messageDay: null,
};

/** One object that could not be mapped. The rest of its page goes on. */
export type RejectedRecord = {
  readonly kind: RecordKind;
  readonly id: string | null;
  /** A stable code such as `missing`, `notDecimal`, `notInstant`. */
  readonly reason: string;
  /** Which field, and what was wrong with it. */
  readonly detail: string;
  /** As the source sent it. */
  readonly document: string;
};

const DECIMAL = /^-?\d{1,30}(?:\.\d{1,18})?$/;

export function isDecimalText(value: unknown): value is DecimalText {
  return typeof value === "string" && DECIMAL.test(value);
}
