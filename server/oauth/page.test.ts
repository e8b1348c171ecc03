import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { OUTCOMES, RETURNED_SCRIPT, type Outcome } from "./page.ts";

/** Whether the page closes its window or goes on in the app, and what it tells the app's other pages. */
function open(
  outcome: Outcome,
  opener: object | null,
  inThisTab: string | null = null,
  { attempt = "a1", kept = new Map<string, string>() } = {},
) {
  const told: unknown[] = [];
  const led: unknown[] = [];
  let isClosed = false;
  class BroadcastChannel {
    postMessage(message: unknown): void {
      told.push(message);
    }
  }
  runInNewContext(RETURNED_SCRIPT, {
    BroadcastChannel,
    document: { body: { dataset: { outcome, attempt, back: "/brand/back" } } },
    get sessionStorage() {
      if (inThisTab === "barred") throw new Error("The request is insecure");
      return {
        getItem: (key: string) => (key === "headwater-in-this-tab" ? inThisTab : (kept.get(key) ?? null)),
        removeItem: (key: string) => kept.delete(key),
      };
    },
    location: { replace: (path: unknown) => led.push(path) },
    window: { opener, close: () => (isClosed = true) },
  });
  return { told, led, isClosed };
}

test("only a window that was opened for a consent, and in which nothing is left to read, closes by itself", () => {
  const closed = OUTCOMES.flatMap((outcome) =>
    [{}, null].map((opener) => ({ outcome, opener, isClosed: open(outcome, opener).isClosed })),
  ).filter(({ isClosed }) => isClosed);
  expect(closed).toEqual([{ outcome: "returned", opener: {}, isClosed: true }]);
});

test("where storage is barred, a window that was opened for a consent closes all the same", () => {
  expect(open("returned", {}, "barred")).toMatchObject({ led: [], isClosed: true });
});

test("the app's pages hear of every end, and ask the server what it was", () => {
  for (const outcome of OUTCOMES) expect(open(outcome, null).told).toEqual([{ outcome, attempt: "a1" }]);
});

test("the tab that went to the source itself goes on in the app, whatever came of it; one of another attempt stays", () => {
  for (const outcome of OUTCOMES) {
    expect(open(outcome, {}, "a1"), outcome).toMatchObject({ led: ["/brand/back"], isClosed: false });
    expect(open(outcome, null, "a0").led, outcome).toEqual([]);
    expect(open(outcome, null).led, outcome).toEqual([]);
  }
});

test("the tab that followed a link goes on to the link's own page, once; a member's own trip does not", () => {
  for (const outcome of OUTCOMES) {
    const kept = new Map([["headwater-link", "A-token_"]]);
    expect(open(outcome, {}, null, { kept }).led, "a trip with an attempt of its own").toEqual([]);
    expect(open(outcome, {}, null, { attempt: "", kept }), outcome).toMatchObject({
      led: ["/reauthorize#A-token_"],
      isClosed: false,
    });
    expect(open(outcome, null, null, { attempt: "", kept }).led, outcome).toEqual([]);
  }
});
