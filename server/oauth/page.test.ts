import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { OUTCOMES, RETURNED_SCRIPT, type Outcome } from "./page.ts";

/** Whether the page closes its window, and what it tells the app's other pages. */
function open(outcome: Outcome, opener: object | null) {
  const told: unknown[] = [];
  let isClosed = false;
  class BroadcastChannel {
    postMessage(message: unknown): void {
      told.push(message);
    }
  }
  runInNewContext(RETURNED_SCRIPT, {
    BroadcastChannel,
    document: { body: { dataset: { outcome, attempt: "a1" } } },
    window: { opener, close: () => (isClosed = true) },
  });
  return { told, isClosed };
}

test("only a window that was opened for a consent, and in which nothing is left to read, closes by itself", () => {
  const closed = OUTCOMES.flatMap((outcome) =>
    [{}, null].map((opener) => ({ outcome, opener, isClosed: open(outcome, opener).isClosed })),
  ).filter(({ isClosed }) => isClosed);
  expect(closed).toEqual([{ outcome: "returned", opener: {}, isClosed: true }]);
});

test("the app's pages hear of every end, and ask the server what it was", () => {
  for (const outcome of OUTCOMES) expect(open(outcome, null).told).toEqual([{ outcome, attempt: "a1" }]);
});
