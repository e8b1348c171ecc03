// JSON:API as Klaviyo speaks it: documents, errors, links, and numbers written as a float would print.
import type { Answer } from "../http.ts";

export const MEDIA_TYPE = "application/vnd.api+json";
export const API = "https://a.klaviyo.com/api";

export const document = (body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { "content-type": MEDIA_TYPE, ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

/** What is wrong with a request; thrown, and told in their shape. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly source: Readonly<Record<string, string>> | null;
  readonly headers: Readonly<Record<string, string>>;
  constructor(
    status: number,
    code: string,
    detail: string,
    more: { source?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.source = more.source ?? null;
    this.headers = more.headers ?? {};
  }
}

const titles: Readonly<Record<string, string>> = {
  invalid: "Invalid input.",
  not_authenticated: "Authentication credentials were not provided.",
  authentication_failed: "Incorrect authentication credentials.",
  permission_denied: "You do not have permission to perform this action.",
  not_found: "Not found.",
  method_not_allowed: "Method not allowed.",
  throttled: "Request was throttled.",
};

export function errorAnswer({ status, code, message, source, headers }: Refusal, id: string): Answer {
  const error = {
    id,
    status,
    code,
    title: titles[code] ?? "Error.",
    detail: message,
    ...(source === null ? {} : { source }),
  };
  return {
    status,
    headers: { "content-type": MEDIA_TYPE, ...headers },
    body: Buffer.from(JSON.stringify({ errors: [error] })),
  };
}

export const badParameter = (parameter: string, detail: string): Refusal =>
  new Refusal(400, "invalid", detail, { source: { parameter } });
export const badField = (field: string, detail: string): Refusal =>
  new Refusal(400, "invalid", detail, { source: { pointer: `/data/attributes/${field}` } });

/** As Python prints a float: `2810.0`, `830.5`. Digits of money, exact. */
export function amountJson(minor: number, exponent: number): object {
  const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
  const whole = exponent === 0 ? digits : digits.slice(0, -exponent);
  const fraction = exponent === 0 ? "" : digits.slice(-exponent).replace(/0+$/, "");
  return JSON.rawJSON(`${minor < 0 ? "-" : ""}${whole}.${fraction === "" ? "0" : fraction}`);
}

/** `2025-01-31T10:00:00+00:00` */
export const instantJson = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().replace(".000Z", "+00:00");

export const encodeCursor = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

export function decodeCursor(cursor: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (typeof value === "object" && value !== null) return { ...value };
  } catch {
    // Not one of ours: refused below.
  }
  throw badParameter("page[cursor]", "Invalid page cursor.");
}
