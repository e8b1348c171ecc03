import { expect, test } from "vitest";
import type { RunAttempt } from "../detail/detail.documents.ts";
import { forSupport } from "./for-support.ts";

const attempt = (more: Partial<RunAttempt>): RunAttempt => ({
  id: "a",
  n: 1,
  stream: "orders",
  title: "Bestellungen",
  feed: null,
  times: 1,
  uploads: [],
  startedAt: "2026-11-20T17:05:00.000Z",
  finishedAt: "2026-11-20T17:05:09.000Z",
  message: "Es ging schief.",
  code: "shopify.throttled",
  read: "0",
  failure: { class: "RATE_LIMIT", said: 'Throttled: "slow down"', requestId: "8f1c-2a" },
  next: null,
  ...more,
});

test("names the run, and of each attempt that failed its moment, stream, class, code, request and the source's words", () => {
  const alone = attempt({ stream: null, code: null, failure: { class: "BUG", said: null, requestId: null }, times: 3 });
  expect(forSupport("UnVuOjE", [attempt({}), attempt({ failure: null }), alone])).toBe(
    [
      "run UnVuOjE",
      String.raw`2026-11-20T17:05:00.000Z · orders · RATE_LIMIT · shopify.throttled · request 8f1c-2a · "Throttled: \"slow down\""`,
      "2026-11-20T17:05:00.000Z · whole run · BUG · 3 times in a row",
    ].join("\n"),
  );
});

test("is nothing where nothing failed", () => {
  expect(forSupport("UnVuOjE", [attempt({ failure: null })])).toBeNull();
  expect(forSupport("UnVuOjE", [])).toBeNull();
});
