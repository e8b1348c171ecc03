import { expect, test } from "vitest";
import { dateReadings, numberReadings } from "./sample-readings.ts";

test("a date of the file is read with the day first and with the month first", () => {
  expect(dateReadings("3.4.26 10:15")).toEqual({
    sample: "3.4.26 10:15",
    dayFirst: "2026-04-03",
    monthFirst: "2026-03-04",
  });
  expect(dateReadings(null), "of a file that was looked at before its values were kept").toMatchObject({
    sample: "03/11/2026",
  });
});

test("an amount of the file is read as thousands and as thousandths, by the mark that it has", () => {
  expect(numberReadings("€ 2,345")).toEqual({ sample: "€ 2,345", groups: ".", divides: ",", whole: "2", rest: "345" });
  expect(numberReadings("12.500-")).toMatchObject({ groups: ",", divides: ".", whole: "12", rest: "500" });
  expect(numberReadings(null)).toMatchObject({ sample: "1,234" });
});
