import { expect, test } from "vitest";
import { SourceFailure } from "../failure.ts";
import { withShortWaits } from "./short-wait.ts";

const signal = new AbortController().signal;
const now = () => new Date("2026-11-20T12:00:00Z");
const limited = (ms: number) =>
  new SourceFailure({
    class: "rate_limit",
    code: "toy.limited",
    said: "",
    retryAt: new Date(now().getTime() + ms).toISOString(),
  });

async function callsUntil(failures: readonly Error[]): Promise<string> {
  let calls = 0;
  const call = async () => {
    const failure = failures[calls];
    calls += 1;
    if (failure !== undefined) throw failure;
  };
  return withShortWaits(call, { now, signal }).then(
    () => `${calls} well`,
    () => `${calls} failed`,
  );
}

test.each([
  ["a limit of a moment is waited out", [limited(5)], "2 well"],
  ["twice", [limited(5), limited(0)], "3 well"],
  ["but not for ever", [limited(5), limited(5), limited(5)], "3 failed"],
  ["a longer one is not waited for", [limited(60_000)], "1 failed"],
  ["and no other failure is", [new SourceFailure({ class: "transient", code: "toy.trouble", said: "" })], "1 failed"],
])("%s", async (_what, failures, outcome) => {
  expect(await callsUntil(failures)).toBe(outcome);
});
