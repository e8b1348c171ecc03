import { accountId } from "@headwater/db/schema/ids.ts";
import { switchDay } from "@headwater/workflows/lifecycle/switch-day.ts";
import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { countingDays, cutDayOf } from "./counting.ts";
import { markOf } from "./coverage.ts";
import { addDays, dayIn, daysFrom } from "./days.ts";

const account = (n: number) => accountId(`0190000${n}-0000-7000-8000-000000000000`);
const DAY_MS = 86_400_000;
const row = (n: number, countsFrom: string | null, countsUntil: string | null) => ({
  accountId: account(n),
  countsFrom,
  countsUntil,
});

test("days before the switch count from the old account, later ones from the new, none from both", () => {
  const counts = countingDays([row(1, null, "2026-11-20"), row(2, "2026-11-20", null), row(3, null, null)]);
  const of = (day: string) => [1, 2, 3].map((n) => counts(account(n), day));
  expect(of("2026-11-19")).toEqual([true, false, true]);
  expect(of("2026-11-20")).toEqual([false, true, true]);
});

test("an account that was replaced and is connected anew counts whole again; one that nobody knows counts", () => {
  const counts = countingDays([row(1, null, "2026-11-20"), row(1, null, null)]);
  expect(counts(account(1), "2026-11-25")).toBe(true);
  expect(counts(account(9), "2026-11-25")).toBe(true);
});

const zone = fc.constantFrom(...Intl.supportedValuesOf("timeZone"), "US/Eastern", "Asia/Calcutta");
const story = fc.record({
  zone,
  /** Who takes the place of who stands there: one of four accounts, those of before among them. */
  switches: fc.array(
    fc.record({ account: fc.integer({ min: 1, max: 4 }), afterMinutes: fc.integer({ min: 0, max: 6 * 1440 }) }),
    { minLength: 1, maxLength: 6 },
  ),
  startMs: fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) }),
  cents: fc.infiniteStream(fc.integer({ min: -900_000, max: 900_000 })),
});

test("whoever takes whose place at whatever instant, every day that was over keeps its figure, and each is one account's", () => {
  fc.assert(
    fc.property(story, ({ zone: brand, switches, startMs, cents }) => {
      const first = dayIn(new Date(startMs - 10 * DAY_MS), brand);
      const shown = daysFrom(first, 60);
      const figures = new Map<string, number>();
      const figureOf = (n: number, day: string): number => {
        const key = `${n} ${day}`;
        const figure = figures.get(key) ?? cents.next().value;
        figures.set(key, figure);
        return figure;
      };
      const rows = [row(1, null, null)];
      /** Day by day, what the brand's number was. */
      let told = shown.map((day) => figureOf(1, day));
      let at = startMs;
      let standing = 1;
      const known = [1];
      for (const { account: next, afterMinutes } of switches) {
        at += afterMinutes * 60_000;
        if (next === standing) continue;
        const old = rows.at(-1);
        const day = switchDay(new Date(at), brand, old?.countsFrom ?? null);
        if (old !== undefined) old.countsUntil = day;
        rows.push(row(next, day, null));
        known.push(next);
        const counts = countingDays(rows);
        const isOver = (each: string) =>
          Temporal.PlainDate.from(each).add({ days: 1 }).toZonedDateTime(brand).epochMilliseconds <= at;
        const now = shown.map((each) => {
          const counting = [...new Set(known)].filter((n) => counts(account(n), each));
          expect(counting, each).toHaveLength(1);
          return figureOf(counting[0] ?? 0, each);
        });
        const expected = shown.map((each, n) => (isOver(each) ? told[n] : figureOf(next, each)));
        expect(now).toEqual(expected);
        told = now;
        standing = next;
      }
    }),
  );
});

const cut = fc.record({
  brand: zone,
  own: zone,
  at: fc.integer({ min: Date.UTC(2015, 0, 1), max: Date.UTC(2035, 0, 1) }).map((ms) => new Date(ms)),
  /** Of the last reading, before the switch or after it. */
  aheadMinutes: fc.integer({ min: -3 * 1440, max: 10 }),
});

test("read up to the switch, every day that the old one counts and had begun is whole, in whatever zones; read less far, none is by it", () => {
  fc.assert(
    fc.property(cut, ({ brand, own, at, aheadMinutes }) => {
      const countsUntil = switchDay(at, brand, null);
      const completeThrough = new Date(at.getTime() + aheadMinutes * 60_000);
      const old = { replacedAt: at, replacedBy: null, disconnectedAt: null, countsUntil, completeThrough };
      const cutDay = cutDayOf(old, { own, brand });
      const covered = { from: "0001-01-01", completeThrough, zone: own };
      const coverage = { ...covered, ...(cutDay === null ? {} : { cutDay }) };
      const begun = dayIn(at, own);
      for (const day of daysFrom(addDays(countsUntil, -4), 4)) {
        const mark = markOf(day, coverage);
        if (aheadMinutes < 0) expect(mark, day).toBe(markOf(day, covered));
        else if (day <= begun) expect(mark, day).toBe("complete");
        else expect(mark, "a day that had not begun is not told as one without sales").toBe("missing");
      }
      const later = cutDayOf({ ...old, countsUntil: addDays(dayIn(at, brand), 1) }, { own, brand });
      expect(later, "a day that was not over for the brand stays cut short").toBeNull();
    }),
  );
});
