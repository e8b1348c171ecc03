import { expect, test } from "vitest";
import { isInactive, matching } from "./matching-accounts.ts";

const account = (externalId: string, name: string, currency: string, zone: string) => ({
  externalId,
  name,
  currency,
  zone,
  domain: null,
  group: "Monsoon Holding",
  state: null,
  activity: null,
  connected: null,
  isSelectable: true,
  reason: null,
});
const all = [
  account("act_101", "Monsoon & Moss", "INR", "Asia/Kolkata"),
  account("act_102", "Moss Europe", "EUR", "Europe/Berlin"),
];
const found = (typed: string): string[] => matching(all, typed).map(({ externalId }) => externalId);

test("an account is found by its name, number, currency or zone, and by several of them at once", () => {
  expect(found("")).toEqual(["act_101", "act_102"]);
  expect(found("MOSS")).toEqual(["act_101", "act_102"]);
  expect(found("101")).toEqual(["act_101"]);
  expect(found("eur berlin")).toEqual(["act_102"]);
  expect(found("inr berlin")).toEqual([]);
  expect(found("holding inr")).toEqual(["act_101"]);
});

const why = (code: string) => ({ code, message: "", meaning: null, since: null, until: null, by: null, remedy: null });
const connected = { id: "d-1", name: "Moss", connectedBy: null };
const cannot = { isSelectable: false, connected: null };

test.each([
  { one: "that can be chosen", candidate: { isSelectable: true, connected: null, reason: null }, folded: false },
  { one: "that is closed", candidate: { ...cannot, reason: why("closed") }, folded: true },
  { one: "that is disabled", candidate: { ...cannot, reason: why("restricted") }, folded: true },
  { one: "that this sign-in may not read", candidate: { ...cannot, reason: why("unreadable") }, folded: false },
  { one: "that is connected", candidate: { ...cannot, connected, reason: why("connected") }, folded: false },
])("only what the source itself has ended is folded away: one $one", ({ candidate, folded }) =>
  expect(isInactive(candidate)).toBe(folded),
);
