import { expect, test } from "vitest";
import { isReviewTold, reviewDueAt } from "./review-due.ts";

const day = (date: string): Date => new Date(`${date}T10:00:00Z`);

test("a review is due 90 days after the first connection, then 90 days after each signing", () => {
  expect(reviewDueAt({ connectedAt: null, signedAt: null }), "nothing was ever connected").toBeNull();
  expect(reviewDueAt({ connectedAt: day("2026-09-02"), signedAt: null })).toEqual(day("2026-12-01"));
  expect(reviewDueAt({ connectedAt: day("2026-01-01"), signedAt: day("2026-09-02") })).toEqual(day("2026-12-01"));
  expect(reviewDueAt({ connectedAt: null, signedAt: day("2026-09-02") }), "all is gone").toEqual(day("2026-12-01"));
});

test("people are told of it from two weeks before on, and while it is overdue", () => {
  const due = day("2026-12-01");
  expect(isReviewTold(null, due)).toBe(false);
  expect(isReviewTold(due, new Date(day("2026-11-17").getTime() - 1))).toBe(false);
  expect(["2026-11-17", "2026-12-01", "2027-02-01"].map((on) => isReviewTold(due, day(on)))).toEqual([
    true,
    true,
    true,
  ]);
});
