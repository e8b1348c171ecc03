import { expect, test } from "vitest";
import { inTurn } from "./in-turn.ts";

test("what is asked for while another is under way begins after it, and is the last", async () => {
  const told: string[] = [];
  const turn = inTurn();
  const held = Promise.withResolvers<void>();
  const first = turn(async () => {
    told.push("first begins");
    await held.promise;
    told.push("first ends");
    return 1;
  });
  const second = turn(async () => {
    told.push("second begins");
    return 2;
  });
  held.resolve();
  expect(await first).toEqual({ result: 1, isLast: false });
  expect(await second).toEqual({ result: 2, isLast: true });
  expect(told).toEqual(["first begins", "first ends", "second begins"]);
});

test("what fails holds up none after it", async () => {
  const turn = inTurn();
  const failing = turn(() => Promise.reject(new Error("not reached")));
  const next = turn(() => Promise.resolve("sent"));
  await expect(failing).rejects.toThrow("not reached");
  expect(await next).toEqual({ result: "sent", isLast: true });
});
