import { msg } from "@lingui/core/macro";
import type { I18n, MessageDescriptor } from "@lingui/core";
import type { IconName } from "../../parts/icon.tsx";
import type { Feed, Mode, Upload } from "./files.documents.ts";
import type { Review } from "./review.documents.ts";

export const modes: Record<Mode, { word: MessageDescriptor; says: MessageDescriptor }> = {
  UPSERT: {
    word: msg`Add and renew`,
    says: msg`The same cost is renewed, a new one is added, what the file does not name stays.`,
  },
  REPLACE_RANGE: {
    word: msg`Replace these days`,
    says: msg`For each kind of cost in the file, what stood between its first and last day goes.`,
  },
  REPLACE_ALL: {
    word: msg`Replace everything`,
    says: msg`All costs of this datasource go, and the file takes their place.`,
  },
};

export const states: Record<Upload["state"], { word: MessageDescriptor; icon: IconName; look: string }> = {
  ANNOUNCED: { word: msg`On its way`, icon: "up", look: "pill flowp" },
  RECEIVED: { word: msg`Received`, icon: "sync", look: "pill flowp" },
  VALIDATING: { word: msg`Being read`, icon: "sync", look: "pill flowp" },
  NEEDS_CONFIRMATION: { word: msg`Waits for you`, icon: "warning", look: "pill warnp" },
  HELD: { word: msg`Held back`, icon: "pause", look: "pill warnp" },
  COMMITTED: { word: msg`Taken`, icon: "tick", look: "ok" },
  UNCHANGED: { word: msg`Same as before`, icon: "tick", look: "" },
  REJECTED: { word: msg`Refused`, icon: "cross", look: "pill badp" },
  DISCARDED: { word: msg`Put aside`, icon: "cross", look: "" },
  UNDONE: { word: msg`Undone`, icon: "undo", look: "" },
};

const waiting: readonly Upload["state"][] = ["NEEDS_CONFIRMATION", "HELD"];
const moving: readonly Upload["state"][] = ["ANNOUNCED", "RECEIVED", "VALIDATING"];
export const waits = ({ state }: Pick<Upload, "state">): boolean => waiting.includes(state);
export const moves = ({ state }: Pick<Upload, "state">): boolean => moving.includes(state);

export const feedStates: Record<Feed["state"], { word: MessageDescriptor; icon: IconName; look: string }> = {
  OK: { word: msg`Works`, icon: "tick", look: "ok" },
  UNPROVEN: { word: msg`Not tried yet`, icon: "dashed", look: "" },
  FAILING: { word: msg`Being tried again`, icon: "sync", look: "pill warnp" },
  MISSING: { word: msg`No file there`, icon: "warning", look: "pill warnp" },
  REFUSED: { word: msg`Not let in`, icon: "broken", look: "pill badp" },
  INVALID: { word: msg`Cannot be used`, icon: "cross", look: "pill badp" },
};

/** Met, and not agreed to. */
export const keyAsked: (typeof feedStates)[Feed["state"]] = {
  word: msg`Waits for you`,
  icon: "warning",
  look: "pill warnp",
};

/** Refused as it is, and read once somebody has said what its columns mean. */
export const columnsAsked: (typeof states)[Upload["state"]] = {
  word: msg`Waits for its columns`,
  icon: "warning",
  look: "pill warnp",
};

type FileWords = Readonly<Record<string, MessageDescriptor>>;

/** What the file calls it, as a person says it; a word that is new to this build stands as it came. */
export function inWords(i18n: I18n, words: FileWords, word: string): string {
  const known = words[word];
  return known ? i18n._(known) : word;
}

export const costTypes: FileWords = {
  cogs: msg`Cost of goods`,
  shipping: msg`Shipping`,
  handling: msg`Handling`,
  payment_fee: msg`Payment fees`,
  fixed: msg`Fixed costs`,
  marketing: msg`Marketing`,
  other: msg`Other costs`,
};

/** What a column may mean, beside the kinds of cost. */
export const columnWords: FileWords = {
  ...costTypes,
  cost_id: msg`Your number for the cost`,
  date: msg`Day`,
  start_date: msg`First day`,
  end_date: msg`Last day`,
  cost_type: msg`Kind of cost`,
  amount: msg`Amount`,
  basis: msg`What one amount is for`,
  currency: msg`Currency`,
  sku: msg`SKU`,
  variant_id: msg`Variant ID`,
  product_id: msg`Product ID`,
  order_id: msg`Order`,
  recurrence: msg`How often it comes again`,
  is_ad_spend: msg`Whether it is ad spend`,
  applies_to: msg`Of what it is a percentage`,
  action: msg`Whether it is added or deleted`,
  channel: msg`Sales channel`,
  country: msg`Country`,
  payment_gateway: msg`Payment gateway`,
  campaign: msg`Campaign`,
  vendor: msg`Vendor`,
  category: msg`Category`,
  name: msg`Name`,
  note: msg`Note`,
  extra: msg`kept beside it`,
  ignore: msg`left out`,
};

/** What each kind of file needs. */
export const shapeWords: Record<NonNullable<Review["mapping"]["shape"]>, MessageDescriptor> = {
  COSTS: msg`One cost a row: the day, the kind of cost and the amount`,
  DAYS: msg`A sheet of days: the day, and a column for each kind of cost`,
  PRICES: msg`A price list: the SKU or the variant, and the cost of one`,
  ORDERS: msg`Costs of orders: the order, and what it cost`,
};

export const bases: FileWords = {
  total: msg`in all`,
  per_unit: msg`for each unit`,
  per_order: msg`for each order`,
  percent: msg`percent`,
};

export const recurrences: FileWords = {
  daily: msg`every day`,
  weekly: msg`every week`,
  monthly: msg`every month`,
  yearly: msg`every year`,
};
