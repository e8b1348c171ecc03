import { describe, expect, test } from "vitest";
import * as fc from "fast-check";
import { apiTokenId, organisationId, userId } from "@headwater/db/schema/ids.ts";
import { addressKey } from "../signin/throttle.ts";
import { isWeak } from "../signin/passwords.ts";
import { slugOf } from "../signin/sign-up.ts";
import { tokenInCookie } from "../signin/session.ts";
import { organisationInState, stateOf } from "../oauth/state.ts";
import { connectAttemptId } from "@headwater/db/schema/ids.ts";
import { classOf, NOBODY } from "./caller.ts";
import type { Caller } from "./caller.ts";
import { may, PERMISSIONS } from "./permissions.ts";
import { makeRates } from "./rates.ts";
import { isSameHash, makeToken, readToken } from "./token-text.ts";

const organisation = organisationId("11111111-1111-7111-8111-111111111111");
const token = apiTokenId("22222222-2222-7222-8222-222222222222");
const person = (role: "owner" | "admin" | "analyst" | "viewer" | null): Caller => ({
  kind: "person",
  userId: userId("33333333-3333-7333-8333-333333333333"),
  sessionId: "s",
  name: "n",
  email: "e",
  organisationId: role === null ? null : organisation,
  region: "IN",
  role,
});
const tool = (...scopes: ("read" | "manage" | "costs:upload")[]): Caller => ({
  kind: "token",
  tokenId: token,
  name: "t",
  organisationId: organisation,
  region: "IN",
  scopes,
});

const isPermission = (name: string): name is keyof typeof PERMISSIONS => name in PERMISSIONS;
const permissions = Object.keys(PERMISSIONS).filter(isPermission);

test("the permission table, row by row and caller by caller", () => {
  const callers = {
    nobody: NOBODY,
    outside: person(null),
    viewer: person("viewer"),
    analyst: person("analyst"),
    admin: person("admin"),
    owner: person("owner"),
    reads: tool("read"),
    manages: tool("read", "manage"),
    managesOnly: tool("manage"),
    uploads: tool("costs:upload"),
  };
  const table = Object.fromEntries(
    permissions.map((name) => [
      name,
      Object.entries(callers)
        .filter(([, caller]) => may(caller, name))
        .map(([who]) => who)
        .join(" "),
    ]),
  );
  const members = "viewer analyst admin owner";
  expect(table).toEqual({
    anybody: `nobody outside ${members} reads manages managesOnly uploads`,
    ownAccount: `outside ${members}`,
    readOrganisation: `${members} reads manages`,
    readMembers: "admin owner",
    readCatalog: `${members} reads manages`,
    readDatasources: `${members} reads manages`,
    readNumbers: `${members} reads manages`,
    syncNow: "analyst admin owner manages managesOnly",
    manageDatasources: "admin owner manages managesOnly",
    uploadCosts: "analyst admin owner uploads",
    consent: "admin owner",
    readTokens: "analyst admin owner",
    manageOwnTokens: "analyst admin owner",
    manageTokens: "admin owner",
    setPlan: "owner",
    signReview: "admin owner",
    tellOpened: members,
    ownInbox: members,
    reviewAccess: "admin owner manages managesOnly",
    ownCalendar: "admin owner",
    askOthers: members,
  });
});

test("callers of different rights are never of one class", () => {
  const classes = [NOBODY, person(null), person("viewer"), person("owner"), tool("read"), tool("read", "manage")].map(
    classOf,
  );
  expect(new Set(classes).size).toBe(classes.length);
  expect(classOf(tool("manage", "read"))).toBe(classOf(tool("read", "manage")));
});

