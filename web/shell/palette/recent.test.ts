// What was chosen last is kept per person and organisation, and goes with whoever signs out.
import { afterEach, expect, test, vi } from "vitest";
import { forgetRecent, noteRecent, recentOf } from "./recent.ts";

afterEach(() => void vi.unstubAllGlobals());

class Store {
  getItem(key: string): string | null {
    return Object.hasOwn(this, key) ? String(Reflect.get(this, key)) : null;
  }
  setItem(key: string, value: string): void {
    Reflect.set(this, key, value);
  }
  removeItem(key: string): void {
    Reflect.deleteProperty(this, key);
  }
}

const moss = { person: "ananya", slug: "moss" };
const clay = { person: "ananya", slug: "clay" };

test("whoever signs in after a session that ended by itself finds nothing of the last person", () => {
  vi.stubGlobal("localStorage", new Store());
  noteRecent(moss, "one");
  expect(recentOf({ person: "arjun", slug: "moss" })).toEqual([]);
  expect(recentOf(moss)).toEqual(["one"]);
});

test("the newest comes first, each once, in its own organisation; after a sign-out none is left, and nothing else is gone", () => {
  const store = new Store();
  vi.stubGlobal("localStorage", store);
  store.setItem("headwater.preferences", "{}");
  for (const id of ["one", "two", "one"]) noteRecent(moss, id);
  noteRecent(clay, "three");
  expect([recentOf(moss), recentOf(clay)]).toEqual([["one", "two"], ["three"]]);
  forgetRecent();
  expect([recentOf(moss), recentOf(clay)]).toEqual([[], []]);
  expect(store.getItem("headwater.preferences")).toBe("{}");
});

test("where nothing can be stored, nothing is recent", () => {
  vi.stubGlobal("localStorage", undefined);
  noteRecent(moss, "one");
  forgetRecent();
  expect(recentOf(moss)).toEqual([]);
});
