import { expect, test } from "vitest";
import { windowIn } from "./rates.ts";

test.each([
  ["as it comes", { "ratelimit-remaining": "41", "ratelimit-reset": "17" }, { calls: 41, endsInMs: 17_000 }],
  ["nothing left", { "ratelimit-remaining": "0", "ratelimit-reset": "60" }, { calls: 0, endsInMs: 60_000 }],
  [
    "an end further away than a minute",
    { "ratelimit-remaining": "5", "ratelimit-reset": "86400" },
    { calls: 5, endsInMs: 60_000 },
  ],
  ["a 429, which has no such headers", { "retry-after": "12" }, null],
  ["one of the two alone", { "ratelimit-remaining": "5" }, null],
  ["no numbers", { "ratelimit-remaining": "-1", "ratelimit-reset": "soon" }, null],
])("%s", (_what, headers, window) => {
  expect(windowIn(headers)).toEqual(window);
});
