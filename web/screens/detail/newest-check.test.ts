import { expect, test } from "vitest";
import { newestCheck } from "./newest-check.ts";

const command = (kind: string, createdAt: string, state: "ACCEPTED" | "DONE" | "FAILED" | "REFUSED" = "ACCEPTED") => ({
  id: `${kind} ${createdAt}`,
  kind,
  state,
  createdAt,
  settledAt: null,
  outcome: null,
});

test("the last check that was asked for is told of, and nothing else that was asked", () => {
  const commands = [
    command("syncNow", "2026-11-20T17:00:00Z"),
    command("checkNow", "2026-11-20T15:00:00Z", "FAILED"),
    command("checkNow", "2026-11-20T16:00:00Z", "DONE"),
  ];
  expect(newestCheck({ commands })?.id).toBe("checkNow 2026-11-20T16:00:00Z");
  expect(newestCheck({ commands: commands.slice(0, 1) })).toBe(null);
});
