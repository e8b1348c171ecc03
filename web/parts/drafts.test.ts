// What was typed and not sent yet is kept in the tab, and goes with whoever signs out.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { draftOf, forgetDrafts, keepDraft } from "./drafts.ts";

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

let store: Store;
beforeEach(() => {
  store = new Store();
  vi.stubGlobal("sessionStorage", store);
});
afterEach(() => void vi.unstubAllGlobals());

test("a draft is kept for its own form until it is dropped", () => {
  keepDraft("one", "said");
  keepDraft("two", "other");
  keepDraft("two", null);
  expect([draftOf("one"), draftOf("two")]).toEqual(["said", null]);
});

test("after a sign-out none is left, and nothing else is gone", () => {
  store.setItem("headwater-in-this-tab", "attempt");
  keepDraft("one", "said");
  forgetDrafts();
  expect(draftOf("one")).toBeNull();
  expect(store.getItem("headwater-in-this-tab")).toBe("attempt");
});

test("where nothing can be stored, there is no draft", () => {
  vi.stubGlobal("sessionStorage", undefined);
  keepDraft("one", "said");
  forgetDrafts();
  expect(draftOf("one")).toBeNull();
});
