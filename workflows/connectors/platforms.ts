// The platforms of the catalog, by id: the name of the folder, of the callback path and of the settings.
export const PLATFORMS = [
  "shopify",
  "bigcommerce",
  "woocommerce",
  "amazon-seller",
  "google-ads",
  "meta-ads",
  "tiktok-ads",
  "pinterest-ads",
  "microsoft-ads",
  "amazon-ads",
  "adroll",
  "ga4",
  "meta-pixel",
  "klaviyo",
  "wati",
  "recharge",
  "loop-subscriptions",
  "refersion",
  "impact",
  "social-snowball",
  "shiphero",
  "shiprocket",
  "gorgias",
  "stripe",
  "razorpay",
  "custom-costs",
  "mountain",
] as const;

/** Of the sample brand alone: made up, in no catalog, and for nobody to connect. */
export const SAMPLE_PLATFORMS = ["sample-store", "sample-ads"] as const;

export type PlatformId = (typeof PLATFORMS)[number] | (typeof SAMPLE_PLATFORMS)[number];

const ALL: readonly string[] = [...PLATFORMS, ...SAMPLE_PLATFORMS];

export function isPlatformId(text: string): text is PlatformId {
  return ALL.includes(text);
}
