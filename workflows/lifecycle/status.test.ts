import { describe, expect, test } from "vitest";
import type { Facts } from "./facts.ts";
import { deriveStatus } from "./status.ts";
import { DAY, healthy, held, HOUR, nothingLanded, NOW, paused } from "./testing/facts.ts";

const ending = { grantEndsAt: NOW + 3 * DAY } as const;
const dead = { auth: "revoked", authReason: { code: "revokedAtSource", said: "gone" } } as const;
const refused = {
  stream: "orders",
  kind: "order",
  reason: "missing",
  field: "total",
  count: 3,
  isMore: false,
  since: NOW - HOUR,
};
const limited = { throttledUntil: NOW + HOUR, throttleReason: "rateLimit" } as const;
const filling = { backfill: "running", newestIn: false, phase: "BACKFILLING" } as const;

type Row = readonly [title: string, change: Partial<Facts>, pair: string, reason: string | null];

describe("the eight pairs and what causes them", () => {
  const rows: readonly Row[] = [
    ["all is well", {}, "CONNECTED ACTIVE", null],
    [
      "one stream fails, the others go on",
      { failedStreams: { names: ["refunds"], since: NOW - DAY, said: "no such field" } },
      "CONNECTED ACTIVE",
      "streamsFailed",
    ],
    ["records came that could not be stored", { rejected: [refused] }, "CONNECTED ACTIVE", "recordsRejected"],
    ["first history failed, but data is in", { backfill: "failed" }, "CONNECTED ACTIVE", "historyIncomplete"],
    ["a limit makes it wait", limited, "CONNECTED ACTIVE", "waiting"],
    ["first history runs", { ...filling, ...nothingLanded }, "CONNECTED FETCHING_HISTORICAL_DATA", "firstBackfill"],
    ["first history runs beside syncs", filling, "CONNECTED FETCHING_HISTORICAL_DATA", "firstBackfill"],
    ["nothing has landed", { ...nothingLanded, backfill: "none" }, "CONNECTED NOT_SYNCED", "nothingLandedYet"],
    ["a person paused it", { userPaused: paused }, "CONNECTED INACTIVE", "pausedByPerson"],
    [
      "a person paused it during the first history",
      { ...filling, userPaused: paused },
      "CONNECTED INACTIVE",
      "pausedByPerson",
    ],
    ["the platform paused it", { holds: [held()] }, "CONNECTED INACTIVE", "held"],
    ["the grant ends soon", ending, "REAUTHORIZE ACTIVE", null],
    ["the grant ends in fourteen days", { grantEndsAt: NOW + 14 * DAY }, "REAUTHORIZE ACTIVE", null],
    ["the grant ends a moment after that", { grantEndsAt: NOW + 14 * DAY + 1 }, "CONNECTED ACTIVE", null],
    [
      "the grant ends soon, first history runs",
      { ...filling, ...ending },
      "REAUTHORIZE FETCHING_HISTORICAL_DATA",
      "firstBackfill",
    ],
    [
      "the grant ends soon, nothing landed",
      { ...nothingLanded, ...ending, backfill: "none" },
      "REAUTHORIZE NOT_SYNCED",
      "nothingLandedYet",
    ],
    [
      "the grant ends soon and it is paused",
      { ...ending, userPaused: paused },
      "REAUTHORIZE INACTIVE",
      "pausedByPerson",
    ],
    ["credentials are dead, data exists", dead, "REAUTHORIZE INACTIVE", "credentialsDoNotWork"],
    [
      "credentials are dead in the first history",
      { ...filling, ...dead, ...nothingLanded },
      "REAUTHORIZE NOT_SYNCED",
      "credentialsDoNotWork",
    ],
    [
      "credentials are dead and it is paused",
      { ...dead, userPaused: paused },
      "REAUTHORIZE INACTIVE",
      "pausedByPerson",
    ],
    ["the grant ended a moment ago", { grantEndsAt: NOW - 1 }, "REAUTHORIZE INACTIVE", "credentialsDoNotWork"],
  ];
  test.each(rows)("%s", (_title, change, pair, reason) => {
    const status = deriveStatus(healthy(change), NOW);
    expect(`${status.connection} ${status.dataSync}`).toBe(pair);
    expect(status.dataSyncReason?.code ?? null).toBe(reason);
  });

  test("all eight occur", () => {
    expect(new Set(rows.map(([, , pair]) => pair)).size).toBe(8);
  });
});

describe("what is not a datasource in panels", () => {
  test.each([
    ["waiting for consent", { phase: "AUTHORIZING", auth: "none", credential: false } as const, "attempt"],
    ["proving its first credential", { phase: "VERIFYING", auth: "none" } as const, "attempt"],
    ["disconnected", { disconnectedAt: NOW } as const, "disconnected"],
  ])("%s has no status", (_title, change, standing) => {
    const status = deriveStatus(healthy(change), NOW);
    expect(status).toEqual({
      standing,
      connection: null,
      connectionReason: null,
      dataSync: null,
      dataSyncReason: null,
    });
  });
});

describe("reasons carry codes and values", () => {
  test("who paused it, since when, until when", () => {
    const by = { kind: "person", userId: "u-1" } as const;
    const userPaused = { since: NOW - HOUR, until: NOW + HOUR, by, note: "stock count" };
    expect(deriveStatus(healthy({ userPaused }), NOW).dataSyncReason).toEqual({
      code: "pausedByPerson",
      ...userPaused,
    });
  });

  test("a pause that has lapsed is none", () => {
    const userPaused = { ...paused, until: NOW };
    expect(deriveStatus(healthy({ userPaused }), NOW).dataSync).toBe("ACTIVE");
  });

  test("a hold that has lapsed is none", () => {
    expect(deriveStatus(healthy({ holds: [held({ until: NOW })] }), NOW).dataSync).toBe("ACTIVE");
  });

  test("which scope is missing", () => {
    const facts = healthy({ auth: "notPermitted", authReason: { code: "scopeMissing", lacks: ["read_orders"] } });
    expect(deriveStatus(facts, NOW).connectionReason).toMatchObject({ code: "notPermitted", lacks: ["read_orders"] });
  });

  test("a grant that ended by itself says so, and since when", () => {
    const reason = deriveStatus(healthy({ grantEndsAt: NOW - HOUR }), NOW).connectionReason;
    expect(reason).toMatchObject({ code: "expired", cause: "grantEnded", since: NOW - HOUR });
  });

  test("a person's pause is named before a hold of ours", () => {
    const facts = healthy({ userPaused: paused, holds: [held()] });
    expect(deriveStatus(facts, NOW).dataSyncReason?.code).toBe("pausedByPerson");
  });
});

test("why it asks for a person is told with its time: when a grant ends, since when one is dead and what was said", () => {
  const reason = (change: Partial<Facts>) => deriveStatus(healthy(change), NOW).connectionReason;
  expect(reason({})).toBeNull();
  expect(reason(ending)).toEqual({ code: "expiringSoon", endsAt: NOW + 3 * DAY });
  expect(reason({ ...dead, authSince: NOW - DAY })).toMatchObject({
    code: "revoked",
    since: NOW - DAY,
    cause: "revokedAtSource",
    said: "gone",
  });
  expect(reason({ grantEndsAt: NOW - HOUR })).toMatchObject({ since: NOW - HOUR, cause: "grantEnded" });
});
