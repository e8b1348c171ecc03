/** Latin digits, as on every page: one page never mixes two kinds. */
export const localeOf = (language: string, region: string): string => `${language}-${region}-u-nu-latn`;

/** Browsers have no numbers of Assamese: pages take them from English as the region writes it, and so does everybody else. */
export const numberLocale = (language: string, region: string): string =>
  localeOf(language === "as" ? "en" : language, region);

/** The day has 24 hours unless the region says otherwise; of India, and of no place, we have it so. */
const WHOLE_DAY: ReadonlySet<string> = new Set(["IN", "001"]);

/** How a time of the clock is written: 22:41, and in the United States 10:41 PM. */
export function clockFormat(language: string, region: string, timeZone: string): (instant: Date) => string {
  const locale = WHOLE_DAY.has(region) ? "en-GB" : numberLocale(language, region);
  const clock = new Intl.DateTimeFormat(locale, { timeStyle: "short", timeZone });
  return (instant) => clock.format(instant).replace(/\s/u, "\u00A0");
}
