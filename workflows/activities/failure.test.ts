import { describe, expect, test } from "vitest";
import { asFailure, isDatabaseAway, shortly } from "./failure.ts";
import { judge } from "./judging.ts";

describe("what leaves an activity as an error", () => {
  test("a bug is tried five times over half an hour, then given to the workflow", () => {
    const waits = [1, 2, 3, 4].map((attempt) => asFailure(new TypeError("x is undefined"), attempt));
    expect(waits.map(({ type, nonRetryable }) => ({ type, nonRetryable }))).toEqual(
      waits.map(() => ({ type: "bug", nonRetryable: false })),
    );
    expect(asFailure(new TypeError("x is undefined"), 5).nonRetryable).toBe(true);
  });

  test("a database that is away uses no try up", () => {
    for (const code of ["ECONNREFUSED", "CONNECTION_CLOSED", "57P01", "57P03", "40001", "40P01", "53300"]) {
      const failure = asFailure(Object.assign(new Error("away"), { code }), 50);
      expect({ code, type: failure.type, nonRetryable: failure.nonRetryable }).toEqual({
        code,
        type: "database",
        nonRetryable: false,
      });
    }
    expect(isDatabaseAway(Object.assign(new Error("a unique key"), { code: "23505" }))).toBe(false);
    expect(isDatabaseAway(new Error("wrapped", { cause: Object.assign(new Error("x"), { code: "57P01" }) }))).toBe(
      true,
    );
  });

  test("what was said is cut between characters, to what a history may hold", () => {
    const cut = shortly("€".repeat(200));
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(200);
    expect(cut).toMatch(/^€+…$/);
    expect(shortly("short")).toBe("short");
    expect(shortly("cut before \ud83d")).toBe("cut before \ufffd");
  });
});

describe("what a class means", () => {
  const said = { code: "x", said: "no" };
  test.each([
    [{ class: "reauthorize", why: "revoked", ...said }, "credential"],
    [{ class: "reauthorize", why: "expired", ...said }, "credential"],
    [{ class: "permission", lacks: "read_orders", curedBy: "grant", ...said }, "credential"],
    [{ class: "permission", lacks: "atSource", curedBy: "source", ...said }, "frozen"],
    [{ class: "permission", lacks: "app", curedBy: "operator", ...said }, "bug"],
    [{ class: "gone", what: "account", ...said }, "gone"],
    [{ class: "gone", what: "object", ...said }, "shape"],
    [{ class: "rate_limit", retryAt: "2026-11-21T00:00:00Z", ...said }, "later"],
    [{ class: "transient", ...said }, "later"],
    [{ class: "invalid_request", ...said }, "shape"],
    [{ class: "bug", code: "bug", said: "no", fingerprint: "f" }, "bug"],
  ] as const)("%o", (failure, kind) => expect(judge(failure).kind).toBe(kind));

  test("a missing scope is named", () => {
    const verdict = judge({ class: "permission", lacks: "read_all_orders", curedBy: "grant", ...said });
    expect(verdict).toMatchObject({
      auth: "notPermitted",
      reason: { code: "scopeMissing", lacks: ["read_all_orders"] },
    });
  });
});
