import { expect, test } from "vitest";
import { hintFamilies } from "./hints.ts";

const todoOf = (title: string) =>
  Object.fromEntries(
    hintFamilies()
      .filter((family) => family.title === title)
      .flatMap(({ hints }) => hints.map(({ code, todo }) => [code, todo])),
  );

test.each([
  [
    "Why a platform cannot be connected now",
    {
      comingSoon: "Ask to be told when it opens.",
      excluded: "Disconnect the other one, or put this one in its place.",
      inPreparation: "Ask to be told when it opens.",
      notConfigured: "Contact support",
      prerequisiteMissing: "Connect the other one first",
      role: "Ask an admin",
      sampleOnly: "Make a sample brand, and look at it there.",
    },
  ],
  [
    "What became of a consent",
    {
      alreadyConnected: "Open the one that is connected: if it asks for it, reauthorize it there.",
      expired: "Start again",
      failed: "Start again",
      lapsed: "Start again",
      late: "Start again",
      otherPlace: "Start again, signed in to the account that is meant.",
      refused: "Start again, and agree at the source.",
      replaced: "Start again then.",
    },
  ],
  [
    "Why an account cannot be chosen",
    {
      chosen: "Nothing: it is being connected.",
      closed: "Open it again at the source, or choose another one.",
      connected: "Choose another one.",
      lapsed: "Start again.",
      replaced: "Try again then.",
      restricted: "Have it enabled at the source, or choose another one.",
      unreadable: "Ask for that right, or choose another one.",
    },
  ],
])("%s: what to do about each code", (title, todo) => {
  expect(todoOf(title)).toEqual(todo);
});
