import { expect, test } from "vitest";
import { regionOf, regionOfZone } from "./region.ts";

test.each([
  ["Asia/Kolkata", "IN"],
  ["Asia/Calcutta", "IN"],
  ["America/New_York", "US"],
  ["US/Eastern", "US"],
  ["America/Toronto", "CA"],
  ["Asia/Dubai", "AE"],
  ["Europe/Kyiv", "UA"],
  ["Europe/Belgrade", "RS"],
  ["Asia/Yangon", "MM"],
  ["UTC", null],
  ["Etc/GMT+5", null],
])("a zone says where it is: %s", (zone, region) => expect(regionOfZone(zone)).toBe(region));

test("every zone that a person may choose is somewhere", () => {
  const choice = Intl.supportedValuesOf("timeZone").filter((zone) => !/^(?:Etc\/|UTC|GMT)/u.test(zone));
  expect(choice.filter((zone) => regionOfZone(zone) === null)).toEqual([]);
});

test("what was said at sign-up holds, then the zone, then nothing is known", () => {
  expect(regionOf({ region: "GB", zone: "Asia/Kolkata" })).toBe("GB");
  expect(regionOf({ region: null, zone: "Asia/Kolkata" })).toBe("IN");
  expect(regionOf({ region: null, zone: "UTC" })).toBe("001");
});
