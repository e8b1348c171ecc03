// What may be asked of a datasource from anywhere is what its own buttons would ask.
import { expect, test } from "vitest";
import { asksOf } from "./asks.ts";

type Given = Parameters<typeof asksOf>[0];
const given = (allowed: readonly string[], more: Partial<Given> = {}): Given => ({
  viewerCan: (
    ["SYNC_NOW", "CHECK_NOW", "RESUME", "PAUSE", "REAUTHORIZE", "RESYNC", "REPLACE", "DISCONNECT"] as const
  ).map((action) => ({
    action,
    isAllowed: allowed.includes(action),
    reason: null,
  })),
  connection: { status: "CONNECTED", isDead: false, reason: null },
  takesSlot: true,
  ...more,
});

test.each([
  [
    "an admin of one that runs",
    given(["SYNC_NOW", "CHECK_NOW", "PAUSE", "RESYNC", "REPLACE", "DISCONNECT"]),
    "syncNow checkNow stop resync replace disconnect",
  ],
  ["an analyst", given(["SYNC_NOW"]), "syncNow"],
  ["a viewer", given([]), ""],
  ["one that is stopped", given(["RESUME", "DISCONNECT"]), "resume disconnect"],
  [
    "one that nobody lets in: resuming cannot help",
    given(["RESUME", "REAUTHORIZE"], { connection: { status: "REAUTHORIZE", isDead: true, reason: null } }),
    "reauthorize",
  ],
  ["one without a slot cannot be replaced", given(["REPLACE", "DISCONNECT"], { takesSlot: false }), "disconnect"],
])("%s", (_, datasource, asked) => {
  expect(asksOf(datasource).join(" ")).toBe(asked);
});
