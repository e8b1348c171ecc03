import { expect, test } from "vitest";
import { runBefore, setPending } from "../commands/pending.ts";
import { syncNowSays } from "./sync-now.ts";

test("a sync that was asked for is queued behind the one that ran then, and behind none that began with it", () => {
  expect(syncNowSays("no", "run 1", null)).toBe("ready");
  expect(syncNowSays("accepted", null, null)).toBe("starting");
  expect(syncNowSays("accepted", "run 1", "run 1")).toBe("queued");
  expect(syncNowSays("accepted", "run 2", "run 1")).toBe("syncing");
  expect(syncNowSays("accepted", "run 1", null)).toBe("syncing");
});

test("what has not begun after a while says so; a run that goes on does not", () => {
  expect(syncNowSays("slow", null, null)).toBe("waiting");
  expect(syncNowSays("slow", "run 1", "run 1")).toBe("queued");
});

test("a sync that was asked for in the list is queued on the page too", () => {
  setPending("a", "SYNC_NOW", { commandId: "c", runBefore: "run 1" });
  expect(syncNowSays("accepted", "run 1", runBefore("a", "SYNC_NOW"))).toBe("queued");
  expect(syncNowSays("accepted", "run 1", runBefore("b", "SYNC_NOW"))).toBe("syncing");
});
