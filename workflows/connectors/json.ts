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

function keepDigits(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}

/** Fails loudly at start where the runtime cannot keep digits (before Node 21). */
export function assertExactNumbers(): void {
  if (JSON.stringify(parseExactly("[9007199254740993]")) !== "[9007199254740993]")
    throw new Error("This runtime loses digits of large numbers: Node 24 is needed");
}
