import { expect, test } from "vitest";
import { stripWeight } from "./strip-weight.ts";

test("what waits for a person stands before what comes by itself, and days that are whole wait for nobody", () => {
  const broken = stripWeight({ mark: "PARTIAL" }, { needsAttention: true });
  const late = stripWeight({ mark: "MISSING" }, { needsAttention: false });
  const gone = stripWeight({ mark: "STALE" }, undefined);
  const whole = stripWeight({ mark: "COMPLETE" }, { needsAttention: true });
  expect([broken > late, late === gone, gone > whole]).toEqual([true, true, true]);
});
