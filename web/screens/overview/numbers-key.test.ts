import { expect, it } from "vitest";
import { datasourceFixture } from "../../gallery/fixtures.ts";
import { numbersKey } from "./numbers-key.ts";

const command = (kind: string, settledAt: string | null) => ({
  id: `${kind} ${settledAt}`,
  kind,
  state: "DONE" as const,
  createdAt: "2026-11-20T10:00:00.000Z",
  settledAt,
  outcome: null,
});
const keyOf = (...commands: ReturnType<typeof command>[]): string => {
  const datasource = { ...datasourceFixture({ id: "costs" }), commands };
  return numbersKey({ byId: new Map([["costs", datasource]]) });
};

it("an undo that is done has the numbers read again; other commands, and one that is under way, do not", () => {
  const before = keyOf(command("upload", "2026-11-20T10:00:01.000Z"));
  expect(keyOf(command("upload", "2026-11-20T10:00:01.000Z"), command("upload", null))).toBe(before);
  expect(keyOf(command("rename", "2026-11-20T11:00:00.000Z"), command("upload", "2026-11-20T10:00:01.000Z"))).toBe(
    before,
  );
  expect(keyOf(command("upload", "2026-11-20T10:05:00.000Z"), command("upload", "2026-11-20T10:00:01.000Z"))).not.toBe(
    before,
  );
});
