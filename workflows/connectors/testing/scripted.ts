// A session whose source is a function: what would have gone over the wire is answered at once. No retries: what a
// connector throws is what a test sees.
import type { Json } from "../json.ts";
import { answerOf } from "../outbound/answer.ts";
import { startDeadline } from "../outbound/deadline.ts";
import { networkFailure } from "../outbound/answer.ts";
import { Readable } from "node:stream";
import type { Answer } from "../outbound/outbound.ts";
import type { BucketReading, SourceRequest, SourceSession, WindowReading } from "../session.ts";

export type Scripted = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: string };
export type Script = (request: SourceRequest) => Scripted;

export type ScriptedSession = SourceSession & {
  readonly sent: SourceRequest[];
  readonly readings: BucketReading[];
  readonly windows: (WindowReading & { readonly allowance: string })[];
};

export function makeScriptedSession(
  script: Script,
  more: { scopes?: readonly string[]; login?: string; now?: () => Date } = {},
): ScriptedSession {
  const sent: SourceRequest[] = [];
  const readings: BucketReading[] = [];
  const windows: ScriptedSession["windows"] = [];
  return {
    sent,
    readings,
    windows,
    login: { key: more.login ?? "tea.myshopify.com", details: {} },
    account: null,
    scopes: new Set(
      more.scopes ?? ["read_orders", "read_all_orders", "read_customers", "read_products", "read_inventory"],
    ),
    choices: { settle: () => Promise.resolve(null) },
    clock: { now: more.now ?? (() => new Date("2026-11-20T12:00:00Z")) },
    signal: new AbortController().signal,
    log: { info: () => {}, warn: () => {} },
    measured: (reading) => void readings.push(reading),
    left: (allowance, reading) => void windows.push({ allowance, ...reading }),
    http: {
      call: async (request, read) => {
        sent.push(request);
        return read(scriptedAnswer(script(request)));
      },
    },
  };
}

export function scriptedAnswer({ status = 200, headers = {}, body }: Scripted): Answer {
  return answerOf({
    status,
    headers: { "content-type": "application/json", ...headers },
    body: Readable.from([Buffer.from(body)]),
    bytesMax: 1024 ** 3,
    deadline: startDeadline(60_000, undefined, networkFailure),
  });
}

/** The text and variables of a GraphQL request. */
export function askedIn(request: SourceRequest): { readonly query: string; readonly variables: Record<string, Json> } {
  const body: { query: string; variables: Record<string, Json> } = JSON.parse(request.body ?? "{}");
  return body;
}
