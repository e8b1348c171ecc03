/** As the source writes it, for it may take no other spelling back; null where it is no zone that we know. */
export function zoneIn(zone: string | null): string | null {
  try {
    return zone === null || !/^[a-z]/i.test(zone) ? null : (new Intl.DateTimeFormat("en", { timeZone: zone }), zone);
  } catch {
    return null; // RangeError: the person is asked
  }
}

/** Null where it is no code of a currency. */
export const currencyIn = (currency: string | null): string | null =>
  currency !== null && /^[A-Z]{3}$/.test(currency) ? currency : null;

/** As it can be written down, whatever stands in it. */
export const nameIn = (name: string): string => name.replaceAll("\0", "\ufffd").toWellFormed();

/** The shop, ad account, property or list, as the source states it. */
export type AccountFacts = {
  /** The source's own id: the identity that a reconnect must match. */
  readonly externalId: string;
  readonly name: string;
  readonly domain: string | null;
  /** ISO 4217; null where the account has none. */
  readonly currency: string | null;
  /** IANA zone; null where the source cannot say, and then the person is asked. */
  readonly zone: string | null;
  /** `unreadable`: it is there, and this login may not read it. */
  readonly state: "open" | "closed" | "restricted" | "unreadable";
  readonly details: { readonly [key: string]: string | number | boolean | null };
};
