import { expect, test } from "vitest";
import { leastUsedFirst } from "./least-used.ts";

const now = new Date("2026-11-22T18:00:00Z");
const ago = (days: number | null) => (days === null ? null : new Date(now.getTime() - days * 86_400_000));
const one = (name: string, connected: number | null, success: number | null, opened: number | null) => ({
  name,
  row: { connectedAt: ago(connected), lastSuccessAt: ago(success), lastOpenedAt: ago(opened) },
});

test("what is new goes last, what brings nothing goes first, and of the others what nobody opened for longest", () => {
  const sorted = [
    one("being connected", null, null, null),
    one("read for the first time", 0.5, null, null),
    one("connected today, and synced", 0.5, 0.01, null),
    one("opened yesterday", 90, 0.01, 1),
    one("opened last month, a minute behind", 90, 0.02, 30),
    one("opened last month", 90, 0.01, 30),
    one("never opened", 90, 0.01, null),
    one("dead, looked into today", 90, 3, 0.1),
    one("dead, and nobody looked", 90, 3, null),
  ];
  expect(leastUsedFirst(sorted.toReversed(), now).map(({ name }) => name)).toEqual([
    "dead, and nobody looked",
    "dead, looked into today",
    "never opened",
    "opened last month, a minute behind",
    "opened last month",
    "opened yesterday",
    "connected today, and synced",
    "read for the first time",
    "being connected",
  ]);
});
