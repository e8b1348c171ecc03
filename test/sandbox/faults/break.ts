// From a rule to what the caller meets: an answer in place of the real one, a bent one, or a hurt wire.
import { setTimeout as sleep } from "node:timers/promises";
import { json, pageAnswer, type Answer, type Incoming } from "../http.ts";
import { bendBytes, bendJson, withRecordsOf } from "./bend.ts";
import type { FaultKind, FaultRule } from "./rule.ts";
import type { Hurt } from "./send.ts";

const nothing: Answer = { status: 200, headers: {}, body: Buffer.alloc(0) };
const captcha =
  "<!doctype html><html><head><title>Verify you are human</title></head><body><h1>Checking your browser</h1></body></html>";

const graphqlError = (requestId: string, message: string, code: string): Answer =>
  json(200, {
    errors: [{ message, extensions: { code, requestId, documentation: "https://shopify.dev/api/usage/rate-limits" } }],
  });

const throttled = (): Answer =>
  json(200, {
    errors: [
      {
        message: "Throttled",
        extensions: { code: "THROTTLED", documentation: "https://shopify.dev/api/usage/rate-limits" },
      },
    ],
    extensions: {
      cost: {
        requestedQueryCost: 102,
        actualQueryCost: null,
        throttleStatus: { maximumAvailable: 2000, currentlyAvailable: 2, restoreRate: 100 },
      },
    },
  });

const cannedAnswers: Partial<Record<FaultKind, (rule: FaultRule, incoming: Incoming) => Answer>> = {
  throttled,
  tooMany: (rule) =>
    json(
      429,
      { errors: "Exceeded 2 calls per second for api client." },
      rule.retryAfter === null ? {} : { "retry-after": rule.retryAfter },
    ),
  serverError: (rule) =>
    pageAnswer(rule.status, `<html><body><h1>${rule.status}</h1><p>Something went wrong.</p></body></html>`),
  internalError: (_, incoming) =>
    graphqlError(
      incoming.requestId,
      "Internal error. Looks like something went wrong on our end.",
      "INTERNAL_SERVER_ERROR",
    ),
  unauthorized: () =>
    json(401, { errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" }),
  html: () => pageAnswer(200, captcha),
  empty: () => ({ ...nothing, status: 204 }),
  emptyBody: () => ({ ...nothing, headers: { "content-type": "application/json" } }),
  xml: () => ({
    status: 200,
    headers: { "content-type": "application/xml" },
    body: Buffer.from('<?xml version="1.0"?><Error><Code>InternalError</Code></Error>'),
  }),
  staleCursor: (_, incoming) =>
    graphqlError(incoming.requestId, "Invalid cursor for current pagination sort.", "BAD_REQUEST"),
  denyScope: (rule) => deniedScope(rule.text ?? "read_orders"),
  hang: () => nothing,
  reset: () => nothing,
  slowHeaders: () => nothing,
};

function deniedScope(scope: string): Answer {
  const message = `Access denied for orders field. Required access: \`${scope}\` access scope.`;
  const extensions = { code: "ACCESS_DENIED", documentation: "https://shopify.dev/api/usage/access-scopes" };
  return json(200, { errors: [{ message, path: ["orders"], extensions }], data: null });
}

/** Null: the request goes on to the real stand-in. */
export async function insteadOf(rule: FaultRule, incoming: Incoming): Promise<Answer | null> {
  if (rule.kind === "delay") await sleep(rule.ms);
  return cannedAnswers[rule.kind]?.(rule, incoming) ?? null;
}

const byteFaults: readonly FaultKind[] = ["truncatedJson", "truncatedGzip", "byteOrderMark"];

async function wholeBody(answer: Answer): Promise<Answer> {
  if (Buffer.isBuffer(answer.body)) return answer;
  const chunks: Buffer[] = [];
  for await (const chunk of answer.body) chunks.push(chunk);
  const { "content-length": _length, ...headers } = answer.headers;
  return { ...answer, headers, body: Buffer.concat(chunks) };
}

const wholeFaults: readonly FaultKind[] = [...byteFaults, "wrongLength"];

export async function bend(
  rule: FaultRule,
  answer: Answer,
  requestBody: string,
  pageBefore: Buffer | undefined,
): Promise<Answer> {
  if (rule.kind === "duplicatePage") return pageBefore ? withRecordsOf(answer, pageBefore) : answer;
  if (!wholeFaults.includes(rule.kind)) return bendJson(answer, rule, requestBody);
  const whole = await wholeBody(answer);
  return byteFaults.includes(rule.kind) ? bendBytes(whole, rule) : whole;
}

const wayByKind: Partial<Record<FaultKind, Hurt["way"]>> = {
  hang: "hang",
  reset: "reset",
  lostAnswer: "reset",
  cut: "cut",
  slow: "slow",
  slowHeaders: "slowHeaders",
  wrongLength: "wrongLength",
};

export function hurtOf(rule: FaultRule): Hurt | null {
  const way = wayByKind[rule.kind];
  return way === undefined ? null : { way, bytes: rule.bytes, ms: rule.ms };
}
