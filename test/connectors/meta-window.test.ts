// The nightly window is long enough: whenever a night's reading comes, no day changes after the last one that it is in.
import { connector } from "@headwater/connectors/meta-ads/index.ts";
import { dayAfter, dayStart } from "@headwater/workflows/load/days.ts";
import { expect, test } from "vitest";
import { restatedDays } from "../sandbox/meta-ads/seed/days.ts";

test.each(["America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])(
  "a day in %s is read once more after its last change, also at midnight and over a night that is an hour short",
  (zone) => {
    const windows = connector.streams.flatMap(({ window }) => window.refresh ?? []);
    expect(windows.length).toBeGreaterThan(2);
    const short: string[] = [];
    for (const { days } of windows) {
      for (let day = "2026-01-01"; day < "2027-01-01"; day = dayAfter(day)) {
        // The earliest instant of the last date on which the window still begins with this day or before it.
        const lastRead = dayStart(dayAfter(day, days - 1), zone).getTime();
        if (lastRead - dayStart(dayAfter(day), zone).getTime() < restatedDays * 86_400_000) short.push(day);
      }
    }
    expect(short).toEqual([]);
  },
);
