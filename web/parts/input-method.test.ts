import { expect, test } from "vitest";
import { isForInputMethod } from "./input-method.ts";

test.each([
  { browser: "Chromium and Firefox", pressed: { isComposing: true, keyCode: 13 } },
  { browser: "Safari, whose word has just ended", pressed: { isComposing: false, keyCode: 229 } },
])("Enter that ends a word of an input method chooses nothing: $browser", ({ pressed }) =>
  expect(isForInputMethod(pressed)).toBe(true),
);

test("any other Enter is a person's own", () =>
  expect(isForInputMethod({ isComposing: false, keyCode: 13 })).toBe(false));
