import { expect, test } from "vitest";
import { isReviewTold, reviewDueAt } from "./review-due.ts";

const day = (date: string): Date => new Date(`${date}T10:00:00Z`);

test("a review is due 90 days after the first connection, then 90 days after each signing", () => {
  const dueAt = (connectedAt: Date | null, signedAt: Date | null) =>
    reviewDueAt({ isSample: false, connectedAt, signedAt });
  expect(dueAt(null, null), "nothing was ever connected").toBeNull();
  expect(dueAt(day("2026-09-02"), null)).toEqual(day("2026-12-01"));
  expect(dueAt(day("2026-01-01"), day("2026-09-02"))).toEqual(day("2026-12-01"));
  expect(dueAt(null, day("2026-09-02")), "all is gone").toEqual(day("2026-12-01"));
});

test("of a sample brand none ever is", () => {
  expect(reviewDueAt({ isSample: true, connectedAt: day("2026-09-02"), signedAt: day("2026-09-03") })).toBeNull();
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
