// JSON as a source sends it, with no digit lost. A number that a double cannot hold becomes an object that only
// JSON.stringify looks into and writes again digit for digit: mappers read ids and money as text, never as numbers.
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
  }
}

/**
 * A number of sixteen digits or more, or with an exponent: only then is the exact reading, twenty times slower, worth its
 * price. It must stand where a value stands: ids of sixteen digits inside texts are common and no reason.
 */
const LONG_NUMBER = /(?:^|[:[,])\s*-?(?:\d[\d.]{15,}|\d[\d.]*[eE])/;

export function parseExactly(text: string): Json {
  const bare = text.codePointAt(0) === 0xfeff ? text.slice(1) : text;
  const value: Json = LONG_NUMBER.test(bare) ? JSON.parse(bare, keepDigits) : JSON.parse(bare);
  return value;
}

/** As a double, also where it stands as text or has more digits than one holds; NaN for what is none. */
export function numberIn(value: Json | undefined): number {
  const text = typeof value === "string" ? value.trim() : digitsOf(value);
  return text === null || text === "" ? Number.NaN : Number(text);
}

/** A number's own digits; null for what is none. */
export const digitsOf = (value: Json | undefined): string | null =>
  typeof value === "number" || JSON.isRawJSON(value) ? JSON.stringify(value) : null;

function keepDigits(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}
