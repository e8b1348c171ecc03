// From a rule to what the caller meets: an answer in place of the real one, a bent one, or a hurt wire.
import { setTimeout as sleep } from "node:timers/promises";
import { json, pageAnswer, type Answer, type Incoming } from "../http.ts";
import { bendBytes, bendJson, withRecordsOf } from "./bend.ts";
import type { FaultRule } from "./rule.ts";
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

/** Null: the request goes on to the real stand-in. */
export async function insteadOf(rule: FaultRule, incoming: Incoming): Promise<Answer | null> {
  switch (rule.kind) {
    case "throttled":
      return throttled();
    case "tooMany":
      return json(
        429,
        { errors: "Exceeded 2 calls per second for api client." },
        rule.retryAfter === null ? {} : { "retry-after": rule.retryAfter },
      );
    case "serverError":
      return pageAnswer(rule.status, `<html><body><h1>${rule.status}</h1><p>Something went wrong.</p></body></html>`);
    case "internalError":
      return graphqlError(
        incoming.requestId,
        "Internal error. Looks like something went wrong on our end.",
        "INTERNAL_SERVER_ERROR",
      );
    case "unauthorized":
      return json(401, { errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" });
    case "html":
      return pageAnswer(200, captcha);
    case "empty":
      return { ...nothing, status: 204 };
    case "emptyBody":
      return { ...nothing, headers: { "content-type": "application/json" } };
    case "xml":
      return {
        status: 200,
        headers: { "content-type": "application/xml" },
        body: Buffer.from('<?xml version="1.0"?><Error><Code>InternalError</Code></Error>'),
      };
    case "staleCursor":
      return json(200, {
        errors: [{ message: "Invalid cursor for current pagination sort.", extensions: { code: "BAD_REQUEST" } }],
      });
    case "denyScope":
      return json(200, {
        errors: [
          {
            message: `Access denied for orders field. Required access: \`${rule.text ?? "read_orders"}\` access scope.`,
            path: ["orders"],
            extensions: { code: "ACCESS_DENIED", documentation: "https://shopify.dev/api/usage/access-scopes" },
          },
        ],
        data: null,
      });
    case "hang":
    case "reset":
    case "slowHeaders":
      return nothing;
    case "delay":
      await sleep(rule.ms);
      return null;
    default:
      return null;
  }
}

export function bend(rule: FaultRule, answer: Answer, requestBody: string, pageBefore: Buffer | undefined): Answer {
  switch (rule.kind) {
    case "duplicatePage":
      return pageBefore ? withRecordsOf(answer, pageBefore) : answer;
    case "truncatedJson":
    case "truncatedGzip":
    case "byteOrderMark":
      return bendBytes(answer, rule);
    case "unordered":
    case "repeatRecords":
    case "emptyPage":
    case "poison":
    case "remove":
    case "rename":
    case "partial":
    case "lastPageForever":
      return bendJson(answer, rule, requestBody);
    default:
      return answer;
  }
}

export function hurtOf(rule: FaultRule): Hurt | null {
  const way = {
    hang: "hang",
    reset: "reset",
    lostAnswer: "reset",
    cut: "cut",
    slow: "slow",
    slowHeaders: "slowHeaders",
    wrongLength: "wrongLength",
  } as const;
  if (!Object.hasOwn(way, rule.kind)) return null;
  return { way: way[rule.kind as keyof typeof way], bytes: rule.bytes, ms: rule.ms };
}
