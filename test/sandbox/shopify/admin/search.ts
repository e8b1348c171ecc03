// Shopify's search syntax (`updated_at:>='2026-11-20T09:00:00Z' AND test:false`) as a tree, then as SQL over an index.
// What Shopify does not understand it does not refuse: the term is left out and a warning stands beside the answer.
// So a timestamp without quotes, cut at its first colon, silently gives everything: here too.
import { dayStartSeconds } from "../seed/shop-days.ts";

export interface Warning {
  readonly field: string;
  readonly message: string;
  readonly code: "invalid_field" | "invalid_value" | "syntax";
}

export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

export type Comparator = "=" | "<" | "<=" | ">" | ">=";

export interface Term {
  readonly field: string;
  readonly comparator: Comparator;
  readonly value: string;
}

/** How one field of one list is looked up; null when the value makes no sense. */
export type SearchField = (term: Term) => Condition | null;

export interface Search {
  readonly condition: Condition;
  readonly warnings: readonly Warning[];
}

type Token =
  | { kind: "open" }
  | { kind: "close" }
  | { kind: "and" }
  | { kind: "or" }
  | { kind: "not" }
  | { kind: "term"; term: Term }
  | { kind: "broken"; text: string };

const termPattern = /^(-)?([A-Za-z_.]+):\s*(>=|<=|>|<|=)?\s*(?:'([^']*)'|"([^"]*)"|([^\s()'"]+))/;
const comparators: Record<string, Comparator> = { ">=": ">=", "<=": "<=", ">": ">", "<": "<", "=": "=" };

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let rest = text.trim();
  while (rest.length > 0) {
    const word = /^(AND|OR|NOT)\b/.exec(rest);
    const term = termPattern.exec(rest);
    let length = 1;
    if (rest.startsWith("(")) found.push({ kind: "open" });
    else if (rest.startsWith(")")) found.push({ kind: "close" });
    else if (word) {
      found.push({ kind: word[1] === "AND" ? "and" : word[1] === "OR" ? "or" : "not" });
      length = word[0].length;
    } else if (term) {
      if (term[1]) found.push({ kind: "not" });
      const value = term[4] ?? term[5] ?? term[6] ?? "";
      found.push({
        kind: "term",
        term: {
          field: term[2] ?? "",
          comparator: comparators[term[3] ?? "="] ?? "=",
          value: term[6] === undefined ? value : uncoloned(value),
        },
      });
      length = term[0].length;
    } else {
      const broken = /^\S+/.exec(rest)?.[0] ?? rest;
      found.push({ kind: "broken", text: broken });
      length = broken.length;
    }
    rest = rest.slice(length).trimStart();
  }
  return found;
}

/** A bare value ends at a colon: `2026-11-20T09:00:00Z` arrives as `2026-11-20T09`. */
const uncoloned = (value: string): string => value.split(":")[0] ?? "";

const everything: Condition = { sql: "1", values: [] };
const joined = (word: "and" | "or", parts: readonly Condition[]): Condition =>
  parts.length === 1 && parts[0]
    ? parts[0]
    : { sql: `(${parts.map((part) => part.sql).join(` ${word} `)})`, values: parts.flatMap((part) => part.values) };

export function searchFor(text: string | null | undefined, fields: Readonly<Record<string, SearchField>>): Search {
  const warnings: Warning[] = [];
  const list = tokens(text ?? "");
  let place = 0;

  function term(): Condition {
    const token = list[place];
    place += 1;
    if (!token || token.kind === "close" || token.kind === "and" || token.kind === "or") {
      warnings.push({ field: "", message: "Unexpected end of a search term.", code: "syntax" });
      return everything;
    }
    if (token.kind === "not") {
      const inner = term();
      return { sql: `not (${inner.sql})`, values: inner.values };
    }
    if (token.kind === "open") {
      const inner = alternatives();
      if (list[place]?.kind === "close") place += 1;
      else warnings.push({ field: "", message: "A bracket is not closed.", code: "syntax" });
      return inner;
    }
    if (token.kind === "broken") {
      warnings.push({ field: token.text, message: "Invalid search field for this query.", code: "invalid_field" });
      return everything;
    }
    return lookUp(token.term);
  }

  function lookUp(asked: Term): Condition {
    const field = Object.hasOwn(fields, asked.field) ? fields[asked.field] : undefined;
    if (!field) {
      warnings.push({ field: asked.field, message: "Invalid search field for this query.", code: "invalid_field" });
      return everything;
    }
    const condition = field(asked);
    if (condition) return condition;
    warnings.push({
      field: asked.field,
      message: `Input \`${asked.value}\` is not an accepted value.`,
      code: "invalid_value",
    });
    return everything;
  }

  function together(): Condition {
    const parts = [term()];
    while (place < list.length && list[place]?.kind !== "or" && list[place]?.kind !== "close") {
      if (list[place]?.kind === "and") place += 1;
      parts.push(term());
    }
    return joined("and", parts);
  }

  function alternatives(): Condition {
    const parts = [together()];
    while (list[place]?.kind === "or") {
      place += 1;
      parts.push(together());
    }
    return joined("or", parts);
  }

  if (list.length === 0) return { condition: everything, warnings };
  const parts = [alternatives()];
  while (place < list.length) {
    place += 1;
    if (place < list.length) parts.push(alternatives());
  }
  return { condition: joined("and", parts), warnings };
}

const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** An instant, a local time or a plain date (both in the shop's zone), or a year. */
function searchedSeconds(value: string, zone: string, now: number): number | null {
  if (value === "now") return now;
  if (/^\d{4}$/.test(value)) return dayStartSeconds(`${value}-01-01`, zone);
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return Number.isNaN(Date.parse(value)) ? null : dayStartSeconds(value, zone);
  if (!instantPattern.test(value)) return null;
  const isAbsolute = /(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const parsed = Date.parse(isAbsolute ? value : `${value}Z`);
  if (Number.isNaN(parsed)) return null;
  if (isAbsolute) return parsed / 1000;
  const day = value.slice(0, 10);
  return dayStartSeconds(day, zone) + (parsed - Date.parse(`${day}T00:00:00Z`)) / 1000;
}

export const timeField =
  (column: string, zone: string, now: number): SearchField =>
  ({ comparator, value }) => {
    const seconds = searchedSeconds(value, zone, now);
    return seconds === null ? null : { sql: `${column} ${comparator} ?`, values: [seconds] };
  };
