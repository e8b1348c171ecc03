import { expect, test } from "vitest";
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
