import { expect, test } from "vitest";
import { actionFor } from "./shortcuts.ts";

test("what follows the first of a pair is not taken for a shortcut of its own, by whoever knows only that", () => {
  const list = (): void => undefined;
  const sync = (): void => undefined;
  const [shell, page] = [{ "KeyG KeyS": list }, { KeyS: sync }];
  expect([actionFor(shell, "KeyS", "KeyG"), actionFor(page, "KeyS", "KeyG")]).toEqual([list, undefined]);
  expect([actionFor(shell, "KeyS", null), actionFor(page, "KeyS", null)]).toEqual([undefined, sync]);
  expect(actionFor(page, "KeyS", "KeyJ")).toBe(sync);
});
