import { expect, test } from "vitest";
import { reason } from "../../gallery/fixtures.ts";
import { runBefore, setPending, waitSince } from "../commands/pending.ts";
import { waitedUntil } from "../commands/waited.ts";
import { syncNowSays } from "./sync-now.ts";

const says = (
  pending: Parameters<typeof syncNowSays>[0],
  running: string | null,
  { before = null, wait = null }: { before?: string | null; wait?: string | null } = {},
) => syncNowSays(pending, { running, before, wait });

test("a sync that was asked for is queued behind the one that ran then, and behind none that began with it", () => {
  expect(says("no", "run 1")).toBe("ready");
  expect(says("accepted", null)).toBe("starting");
  expect(says("accepted", "run 1", { before: "run 1" })).toBe("queued");
  expect(says("accepted", "run 2", { before: "run 1" })).toBe("syncing");
  expect(says("accepted", "run 1")).toBe("syncing");
});

test("what has not begun after a while says so; a run that goes on does not", () => {
  expect(says("slow", null)).toBe("waiting");
  expect(says("slow", "run 1", { before: "run 1" })).toBe("queued");
});

test("a sync that was asked for in the list is queued on the page too", () => {
  setPending("a", "SYNC_NOW", { commandId: "c", runBefore: "run 1", waitBefore: null });
  expect(says("accepted", "run 1", { before: runBefore("a", "SYNC_NOW") })).toBe("queued");
  expect(says("accepted", "run 1", { before: runBefore("b", "SYNC_NOW") })).toBe("syncing");
});

test("what it waits for is said as soon as it is known, and what was waited for before the click is no word of it", () => {
  const [old, next] = ["2026-11-20T16:40:00Z", "2026-11-20T16:42:00Z"];
  const down = reason("Shopify does not answer; tried again 22:12.", { code: "providerDown", until: next });
  expect(waitedUntil({ status: "ACTIVE", reason: down })).toBe(next);
  expect(waitedUntil({ status: "INACTIVE", reason: { ...down, code: "pausedByPerson" } })).toBeNull();
  expect(waitedUntil(null)).toBeNull();
  setPending("c", "SYNC_NOW", { commandId: null, runBefore: null, waitBefore: old });
  expect(waitSince("c", "SYNC_NOW", old)).toBeNull();
  expect(waitSince("c", "SYNC_NOW", next)).toBe(next);
  expect(says("accepted", null, { wait: next })).toBe("waitingForSource");
  expect(says("slow", null, { wait: next })).toBe("waitingForSource");
  expect(says("no", null, { wait: next })).toBe("ready");
  expect(says("accepted", "run 1", { before: "run 1", wait: next })).toBe("queued");
});
