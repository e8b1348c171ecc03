import { expect, test } from "vitest";
import { accountId } from "@headwater/db/schema/ids.ts";
import { countingDays } from "./counting.ts";

const account = (n: number) => accountId(`0190000${n}-0000-7000-8000-000000000000`);
const row = (n: number, at: string, countsFrom: string | null, countsUntil: string | null) => ({
  accountId: account(n),
  createdAt: new Date(at),
  countsFrom,
  countsUntil,
});

test("days before the switch count from the old account, later ones from the new, none from both", () => {
  const counts = countingDays([
    row(1, "2026-01-01", null, "2026-11-20"),
    row(2, "2026-11-20", "2026-11-20", null),
    row(3, "2026-02-01", null, null),
  ]);
  const of = (day: string) => [1, 2, 3].map((n) => counts(account(n), day));
  expect(of("2026-11-19")).toEqual([true, false, true]);
  expect(of("2026-11-20")).toEqual([false, true, true]);
});

test("an account that was replaced and is connected anew counts whole again; one that nobody knows counts", () => {
  const counts = countingDays([row(1, "2026-01-01", null, "2026-11-20"), row(1, "2026-11-21", null, null)]);
  expect(counts(account(1), "2026-11-25")).toBe(true);
  expect(counts(account(9), "2026-11-25")).toBe(true);
});