describe("API tokens", () => {
  test("read back what was made; any change of a character is no token, or another secret", () => {
    const made = makeToken(organisation, token);
    const read = readToken(made.text);
    expect(read).toMatchObject({ organisationId: organisation, tokenId: token });
    expect(isSameHash(read?.secretHash ?? "", made.secretHash)).toBe(true);
    expect(made.text.split("_")[2]?.endsWith(made.lastFour) === true || made.text.includes(made.lastFour)).toBe(true);
    fc.assert(
      fc.property(fc.nat(made.text.length - 1), fc.constantFrom("0", "a", "Z", "_", "-", "x"), (place, letter) => {
        const changed = made.text.slice(0, place) + letter + made.text.slice(place + 1);
        if (changed === made.text) return;
        const other = readToken(changed);
        expect(
          other === null ||
            other.secretHash !== made.secretHash ||
            other.tokenId !== token ||
            other.organisationId !== organisation,
        ).toBe(true);
      }),
    );
  });
  test("two of one organisation share nothing of their secret", () => {
    expect(makeToken(organisation, token).secretHash).not.toBe(makeToken(organisation, token).secretHash);
  });
});

test("rates: all budgets or none; the wait is told; a minute later it goes on", () => {
  const rates = makeRates();
  const both = [
    { key: "token", limit: 100 },
    { key: "organisation", limit: 150 },
  ];
  expect(rates.take(both, 60, 0)).toEqual({ limit: 100, remaining: 40, retryAfter: null });
  expect(rates.take(both, 60, 10_000)).toMatchObject({ limit: 100, remaining: 40, retryAfter: 50 });
  expect(
    rates.take(
      [
        { key: "other", limit: 100 },
        { key: "organisation", limit: 150 },
      ],
      95,
      20_000,
    ),
  ).toMatchObject({ limit: 150, retryAfter: 40 });
  expect(rates.take([{ key: "other", limit: 100 }], 100, 20_000).retryAfter, "nothing was taken from it").toBeNull();
  expect(rates.take(both, 60, 60_001).retryAfter).toBeNull();
});

test("an IPv6 customer is one visitor, however many addresses; IPv4 in disguise is IPv4", () => {
  expect(addressKey("2001:db8:1:2:3:4:5:6")).toBe(addressKey("2001:db8:1:2::ffff"));
  expect(addressKey("2001:db8:1:2::1")).not.toBe(addressKey("2001:db8:1:3::1"));
  expect(addressKey("::1")).toBe("0:0:0:0::/64");
  expect(addressKey("fe80::1%eth0")).toBe("fe80:0:0:0::/64");
  expect(addressKey("::ffff:203.0.113.9")).toBe("203.0.113.9");
  expect(addressKey(null)).toBe("unknown");
});

test("weak passwords: short, common, one letter over and over, one's own name", () => {
  expect(
    ["short", "password1234", "AAAAAAAAAAAA", "ananyaananya", "headwater 2026", "ananya by the sea"].map((password) =>
      isWeak(password, ["Ananya"]),
    ),
  ).toEqual([true, true, true, true, true, false]);
  expect(isWeak("correct horse battery", ["Ananya"])).toBe(false);
  expect(isWeak("x".repeat(129), [])).toBe(true);
});

test("slugs are plain, never empty, and short", () => {
  expect(["Monsoon & Moss", "  Café Zürich!  ", "মৌচুমী", "--", "x".repeat(90)].map(slugOf)).toEqual([
    "monsoon-and-moss",
    "cafe-zurich",
    "brand",
    "brand",
    "x".repeat(40),
  ]);
});

test("cookies and states: what we did not make is nothing", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(tokenInCookie(text, "secret-secret-secret-secret-secret")).toBeNull();
    }),
  );
  const state = stateOf("secret", organisation, connectAttemptId("44444444-4444-7444-8444-444444444444"), "nonce");
  expect(organisationInState(state)).toBe(organisation);
  expect(stateOf("secret", organisation, connectAttemptId("44444444-4444-7444-8444-444444444445"), "nonce")).not.toBe(
    state,
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 70 }), (text) => {
      expect(organisationInState(text) === null || text.length === 64).toBe(true);
    }),
  );
});
