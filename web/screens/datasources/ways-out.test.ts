import { describe, expect, it } from "vitest";
import { datasourceFixture, reason } from "../../gallery/fixtures.ts";
import type { ActionName, Reason } from "../../live/live.documents.ts";
import { goesOnAt, headReasons, pressingReason, rowReason, wayOut } from "./ways-out.ts";

type Kind = NonNullable<Reason["remedy"]>["kind"];

const kinds: readonly Kind[] = [
  "RESUME",
  "REAUTHORIZE",
  "RETRY",
  "WAIT",
  "START_AGAIN",
  "SWITCH_ACCOUNT",
  "GRANT_SCOPES",
  "REPLACE_ONE",
  "DISCONNECT_ONE",
  "UPGRADE",
  "CONTACT_SUPPORT",
  "ASK_ADMIN",
  "FIX_INPUT",
  "UNDO",
  "CONNECT_FIRST",
  "AT_SOURCE",
  "SIGN_IN",
];
const remedy = (kind: Kind) => ({ kind, label: kind, url: null });
const allow = (...actions: ActionName[]) =>
  actions.map((action) => ({ action, isAllowed: true, reason: null }) as const);
const dead = (kind: Kind) =>
  datasourceFixture({
    connection: { status: "REAUTHORIZE", isDead: true, reason: reason("Dead", { remedy: remedy(kind) }) },
    dataSync: { status: "NOT_SYNCED", reason: reason("Cannot be read", { code: "credentialsDoNotWork" }) },
    viewerCan: allow("REAUTHORIZE", "RESUME", "DISCONNECT"),
  });

describe("the one thing to do", () => {
  it.each(kinds)("is a new consent for every dead connection, whatever its remedy is called: %s", (kind) => {
    expect(wayOut(dead(kind), remedy(kind))).toBe("reauthorize");
  });

  it("never resumes what cannot be read", () => {
    const onlyResume = { ...dead("RESUME"), viewerCan: allow("RESUME") };
    expect(wayOut(onlyResume, remedy("RESUME"))).toBeNull();
  });

  it.each([
    ["RESUME", "resume"],
    ["RETRY", null],
    ["AT_SOURCE", "checkAgain"],
    ["WAIT", null],
    ["UPGRADE", "plan"],
  ] as const)("of a stopped datasource whose remedy is %s is %s", (kind, expected) => {
    const stopped = datasourceFixture({ viewerCan: allow("RESUME", "DISCONNECT") });
    expect(wayOut(stopped, remedy(kind))).toBe(expected);
  });

  it("of one whose history did not come in whole is to resync it, for who may", () => {
    const incomplete = datasourceFixture({
      dataSync: { status: "ACTIVE", reason: reason("Not whole", { code: "historyIncomplete" }) },
      viewerCan: allow("RESYNC", "PAUSE"),
    });
    expect(wayOut(incomplete, remedy("RETRY"))).toBe("resync");
    expect(wayOut({ ...incomplete, viewerCan: allow("PAUSE") }, remedy("RETRY"))).toBeNull();
  });

  it("of one that is given files and has none yet is to give one, for who may", () => {
    const waits = datasourceFixture({
      dataSync: { status: "NOT_SYNCED", reason: reason("No file", { code: "noFileYet" }) },
      viewerCan: allow("UPLOAD", "PAUSE"),
    });
    expect(wayOut(waits, null)).toBe("giveFile");
    expect(wayOut({ ...waits, viewerCan: allow("PAUSE") }, null)).toBeNull();
  });

  it("of one whose first file waits for somebody is to look at that one, not to give another", () => {
    const waits = datasourceFixture({
      dataSync: { status: "NOT_SYNCED", reason: reason("A file waits", { code: "noFileYet.waits" }) },
      viewerCan: allow("UPLOAD", "PAUSE"),
    });
    expect(wayOut(waits, null)).toBe("lookAtFile");
    expect(wayOut({ ...waits, viewerCan: allow("PAUSE") }, null)).toBeNull();
  });

  it("is nothing for who may not do it", () => {
    expect(wayOut({ ...dead("GRANT_SCOPES"), viewerCan: [] }, remedy("GRANT_SCOPES"))).toBeNull();
  });
});

describe("the reason in a row", () => {
  it("is what ended the grant, not that nothing can be read", () => {
    expect(rowReason(dead("GRANT_SCOPES"))?.message).toBe("Dead");
    expect(pressingReason(dead("GRANT_SCOPES"))?.message).toBe("Dead");
  });

  it("is the pause, even beside a dead grant", () => {
    const paused = {
      ...dead("REAUTHORIZE"),
      dataSync: { status: "INACTIVE" as const, reason: reason("Paused by Arjun", { code: "pausedByPerson" }) },
    };
    expect(rowReason(paused)?.message).toBe("Paused by Arjun");
  });
});

describe("the reasons under the head of a datasource", () => {
  it("say who stopped it", () => {
    const dataSync = { status: "INACTIVE" as const, reason: reason("Paused by Arjun", { code: "pausedByPerson" }) };
    expect(headReasons(datasourceFixture({ dataSync })).map(({ message }) => message)).toEqual(["Paused by Arjun"]);
  });

  it("say a dead grant once", () => {
    expect(headReasons(dead("REAUTHORIZE")).map(({ message }) => message)).toEqual(["Dead"]);
  });

  it("say once when it goes on", () => {
    const until = "2026-11-20T06:13:00Z";
    for (const code of ["providerDown", "rateLimit", "ceiling"])
      expect(goesOnAt(reason("It goes on at 11:43.", { code, until })), code).toBeNull();
    expect(goesOnAt(reason("Paused by Arjun", { code: "pausedByPerson", until }))).toBe(until);
  });

  it("leave a first history to its own card", () => {
    const dataSync = {
      status: "FETCHING_HISTORICAL_DATA" as const,
      reason: reason("Being read", { code: "firstBackfill" }),
    };
    expect(headReasons(datasourceFixture({ dataSync }))).toEqual([]);
  });
});
