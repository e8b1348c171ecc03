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
    readonly customerId: string | null;
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
  }
>;

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
    readonly transactionId: string | null;
    readonly name: string;
    readonly amount: DecimalText;
    readonly tax: DecimalText | null;
    readonly currency: string;
    readonly chargedAt: InstantText;
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
  | FeeRecord;

export type RecordKind = SourceRecord["kind"];
export type RecordOf<Kind extends RecordKind> = Extract<SourceRecord, { kind: Kind }>;

/** The instant whose day, in the account's zone, a record belongs to; null where a record has no day. */
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
