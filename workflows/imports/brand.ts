/** A brand's own habits of writing, from where it is and what it counts in: only ever a guess that a person confirms. */
import type { BrandGround } from "../costs/survey.ts";

const DECIMAL_COMMA = new Set(
  "EUR BRL DKK NOK SEK PLN CZK HUF RON TRY IDR ARS COP CLP VND RUB UAH BGN RSD ISK".split(" "),
);

export function brandGround(currency: string, zone: string, now = new Date()): BrandGround {
  return {
    currency,
    zone,
    dateOrder: currency === "USD" ? "MDY" : "DMY",
    decimal: DECIMAL_COMMA.has(currency) ? "," : ".",
    today: new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(now),
  };
}
