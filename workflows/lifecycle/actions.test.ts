import { commandKinds, roles } from "@headwater/db/schema/values.ts";
import { describe, expect, test } from "vitest";
import { actionFor, rolesThatMay } from "./actions.ts";
import type { ComesBy, CommandKind } from "./actions.ts";
import type { Facts } from "./facts.ts";
import { healthy, held, nothingLanded, NOW, paused } from "./testing/facts.ts";

const owner = { role: "owner", now: NOW } as const;
const kindsOfFacts = commandKinds.filter((kind) => kind !== "rename");
const allowed = (change: Partial<Facts>): CommandKind[] =>
  kindsOfFacts.filter((kind) => actionFor(kind, healthy(change), owner).allowed);
const whyNot = (kind: CommandKind, change: Partial<Facts>) => {
  const answer = actionFor(kind, healthy(change), owner);
  return answer.allowed ? null : answer.because;
};

describe("what an owner may do", () => {
  test.each<[string, Partial<Facts>, CommandKind[]]>([
    [
      "alive",
      {},
      [
        "pause",
        "syncNow",
        "resync",
        "checkNow",
        "extendHistory",
        "reauthorized",
        "setCadence",
        "setQuietHours",
        "setQuotaCeiling",
        "upload",
        "replace",
        "disconnect",
      ],
    ],
    [
      "paused",
      { userPaused: paused },
      ["resume", "reauthorized", "setCadence", "setQuietHours", "setQuotaCeiling", "replace", "disconnect"],
    ],
    [
      "dead credentials",
      { auth: "revoked" },
      ["pause", "reauthorized", "setCadence", "setQuietHours", "setQuotaCeiling", "upload", "replace", "disconnect"],
    ],
    ["waiting for consent", { phase: "AUTHORIZING", auth: "none" }, ["cancelConnect"]],
    [
      "choosing an account",
      { phase: "AUTHORIZING", auth: "none", accountsListed: true, accountChosen: false },
      ["chooseAccount", "cancelConnect"],
    ],
    ["disconnected, undo open", { disconnectedAt: NOW - 1, undoUntil: NOW + 1 }, ["undoDisconnect"]],
    ["disconnected for good, its data kept", { disconnectedAt: NOW - 2, undoUntil: NOW - 1 }, ["deleteData"]],
    ["disconnected by us", { disconnectedAt: NOW - 2, undoUntil: NOW - 2, phase: "END" }, ["deleteData"]],
    ["its data being deleted", { disconnectedAt: NOW - 2, undoUntil: NOW - 1, deleteData: true }, []],
    [
      "held after repeated failures",
      { holds: [held()] },
      ["pause", "resume", "reauthorized", "setCadence", "setQuietHours", "setQuotaCeiling", "replace", "disconnect"],
    ],
  ])("%s", (_title, change, kinds) => expect(allowed(change)).toEqual(kinds));
});

test("a store that was frozen is asked again when somebody says so, unless something else holds it too", () => {
  const frozen = held({ reason: "frozenAtSource" });
  expect(whyNot("resume", { holds: [frozen] })).toBe(null);
  expect(whyNot("resume", { holds: [frozen], userPaused: paused })).toBe(null);
  expect(actionFor("resume", healthy({ holds: [frozen, held({ reason: "plan" })] }), owner)).toEqual({
    allowed: false,
    because: "held",
    hold: "plan",
  });
  expect(whyNot("resume", { holds: [held({ reason: "frozenAtSource", until: NOW })] }), "over by itself").toBe(
    "notPaused",
  );
  for (const kind of ["syncNow", "resync", "extendHistory", "upload"] as const)
    expect(actionFor(kind, healthy({ holds: [frozen] }), owner), kind).toMatchObject({ hold: "frozenAtSource" });
});

test("what Headwater holds is not called paused: no resume ends it", () => {
  for (const reason of ["plan", "maintenance", "providerOutage"] as const)
    for (const kind of ["resume", "syncNow", "resync", "extendHistory", "upload"] as const)
      expect(actionFor(kind, healthy({ holds: [held({ reason })] }), owner), kind).toEqual({
        allowed: false,
        because: "held",
        hold: reason,
      });
  expect(whyNot("syncNow", { holds: [held()] }), "a resume ends a pause after failures").toBe("paused");
  expect(whyNot("syncNow", { holds: [held({ reason: "plan" })], userPaused: paused })).toBe("paused");
  expect(whyNot("syncNow", { holds: [held({ reason: "plan", until: NOW })] }), "over by itself").toBe(null);
});

