// A stream's pages: one a day of the account, oldest first.
import { setTimeout as sleep } from "node:timers/promises";
import type { Cursor, Page, SliceSpec } from "../contract.ts";
import { addDays, dayIn, startOf } from "../days.ts";
import type { DayText, SourceRecord, WholeDays } from "../records.ts";
import type { SourceSession } from "../session.ts";
import { worldOf, type World } from "./world.ts";

/** How far back the sample sources go. */
export const HISTORY_DAYS = 90;

/** As long as a quick source takes for a page, so that a history can be watched coming in. */
const PAGE_MS = 100;

export interface Stretch {
  readonly from: Date;
  readonly to: Date;
}

export interface DayPage {
  readonly records: readonly SourceRecord[];
  readonly whole?: readonly WholeDays[];
}

type DayReader = (world: World, day: DayText, of: Stretch) => DayPage;

/** What lies in the future has not happened there either. */
export async function* pagesByDay(
  session: SourceSession,
  slice: SliceSpec,
  from: Cursor | null,
  { reachesBack = 0, read }: { readonly reachesBack?: number; readonly read: DayReader },
): AsyncGenerator<Page> {
  const now = session.clock.now();
  const world = worldOf(session, now);
  const oldest = startOf(addDays(dayIn(world.zone, now), -HISTORY_DAYS), world.zone);
  const of = { from: later(slice.from ?? oldest, oldest), to: earlier(slice.to, now) };
  const last = dayIn(world.zone, new Date(Math.max(of.to.getTime() - 1, of.from.getTime())));
  const first = addDays(dayIn(world.zone, of.from), -reachesBack);
  for (let day = typeof from?.["day"] === "string" ? from["day"] : first; ; day = addDays(day, 1)) {
    if (!slice.urgent) await sleep(PAGE_MS, undefined, { signal: session.signal });
    const done = day >= last;
    yield {
      kind: "records",
      rejected: [],
      ...(of.from < of.to ? read(world, day, of) : { records: [] }),
      cursor: { day: addDays(day, 1) },
      ...(done ? { through: of.to } : {}),
      done,
    };
    if (done) return;
  }
}

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
const later = (one: Date, other: Date): Date => (one > other ? one : other);
