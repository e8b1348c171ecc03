// Every row of the error table, by status and by the code inside, as Klaviyo sends it.
import { expect, test } from "vitest";
import { refusedBy } from "./errors.ts";

const now = new Date("2026-11-20T12:00:00Z");
const failureFrom = (status: number, body: string, retryAfter?: string) =>
  refusedBy({ status, body, retryAfter, now, scope: "metrics:read" }).failure;
const document = (code: string, detail: string, more: object = {}): string =>
  JSON.stringify({ errors: [{ id: "9d1f", code, title: "x", detail, ...more }] });

const keyRefused = { class: "reauthorize", why: "revoked", code: "klaviyo.keyRefused" };
const badRequest = { class: "invalid_request", code: "klaviyo.badRequest" };
const trouble = { class: "transient", code: "klaviyo.trouble" };

test.each<[string, number, string, object]>([
  ["no key", 401, document("not_authenticated", "Authentication credentials were not provided."), keyRefused],
  ["a dead key", 401, document("authentication_failed", "Incorrect authentication credentials."), keyRefused],
  ["a dead key without a word", 401, "", keyRefused],
  ["a dead key, as older revisions say it", 400, document("invalid", "Missing or invalid API key."), keyRefused],
  ["a key's code with another status", 403, document("authentication_failed", "Incorrect credentials."), keyRefused],
  [
    "a scope that is named",
    403,
    document("permission_denied", "This key is missing a required scope: flows:read"),
    { class: "permission", lacks: "flows:read", curedBy: "grant", code: "klaviyo.scopeMissing" },
  ],
  [
    "a scope that is not named",
    403,
    document("permission_denied", "You do not have permission."),
    { class: "permission", lacks: "metrics:read" },
  ],
  // What stands before Klaviyo's API asks browsers for proof now and then; of the key it says nothing.
  ["403 as a page of HTML", 403, "<!DOCTYPE html><title>Just a moment...</title>", trouble],
  ["403 without a word", 403, "", trouble],
  ["a bad filter", 400, document("invalid", "'datetime' is not a valid filter"), badRequest],
  ["a missing revision", 400, document("invalid", "A valid revision header is required."), badRequest],
  [
    "a cursor that has run out",
    400,
    document("invalid", "Invalid input.", { source: { parameter: "page[cursor]" } }),
    { class: "invalid_request", code: "klaviyo.cursorRefused" },
  ],
  ["what is gone", 404, document("not_found", "A metric with id X does not exist."), { class: "gone", what: "object" }],
  ["a wrong verb", 405, document("method_not_allowed", 'Method "GET" not allowed.'), badRequest],
  ["a wrong accept", 406, document("not_acceptable", "Could not satisfy the Accept header."), badRequest],
  ["a wrong media type", 415, document("unsupported_media_type", "Unsupported media type."), badRequest],
  ["a conflict", 409, document("conflict", "Conflict."), badRequest],
  [
    "a retired revision",
    410,
    document("gone", "Revision 2023-02-22 has been retired."),
    { class: "invalid_request", code: "klaviyo.revisionRetired" },
  ],
  ["500", 500, document("error", "A server error occurred."), trouble],
  ["502 as HTML", 502, "<html>Bad gateway</html>", trouble],
  ["503", 503, "", trouble],
  ["408", 408, "", trouble],
  ["a redirect", 302, "", trouble],
])("%s", (_what, status, body, expected) => {
  expect(failureFrom(status, body)).toMatchObject(expected);
});

const throttled = document("throttled", "Request was throttled. Expected available in 12 seconds.");

test.each<[string, string, string | undefined, string]>([
  ["by its header", throttled, "9", "2026-11-20T12:00:09.000Z"],
  ["by its words, without a header", throttled, undefined, "2026-11-20T12:00:12.000Z"],
  ["by half of the window, where nothing is told", "", undefined, "2026-11-20T12:00:30.000Z"],
  ["by an hour at most", throttled, "31536000", "2026-11-20T13:00:00.000Z"],
])("a limit is waited for %s", (_what, body, retryAfter, retryAt) => {
  expect(failureFrom(429, body, retryAfter)).toMatchObject({ class: "rate_limit", code: "klaviyo.throttled", retryAt });
});

test("trouble with a time is waited for by it", () => {
  expect(failureFrom(503, "", "20")).toMatchObject({ ...trouble, retryAt: "2026-11-20T12:00:20.000Z" });
});

test("is told in Klaviyo's words without anything secret, and in 200 characters at most", () => {
  const secret = `pk_${"a1b2".repeat(9)}`;
  const { said } = failureFrom(500, document("error", `${secret} ananya@monsoonandmoss.in ${"x".repeat(5_000)}`));
  expect(said).not.toMatch(/a1b2|ananya/);
  expect(said.length).toBeLessThanOrEqual(200);
});

test("names the request by Klaviyo's id of the error, where it gives a plain one", () => {
  expect(failureFrom(500, document("error", "x")).requestId).toBe("9d1f");
  expect(failureFrom(500, "")).not.toHaveProperty("requestId");
  expect(failureFrom(500, document("error", "x", { id: "a name, with words" }))).not.toHaveProperty("requestId");
});
