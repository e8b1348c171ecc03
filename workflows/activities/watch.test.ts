import { MockActivityEnvironment } from "@temporalio/testing";
import { describe, expect, test } from "vitest";
import type { WorkOptions } from "../load/contract.ts";
import { until } from "../temporal/testing/until.ts";
import { watched } from "./watch.ts";

/** Runs until it is told to stop, as a page loop would. */
const untilStopped = ({ signal }: WorkOptions): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("The page was committed, the loop ends")));
  });

describe("work under Temporal's eyes", () => {
  test("gives its result, and a sign of life for each page", async () => {
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on("heartbeat", (details: unknown) => beats.push(details));
    const result = await environment.run(() =>
      watched(async ({ heartbeat }) => {
        heartbeat({ pages: 1, rows: 250 });
        heartbeat({ pages: 2, rows: 500 });
        return "done";
      }),
    );
    expect(result).toBe("done");
    expect(beats).toEqual([
      { pages: 1, rows: 250 },
      { pages: 2, rows: 500 },
    ]);
  });

  test("shows life while a page takes long", async () => {
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on("heartbeat", (details: unknown) => beats.push(details));
    const running = environment.run(() =>
      watched(async ({ signal }) => {
        await until(
          () => Promise.resolve(beats.length),
          (count) => count > 0,
        );
        return signal.aborted;
      }),
    );
    expect(await running).toBe(false);
    expect(beats[0]).toEqual({ pages: 0, rows: 0 });
  });

  test("hears a cancellation at once and says that it was one", async () => {
    const environment = new MockActivityEnvironment();
    const running = environment.run(() => watched(untilStopped));
    environment.cancel();
    await expect(running).rejects.toMatchObject({ name: "CancelledFailure" });
  });

  test("says what kind of failure ended it", async () => {
    const bug = new MockActivityEnvironment({ attempt: 5 }).run(() =>
      watched(() => Promise.reject(new TypeError("no"))),
    );
    await expect(bug).rejects.toMatchObject({ type: "bug", nonRetryable: true });
    const away = Object.assign(new Error("closed"), { code: "CONNECTION_CLOSED" });
    const database = new MockActivityEnvironment({ attempt: 99 }).run(() => watched(() => Promise.reject(away)));
    await expect(database).rejects.toMatchObject({ type: "database", nonRetryable: false });
  });
});
