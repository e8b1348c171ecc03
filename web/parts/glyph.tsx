import type { LiveDatasource } from "../live/live.documents.ts";

type Category = LiveDatasource["platform"]["category"];

const hues: Record<Category, string> = {
  ECOMMERCE: "h-shop",
  ADS: "h-ads",
  ANALYTICS: "h-ana",
  EMAIL_SMS: "h-mail",
  MESSAGING: "h-msg",
  SUBSCRIPTIONS: "h-sub",
  ATTRIBUTION: "h-att",
  OPERATIONS: "h-ops",
  SUPPORT: "h-sup",
  PAYMENTS: "h-pay",
  OTHER: "h-oth",
};

/** Neutral initials in the hue of the category, until a platform's own mark may be used. */
export function Glyph({ title, category, size = "" }: { title: string; category: Category; size?: "" | "s" | "l" }) {
  return (
    <span className={`logo ${hues[category]} ${size}`} aria-hidden="true" translate="no">
      {initials(title)}
    </span>
  );
}

export function initials(title: string): string {
  const words = title.split(/[^\p{L}\p{M}\p{N}]+/u).filter(Boolean);
  const [first = "?", second] = words;
  if (!second) return first.slice(0, 2);
  if (words.at(-1) === "4") return `${first.charAt(0)}4`;
  return first.charAt(0) + second.charAt(0);
}
