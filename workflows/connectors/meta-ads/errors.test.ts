// Every row of the error table, by code and subcode: the status of an answer says little.
import { expect, test } from "vitest";
import { graphFailure, refusalIn, statusFailure } from "./errors.ts";

const now = new Date("2026-11-20T12:00:00Z");
const at = { now, usage: null };
const failureOf = (error: object) => graphFailure(refusalIn({ message: "said", ...error }), at).failure;

const expired = { class: "reauthorize", why: "expired" };
const revoked = { class: "reauthorize", why: "revoked" };
const byGrant = { class: "permission", curedBy: "grant" };
const limit = { class: "rate_limit", code: "meta-ads.throttled", retryAt: "2026-11-20T12:01:00.000Z" };
const trouble = { class: "transient", code: "meta-ads.trouble" };

test.each<[string, object]>([
  ["190", expired],
  ["190/463", expired],
  ["190/458", { ...revoked, code: "meta-ads.appRemoved" }],
  ["190/460", { ...revoked, code: "meta-ads.passwordChanged" }],
  ["190/467", { ...revoked, code: "meta-ads.loggedOut" }],
  ["190/459", { ...revoked, code: "meta-ads.checkpoint" }],
  ["190/464", { ...revoked, code: "meta-ads.checkpoint" }],
  ["190/490", { ...revoked, code: "meta-ads.checkpoint" }],
  ["190/999", expired],
  ["102", expired],
  ["3", { class: "permission", curedBy: "operator" }],
  ["10", { ...byGrant, lacks: "ads_read" }],
  ["200", { ...byGrant, lacks: "Analyst" }],
  ["273", { ...byGrant, lacks: "ads_read" }],
  ["294", { ...byGrant, lacks: "ads_read" }],
  ["299", { ...byGrant, lacks: "ads_read" }],
  ["100/33", { class: "gone", what: "object" }],
  ["100", { class: "invalid_request", code: "meta-ads.badRequest" }],
  ["2500", { class: "invalid_request", code: "meta-ads.badRequest" }],
  ["100/1487534", { class: "invalid_request", code: "meta-ads.tooMuchData" }],
  ["100/1504018", { class: "transient", code: "meta-ads.timedOut" }],
  ["2/1504038", { class: "transient", code: "meta-ads.timedOut" }],
  ["3018", { class: "invalid_request", code: "meta-ads.tooFarBack" }],
  ["4", limit],
  ["4/1504022", limit],
  ["4/1504039", limit],
  ["17", limit],
  ["17/2446079", limit],
  ["32", limit],
  ["613", limit],
  ["613/1487742", limit],
  ["341", limit],
  ["80000", limit],
  ["80002", limit],
  ["80003", limit],
  ["80004", limit],
  ["80008", limit],
  ["80014", limit],
  ["80015", { class: "invalid_request", code: "meta-ads.badRequest" }],
  ["1", trouble],
  ["2", trouble],
  ["2/1504043", trouble],
  ["2/1504044", trouble],
  ["99", trouble],
  ["-2/2490547", trouble],
  ["368", { class: "permission", curedBy: "source", code: "meta-ads.blocked" }],
  ["101", { class: "permission", curedBy: "operator", code: "meta-ads.appUnknown" }],
  ["2635", { class: "invalid_request", code: "meta-ads.versionRetired" }],
  ["31337", { class: "invalid_request", code: "meta-ads.badRequest" }],
])("%s", (name, expected) => {
  const [code, subcode] = name.split("/").map(Number);
  expect(failureOf({ code, ...(subcode === undefined ? {} : { error_subcode: subcode }) })).toMatchObject(expected);
});

test("what Meta itself calls passing is passing, but not a dead token or a missing right", () => {
  expect(failureOf({ code: 31337, is_transient: true })).toMatchObject(trouble);
  expect(failureOf({ code: 100, is_transient: true })).toMatchObject(trouble);
  expect(failureOf({ code: 190, is_transient: true })).toMatchObject(expired);
  expect(failureOf({ code: 200, is_transient: true })).toMatchObject(byGrant);
});

test("what is said to be too much is asked for in less, by whatever code", () => {
  const message = "Please reduce the amount of data you're asking for, then retry your request";
  expect(failureOf({ code: 1, message })).toMatchObject({ class: "transient", code: "meta-ads.tooMuchData" });
  expect(failureOf({ code: 1, error_subcode: 99, message })).toMatchObject({ code: "meta-ads.tooMuchData" });
  expect(failureOf({ code: 100, message: `(#100) ${message}` })).toMatchObject({ code: "meta-ads.tooMuchData" });
  expect(failureOf({ code: 190, message })).toMatchObject(expired);
});

test("a wrong secret of our app is the operator's to mend, under whatever code", () => {
  const unknown = { class: "permission", curedBy: "operator", code: "meta-ads.appUnknown" };
  expect(failureOf({ code: 1, message: "Error validating client secret." })).toMatchObject(unknown);
});

test.each([
  [36_009, "This authorization code has been used."],
  [36_007, "This authorization code has expired."],
  [36_009, "Invalid verification code format."],
])("a code that is spent is cured by another consent: %s %s", (subcode, message) => {
  const spent = { ...revoked, code: "meta-ads.codeRefused" };
  expect(failureOf({ code: 100, error_subcode: subcode, message })).toMatchObject(spent);
  expect(failureOf({ code: 100, message })).toMatchObject(spent);
});

test("an address that is not the one which was consented to is ours to mend", () => {
  const message = "Error validating verification code. Please make sure your redirect_uri is identical to the one";
  expect(failureOf({ code: 100, error_subcode: 36_008, message })).toMatchObject({ code: "meta-ads.badRequest" });
});

test("a limit is waited for as long as the headers say, a minute at least", () => {
  const usage = { percent: 100, regainMinutes: 17, isStandard: false };
  expect(graphFailure(refusalIn({ code: 80000, message: "" }), { now, usage }).failure).toMatchObject({
    retryAt: "2026-11-20T12:17:00.000Z",
  });
});

test.each<[number, object]>([
  [500, trouble],
  [502, trouble],
  [503, trouble],
  [200, trouble],
  [401, expired],
  [429, limit],
])("%s without an error of Meta's own", (status, expected) => {
  expect(statusFailure(status, "<html>", at).failure).toMatchObject(expected);
});

test("names the request by Meta's trace of it", () => {
  expect(failureOf({ code: 1, fbtrace_id: "AbC-1_d" })).toMatchObject({ requestId: "AbC-1_d" });
  expect(failureOf({ code: 1 })).not.toHaveProperty("requestId");
});
