import { readFile } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { afterAwake } from "./awake.ts";

const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test("what was answered while the process stood still is heard before the time is over", async () => {
  const heard: string[] = [];
  const callOff = afterAwake(1_200, () => heard.push("over"));
  const answered = readFile(import.meta.filename).then(() => heard.push("answered"));
  standStill(1_500);
  await answered;
  callOff();
  expect(heard).toEqual(["answered"]);
});

test("the time is over where nothing comes", async () => {
  const over = vi.fn<() => void>();
  afterAwake(60, over);
  await expect.poll(() => over.mock.calls.length).toBe(1);
});
