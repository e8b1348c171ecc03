import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { randomUUID } from "node:crypto";
import { afterRefusal, settleRefusal } from "./insistence.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ["dead", false, "refused"],
  ["good after all", true, "accepted"],
])(
  "a key that many find refused at once is shown once more by one of them; it is %s for all",
  async (_, isAccepted, told) => {
    const key = randomUUID();
    const first = await afterRefusal(key);
    const others = [afterRefusal(key), afterRefusal(key), afterRefusal(key)];
    expect(first).toBe("show");
    settleRefusal(key, isAccepted);
    expect(await Promise.all(others)).toEqual([told, told, told]);
  },
);

test("a dead key is believed to be dead for half a minute, then shown again; another key at once", async () => {
  const key = randomUUID();
  await afterRefusal(key);
  settleRefusal(key, false);
  expect(await afterRefusal(key)).toBe("refused");
  expect(await afterRefusal(randomUUID())).toBe("show");
  vi.advanceTimersByTime(30_001);
  expect(await afterRefusal(key)).toBe("show");
});

test("a good key is shown again the next time that it is refused", async () => {
  const key = randomUUID();
  await afterRefusal(key);
  settleRefusal(key, true);
  expect(await afterRefusal(key)).toBe("show");
});
