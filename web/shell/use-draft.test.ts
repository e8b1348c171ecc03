import { expect, it } from "vitest";
import { isText, isTextByName, isTexts, keptAs } from "./use-draft.ts";

it("reads a draft as it was kept", () => {
  expect(keptAs('"act_101"', isText)).toBe("act_101");
  expect(keptAs('["a","b"]', isTexts)).toEqual(["a", "b"]);
  expect(keptAs('{"shop":"monsoon"}', isTextByName)).toEqual({ shop: "monsoon" });
});

it("knows nothing of what is of another shape", () => {
  const others = [null, "", "{", "null", "1", '{"shop":1}', "[1]", '["a",null]', '[["a"]]'];
  for (const isShaped of [isText, isTexts, isTextByName])
    expect(others.map((text) => keptAs<unknown>(text, isShaped)).filter((kept) => kept !== null)).toEqual([]);
  expect([keptAs("[]", isTextByName), keptAs("{}", isTexts), keptAs("[]", isText)]).toEqual([null, null, null]);
});
