// The accounts that stand ready, each odd in its own way.
export interface AccountSeed {
  /** Also the public key: six characters. */
  readonly id: string;
  readonly name: string;
  readonly website: string;
  readonly currency: string;
  /** Digits behind the point: JPY 0, USD 2, KWD 3. */
  readonly exponent: number;
  /** As Klaviyo writes it: old aliases too. */
  readonly zone: string;
  readonly isTest: boolean;
  readonly ordersADay: number;
  /** About what an order is worth, in minor units. */
  readonly orderValue: number;
  /** Days between two campaigns; below one there are several a day. */
  readonly campaignEveryDays: number;
  readonly flows: number;
  readonly hasSms: boolean;
  readonly hasPush: boolean;
  /** Of before the metric of unsubscribes said from what. */
  readonly hasOldNames: boolean;
  /** Integrations that send Placed Order, the store's own first. */
  readonly stores: readonly string[];
}

const plain = {
  exponent: 2,
  isTest: false,
  ordersADay: 4,
  campaignEveryDays: 3,
  flows: 5,
  hasSms: false,
  hasPush: false,
  hasOldNames: false,
  stores: ["Shopify"],
} as const;

export const accountSeeds: readonly AccountSeed[] = [
  {
    ...plain,
    id: "MnMoss",
    name: "Monsoon & Moss",
    website: "https://monsoon-and-moss.myshopify.com",
    currency: "INR",
    zone: "Asia/Kolkata",
    orderValue: 240_000,
    hasSms: true,
  },
  {
    ...plain,
    id: "NrthWd",
    name: "Northwind Tea",
    website: "https://northwind-tea.example",
    currency: "USD",
    zone: "US/Eastern",
    ordersADay: 14,
    orderValue: 6_400,
    campaignEveryDays: 0.5,
    flows: 60,
    hasSms: true,
    hasPush: true,
    stores: ["Shopify", "WooCommerce", "API"],
  },
  {
    ...plain,
    id: "LrdHwe",
    name: "Lord Howe Surf",
    website: "https://lord-howe-surf.example",
    currency: "AUD",
    zone: "Australia/Lord_Howe",
    orderValue: 9_900,
    hasPush: true,
    hasOldNames: true,
  },
  {
    ...plain,
    id: "TkyPpr",
    name: "Tokyo Paper",
    website: "https://tokyo-paper.example",
    currency: "JPY",
    exponent: 0,
    zone: "Asia/Tokyo",
    orderValue: 4_800,
  },
  {
    ...plain,
    id: "KwtOud",
    name: "Kuwait Oud",
    website: "https://kuwait-oud.example",
    currency: "KWD",
    exponent: 3,
    zone: "Asia/Kuwait",
    isTest: true,
    // Few enough that a day's only uncredited order, once credited, leaves no row behind.
    ordersADay: 1,
    orderValue: 21_500,
    campaignEveryDays: 9,
    flows: 2,
  },
  {
    ...plain,
    id: "NoStor",
    name: "No Store Yet",
    website: "https://no-store.example",
    currency: "EUR",
    zone: "Europe/Berlin",
    ordersADay: 0,
    orderValue: 0,
    campaignEveryDays: 20,
    flows: 1,
    stores: [],
  },
];