test("each refusal says why", () => {
  expect(whyNot("syncNow", { auth: "expired" })).toBe("credentialsDoNotWork");
  expect(whyNot("syncNow", { userPaused: paused })).toBe("paused");
  expect(whyNot("syncNow", nothingLanded)).toBe("nothingLandedYet");
  expect(whyNot("resync", { backfill: "running" })).toBe("backfillRunning");
  expect(whyNot("checkNow", { backfill: "running" })).toBe("backfillRunning");
  expect(whyNot("checkNow", { auth: "revoked" })).toBe("credentialsDoNotWork");
  expect(whyNot("checkNow", { userPaused: paused })).toBe("paused");
  expect(whyNot("extendHistory", { backfill: "running" })).toBe("backfillRunning");
  expect(whyNot("extendHistory", { userPaused: paused })).toBe("paused");
  expect(whyNot("bringForward", {})).toBe("nothingQueued");
  expect(whyNot("bringForward", { backfill: "running", userPaused: paused })).toBe(null);
  expect(whyNot("undoDisconnect", { disconnectedAt: NOW - 2, undoUntil: NOW - 1 })).toBe("undoLapsed");
  // By the clock of whoever ended it the time was over.
  expect(whyNot("undoDisconnect", { disconnectedAt: NOW - 2, undoUntil: NOW + 1, phase: "END" })).toBe("undoLapsed");
  const ended = { disconnectedAt: NOW - 2, undoUntil: NOW - 1 };
  expect(whyNot("deleteData", {})).toBe("notDisconnected");
  expect(whyNot("deleteData", { ...ended, undoUntil: NOW + 1 })).toBe("undoOpen");
  expect(whyNot("deleteData", { ...ended, undoUntil: NOW + 1, deleteData: true })).toBe("deletionChosen");
  expect(whyNot("deleteData", { ...ended, deleteData: true })).toBe("deletionChosen");
  expect(whyNot("deleteData", { ...ended, deleteData: true, dataDeletedAt: NOW })).toBe("dataDeleted");
  // Gone with that of another datasource on the same account.
  expect(whyNot("deleteData", { ...ended, dataDeletedAt: NOW })).toBe("dataDeleted");
  expect(whyNot("disconnect", { phase: "AUTHORIZING", auth: "none" })).toBe("stillConnecting");
  expect(whyNot("replace", { auth: "none" })).toBe("stillConnecting");
  // It has no slot any more, and would have nothing to come back to.
  for (const kind of ["disconnect", "replace", "pause", "syncNow"] as const)
    expect(whyNot(kind, { replacedAt: NOW - 1 }), kind).toBe("replaced");
});

describe("what comes in files", () => {
  const kinds = (comesBy: ComesBy, change: Partial<Facts> = {}) =>
    kindsOfFacts.filter((kind) => actionFor(kind, healthy(change), { role: "owner", now: NOW, comesBy }).allowed);
  const whyNotOf = (kind: CommandKind, comesBy: ComesBy, change: Partial<Facts> = {}) => {
    const answer = actionFor(kind, healthy(change), { role: "owner", now: NOW, comesBy });
    return answer.allowed ? null : answer.because;
  };

  test("is stopped, resumed, given files and disconnected, and synced where there are feeds", () => {
    expect(kinds("feeds")).toEqual(["pause", "syncNow", "setQuietHours", "upload", "disconnect"]);
    expect(kinds("files")).toEqual(["pause", "upload", "disconnect"]);
    expect(kinds("feeds", { userPaused: paused })).toEqual(["resume", "setQuietHours", "disconnect"]);
    expect(kinds("files", { disconnectedAt: NOW - 1, undoUntil: NOW + 1 })).toEqual(["undoDisconnect"]);
  });

  test("has nothing to read again, to sign in to, or to put another in the place of, and says so", () => {
    for (const kind of [
      "resync",
      "bringForward",
      "extendHistory",
      "reauthorized",
      "replace",
      "setCadence",
      "setQuotaCeiling",
    ] as const)
      for (const comesBy of ["feeds", "files"] as const) expect(whyNotOf(kind, comesBy), kind).toBe("comesInFiles");
    expect(whyNotOf("syncNow", "files")).toBe("nothingToFetch");
    expect(whyNotOf("setQuietHours", "files")).toBe("nothingToFetch");
    expect(whyNotOf("syncNow", "feeds", { userPaused: paused })).toBe("paused");
    expect(whyNotOf("checkNow", "files")).toBe("noAggregate");
    expect(whyNotOf("checkNow", "feeds", { userPaused: paused }), "nor would a resume bring one").toBe("noAggregate");
    expect(whyNotOf("resync", "files", { disconnectedAt: NOW - 1, undoUntil: NOW + 1 })).toBe("disconnected");
  });
});

test("a source without totals of its own is not checked: it says so, unless it is disconnected", () => {
  const asker = { ...owner, hasAggregate: false };
  expect(actionFor("checkNow", healthy(), asker)).toEqual({ allowed: false, because: "noAggregate" });
  expect(actionFor("syncNow", healthy(), asker).allowed).toBe(true);
  const ended = healthy({ disconnectedAt: NOW - 2, undoUntil: NOW - 1 });
  expect(actionFor("checkNow", ended, asker)).toEqual({ allowed: false, because: "disconnected" });
});

test("a role that may not is told which roles may", () => {
  expect(actionFor("pause", healthy(), { role: "viewer", now: NOW })).toEqual({
    allowed: false,
    because: "role",
    rolesThatMay: ["owner", "admin"],
  });
  expect(actionFor("syncNow", healthy(), { role: "analyst", now: NOW })).toEqual({ allowed: true });
});

test("an owner may whatever another role may", () => {
  for (const kind of kindsOfFacts) {
    expect(rolesThatMay(kind)).toContain("owner");
    for (const role of rolesThatMay(kind)) expect(roles).toContain(role);
  }
});
