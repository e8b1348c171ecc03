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

export type PlatformId = (typeof PLATFORMS)[number];

export function isPlatformId(text: string): text is PlatformId {
  return (PLATFORMS as readonly string[]).includes(text); // widened: includes() takes no wider type than its list's
}
