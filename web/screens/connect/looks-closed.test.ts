import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lookEveryMs, watchWindow } from "./looks-closed.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watched(closed: boolean, ask: () => Promise<void> = async () => undefined) {
  const window = { isClosed: closed, looksClosed: () => window.isClosed };
  const told: boolean[] = [];
  return { window, told, stop: watchWindow(window, ask, (isClosed) => void told.push(isClosed)) };
}

test("a window is said to be closed at the second look, once the attempt was asked again", async () => {
  const asked = vi.fn(async () => undefined);
  const { told } = watched(true, asked);
  await vi.advanceTimersByTimeAsync(lookEveryMs);
  expect(told).toEqual([]);
  expect(asked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(lookEveryMs);
  expect(asked).toHaveBeenCalledOnce();
  expect(told).toEqual([true]);
  await vi.advanceTimersByTimeAsync(5 * lookEveryMs);
  expect(told, "said once").toEqual([true]);
});

test("nothing is said while the answer is under way, nor after it ended the waiting", async () => {
  let answer = (): void => undefined;
  const { told, stop } = watched(true, () => new Promise<void>((resolve) => (answer = resolve)));
  await vi.advanceTimersByTimeAsync(4 * lookEveryMs);
  expect(told).toEqual([]);
  stop();
  answer();
  await vi.advanceTimersByTimeAsync(lookEveryMs);
  expect(told).toEqual([]);
});

test("a window that looked closed for a moment, as under a source's own opener policy, is open again", async () => {
  const { window, told } = watched(true);
  await vi.advanceTimersByTimeAsync(2 * lookEveryMs);
  window.isClosed = false;
  await vi.advanceTimersByTimeAsync(lookEveryMs);
  expect(told).toEqual([true, false]);
});
