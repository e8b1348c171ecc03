// The filter language: `and(equals(messages.channel,'email'),greater-or-equal(updated_at,2026-01-01T00:00:00Z))`.
import { badParameter } from "./documents.ts";

export interface Condition {
  readonly operator: string;
  readonly field: string;
  readonly value: string;
}

const CONDITION = /^([a-z-]+)\(([a-z._]+),(.+)\)$/;

export function readFilter(text: string | null): Condition[] {
  if (text === null || text === "") return [];
  const inner = /^and\((.*)\)$/.exec(text)?.[1];
  return (inner === undefined ? [text] : split(inner)).map(readCondition);
}

export function readCondition(text: string): Condition {
  const [, operator = "", field = "", value = ""] = CONDITION.exec(text) ?? [];
  if (operator === "") throw badParameter("filter", `Invalid filter: '${text}'`);
  return { operator, field, value: value.replace(/^'(.*)'$/, "$1") };
}

/** At commas that stand in no brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (text[at] === "," && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

/** Each condition must be one of those that the endpoint knows. */
export function only(conditions: readonly Condition[], allowed: Readonly<Record<string, readonly string[]>>): void {
  for (const { field, operator } of conditions)
    if (!(allowed[field] ?? []).includes(operator))
      throw badParameter("filter", `'${operator}' is not an allowed filter operation on '${field}'`);
}

export function instantIn({ value }: Condition): number {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw badParameter("filter", `'${value}' is not a datetime`);
  return ms / 1000;
}
