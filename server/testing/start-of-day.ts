import type { Day } from "../reading/days.ts";
import { Temporal } from "temporal-polyfill";

export const startOfDay = (day: Day, zone: string): Date =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds);
