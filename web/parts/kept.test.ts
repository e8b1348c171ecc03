// What a browser keeps for us goes by its own names, and goes with whoever signs out.
import { expect, test } from "vitest";
import { keptUnder } from "./kept.ts";
import { BrowserStore } from "./testing/browser-store.ts";

test("each is kept under its own name until it is dropped", () => {
  const kept = keptUnder("one.", () => store);
  const store = new BrowserStore();
  kept.keep("a", "said");
  kept.keep("b", "other");
  kept.keep("b", null);
  expect([kept.read("a"), kept.read("b")]).toEqual(["said", null]);
});

test("all of which the name begins alike are forgotten, or all of ours; nothing else is gone", () => {
  const store = new BrowserStore();
  const kept = keptUnder("one.", () => store);
  store.setItem("another", "stays");
  for (const name of ["asha.1", "asha.2", "ravi.1"]) kept.keep(name, "said");
  kept.forget("asha.");
  expect([kept.read("asha.1"), kept.read("asha.2"), kept.read("ravi.1")]).toEqual([null, null, "said"]);
  kept.forget();
  expect(Object.entries(store)).toEqual([["another", "stays"]]);
});

test("where nothing can be stored, nothing is kept", () => {
  const kept = keptUnder("one.", () => {
    throw new Error("denied");
  });
  kept.keep("a", "said");
  kept.forget();
  expect(kept.read("a")).toBeNull();
});
