// Text that no row of ours can hold, from where a source could send it: it costs its stream, and no other waits for it.
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { expect, test } from "vitest";
import { ownRig } from "./testing/own-rig.ts";
import { options } from "./testing/rig.ts";
import { order, scriptedConnector } from "./testing/scripted-source.ts";
import { workOnSlice } from "./work-on-slice.ts";

const rig = ownRig();

test.each([
  ["a\0b", "failed"],
  ["half a pair \ud83c", "failed"],
  [String.raw`its letters \u0000, and a whole pair \ud83c 🍵`, "more"],
])("a place to go on from: %j", async (next, kind) => {
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        for (const id of ["1", "2"])
          yield { kind: "records", records: [order(id)], rejected: [], cursor: { next, id }, done: false };
      },
    }),
  );
  const outcome = await workOnSlice(rig.deps, await rig.slice(), { ...options(), budget: { ms: 60_000, pages: 1 } });
  expect(outcome.kind).toBe(kind);
  if (kind === "failed") expect(outcome).toMatchObject({ failure: { code: "pages.shape" }, onlyItsStream: true });
});

test.each(["a\0b", "a\ud83cb"])("what it says: %j", async (said) => {
  rig.use(
    scriptedConnector({
      pages: async function* pages() {
        yield { kind: "records", records: [order("1")], rejected: [], cursor: { next: 1 }, done: false };
        throw new SourceFailure({ class: "invalid_request", code: "x", said });
      },
    }),
  );
  const outcome = await workOnSlice(rig.deps, await rig.slice(), options());
  expect(outcome).toMatchObject({ kind: "failed", failure: { code: "x", said: "a\ufffdb" } });
});
