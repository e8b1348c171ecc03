// Days as an account's own zone cuts them.
import { Temporal } from "temporal-polyfill";
import type { DayText } from "./records.ts";

export const addDays = (day: DayText, days: number): DayText => Temporal.PlainDate.from(day).add({ days }).toString();

export const dayIn = (zone: string, at: Date): DayText =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(zone).toPlainDate().toString();

export const startOf = (day: DayText, zone: string): Date =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds);
