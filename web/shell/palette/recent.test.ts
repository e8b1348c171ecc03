// What was chosen last is kept per person and organisation, and goes with whoever signs out.
import { afterEach, expect, test, vi } from "vitest";
import { BrowserStore } from "../../parts/testing/browser-store.ts";
import { forgetRecent, noteRecent, recentOf } from "./recent.ts";

afterEach(() => void vi.unstubAllGlobals());

const moss = { person: "ananya", slug: "moss" };
const clay = { person: "ananya", slug: "clay" };

test("whoever signs in after a session that ended by itself finds nothing of the last person", () => {
  vi.stubGlobal("localStorage", new BrowserStore());
  noteRecent(moss, "one");
  expect(recentOf({ person: "arjun", slug: "moss" })).toEqual([]);
  expect(recentOf(moss)).toEqual(["one"]);
});

test("the newest comes first, each once, in its own organisation; after a sign-out none is left, and nothing else is gone", () => {
  const store = new BrowserStore();
  vi.stubGlobal("localStorage", store);
  store.setItem("headwater.preferences", "{}");
  for (const id of ["one", "two", "one"]) noteRecent(moss, id);
  noteRecent(clay, "three");
  expect([recentOf(moss), recentOf(clay)]).toEqual([["one", "two"], ["three"]]);
  forgetRecent();
  expect([recentOf(moss), recentOf(clay)]).toEqual([[], []]);
  expect(store.getItem("headwater.preferences")).toBe("{}");
});

test("what is no list of ours is as nothing", () => {
  const store = new BrowserStore();
  vi.stubGlobal("localStorage", store);
  noteRecent(moss, "one");
  for (const text of ["{", "1"]) {
    for (const key of Object.keys(store)) store.setItem(key, text);
    expect(recentOf(moss)).toEqual([]);
  }
});
