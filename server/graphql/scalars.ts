/** Scalars refuse what they are not: a day is no instant, and money is never a float. */
import { GraphQLError, Kind } from "graphql";
import type { ValueNode } from "graphql";
import { isDay } from "../reading/days.ts";
import { builder } from "./builder.ts";

const wrong = (message: string) => new GraphQLError(message, { extensions: { code: "INVALID_INPUT" } });

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/i;

/** `Date` alone would take one without a zone for this machine's, and the 30th of February for a day of March. */
function readInstant(value: unknown): Date {
  const [text, day] = (typeof value === "string" ? INSTANT.exec(value) : null) ?? [];
  const parsed = text === undefined || day === undefined || !isDay(day) ? null : new Date(text);
  if (parsed === null || Number.isNaN(parsed.getTime())) throw wrong("A DateTime is an RFC 3339 instant.");
  return parsed;
}

const textOf = (node: ValueNode): unknown => (node.kind === Kind.STRING ? node.value : undefined);

function matching(name: string, test: (text: string) => boolean) {
  return (value: unknown): string => {
    if (typeof value === "string" && test(value)) return value;
    throw wrong(`That is no ${name}.`);
  };
}

builder.scalarType("DateTime", {
  description: "An instant in UTC with milliseconds, RFC 3339.",
  serialize: (value) => value.toISOString(),
  parseValue: readInstant,
  parseLiteral: (node) => readInstant(textOf(node)),
});

const readDay = matching("Date", isDay);
builder.scalarType("Date", {
  description: "A calendar day, YYYY-MM-DD, in the zone that the field names.",
  serialize: (value) => value,
  parseValue: readDay,
  parseLiteral: (node) => readDay(textOf(node)),
});

const readDecimal = matching("Decimal", (text) => /^-?\d{1,30}(\.\d{1,18})?$/.test(text));
builder.scalarType("Decimal", {
  description: "An exact decimal number as a string.",
  serialize: (value) => value,
  parseValue: readDecimal,
  parseLiteral: (node) => readDecimal(textOf(node)),
});

const readBigInt = matching("BigInt", (text) => /^-?\d{1,19}$/.test(text));
builder.scalarType("BigInt", {
  description: "A whole number that may pass 2^31, as a string.",
  serialize: String,
  parseValue: readBigInt,
  parseLiteral: (node) => readBigInt(textOf(node)),
});

const readCurrency = matching("CurrencyCode", (text) => /^[A-Z]{3}$/.test(text));
builder.scalarType("CurrencyCode", {
  description: "An ISO 4217 code, three capital letters.",
  serialize: (value) => value,
  parseValue: readCurrency,
  parseLiteral: (node) => readCurrency(textOf(node)),
});
