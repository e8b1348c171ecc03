// A slice of days at one level. Short ranges are asked for at once, long ones by a report; what is too much for Meta is asked
// for in halves; what it says of its limits is waited for, and said.
import type { Cursor, Page, SliceSpec } from "../../contract.ts";
import { SourceFailure } from "../../failure.ts";
import type { Notice } from "../../notice.ts";
import { laterBy } from "../../protocol/later.ts";
import { makePageGuard } from "../../protocol/page-guard.ts";
import type { WholeDays } from "../../records.ts";
import type { SourceSession } from "../../session.ts";
import { NOT_THERE, TIMED_OUT, TOO_MUCH_DATA } from "../errors.ts";
import { nextIn, rowsIn, type GraphAnswer } from "../graph.ts";
import { LIMIT, limitNotice, waitOf } from "../usage.ts";
import { addDays } from "../../days.ts";
import { daysOf } from "./days.ts";
import { mapDays } from "./mapping.ts";
import { again, nextChunk, placeIn, startOf, wayFor, type Place } from "./place.ts";
import { lookAtReport, orderReport, readReport } from "./report.ts";
import { paramsOf, ROWS_A_PAGE, tryInsights, type Level } from "./request.ts";

/** Between two orders for one range: a retry must not order report after report. */
const GAP_MS = 60_000;
/** The first look comes soon, for small accounts' reports are quick; then from five seconds to a minute. */
const FIRST_LOOK_MS = 1_000;
const LOOK_MS = { least: 5_000, most: 60_000 };
const FAILURES_MAX = 2;
/** A report may take an hour. */
const REPORT_MAX_MS = 7_200_000;

type Work = {
  readonly session: SourceSession;
  readonly slice: SliceSpec;
  readonly level: Level;
  readonly account: string;
};
/** What a step gives to the reader, if anything, and where it leads. */
type Step = { readonly place: Place | null; readonly pages: readonly Page[] };

export async function* dayPages(
  session: SourceSession,
  slice: SliceSpec,
  from: Cursor | null,
  level: Level,
): AsyncGenerator<Page> {
  const account = session.account?.externalId;
  if (account === undefined) throw new Error("insights are read of an account");
  const work: Work = { session, slice, level, account };
  const zone = session.account?.zone ?? "UTC";
  const range = daysOf(slice, zone, session.clock.now());
  const start = from === null ? null : placeIn(from);
  let place = start ?? (range === null ? null : startOf(level, range.first, range.last));
  if (place === null) return yield emptySlice(slice);
  const guard = makePageGuard({ isFiltered: true });
  while (place !== null) {
    const step: Step =
      place.way === "report" && !place.isReady ? await prepare(work, place) : await readPage(work, place, guard);
    yield* step.pages;
    place = step.place;
  }
}

const emptySlice = (slice: SliceSpec): Page => ({
  kind: "records",
  records: [],
  rejected: [],
  cursor: {},
  through: slice.to,
  notices: [{ code: "meta-ads.beyondHistory" }],
  done: true,
});

const untilOf = ({ day, days }: Place): string => addDays(day, days - 1);
const inMs = (session: SourceSession, ms: number): Date => laterBy(session.clock.now(), ms);
const waiting = (place: Place, until: Date, because: Notice): Page => ({
  kind: "waiting",
  until,
  because,
  isLimit: because.code === LIMIT,
  cursor: { ...place },
});
const preparing = (percent: number): Notice => ({ code: "meta-ads.preparingReport", values: { percent } });

/** One step of a report towards its rows: ordered, or looked at. */
async function prepare(work: Work, place: Place): Promise<Step> {
  return place.report === null ? order(work, place) : look(work, place, place.report);
}

async function order(work: Work, place: Place): Promise<Step> {
  const { session, account, level } = work;
  const now = session.clock.now();
  // `polls` tells the visit that orders from the one before it, and is not written down: whoever begins again here, not
  // knowing whether the order went out, waits for the gap.
  if (place.polls === 0) {
    const mayAt = place.orderedAt === null ? now : new Date(Date.parse(place.orderedAt) + GAP_MS);
    if (mayAt > now) return { place, pages: [waiting(place, mayAt, preparing(0))] };
    const next = { ...place, orderedAt: now.toISOString() };
    return { place: { ...next, polls: 1 }, pages: [waiting(next, now, preparing(0))] };
  }
  const ordered = await orderReport(session, { account, level, since: place.day, until: untilOf(place) });
  // Refused, so none is being made: nothing to keep a distance from.
  if (ordered instanceof SourceFailure)
    return { place: { ...smaller(work, place, ordered), orderedAt: null }, pages: [] };
  const next: Place = { ...place, report: ordered, polls: 0, readAt: now.toISOString(), after: null, rejected: 0 };
  return { place: next, pages: [waiting(next, inMs(session, FIRST_LOOK_MS), preparing(0))] };
}

async function look(work: Work, place: Place, report: string): Promise<Step> {
  const { session } = work;
  const state = await lookAtReport(session, report);
  if (state.kind === "ready") return { place: { ...place, isReady: true, after: null }, pages: [] };
  const isOld = session.clock.now().getTime() - Date.parse(place.orderedAt ?? "") > REPORT_MAX_MS;
  if (state.kind === "failed") return { place: afterFailure(work, place, { said: state.said, isOld }), pages: [] };
  if (isOld) {
    const said = `no report after ${REPORT_MAX_MS / 3_600_000} hours`;
    return { place: afterFailure(work, place, { said, isOld: false }), pages: [] };
  }
  const polls = place.polls + 1;
  const limitMs = waitOf(state.usage);
  const lookMs = Math.min(LOOK_MS.most, LOOK_MS.least * 2 ** Math.min(6, polls - 1));
  const because = limitMs === null ? preparing(state.percent) : limitNotice(limitMs);
  const next = { ...place, polls };
  return { place: next, pages: [waiting(next, inMs(session, Math.max(lookMs, limitMs ?? 0)), because)] };
}

/**
 * Twice more as it was, then in halves; a single day that fails is the source's trouble, and one that failed long ago is
 * ordered once more: nothing comes of the old report any more.
 */
function afterFailure(work: Work, place: Place, { said, isOld }: { said: string; isOld: boolean }): Place {
  const failures = place.failures + 1;
  if (failures <= FAILURES_MAX) return again(place, { way: "report", failures });
  if (isOld && place.days === 1) return again(place, { way: "report" });
  return smaller(work, place, new SourceFailure({ class: "transient", code: "meta-ads.reportFailed", said }));
}

/** Half of the days, a report where it was asked for at once or is gone; the failure itself when nothing is left to try. */
function smaller({ level }: Work, place: Place, failure: SourceFailure): Place {
  if (failure.failure.code === NOT_THERE) return again(place, { way: "report" });
  if (place.way === "now" && failure.failure.code === TIMED_OUT) return again(place, { way: "report" });
  if (place.days === 1) {
    if (place.way === "now") return again(place, { way: "report" });
    throw failure;
  }
  const days = Math.ceil(place.days / 2);
  return again(place, { days, way: place.way === "now" ? wayFor(level, days) : "report", failures: 0 });
}

type Guard = ReturnType<typeof makePageGuard>;

/** One page of the chunk's rows, and with its last one the claim that the chunk is whole. */
async function readPage(work: Work, place: Place, guard: Guard): Promise<Step> {
  const { session, slice, level } = work;
  const readAt = place.readAt ?? session.clock.now().toISOString();
  const answer = await ask(work, place);
  if (answer instanceof SourceFailure) return { place: smaller(work, place, answer), pages: [] };
  const rows = rowsIn(answer.body);
  const next = nextIn(answer.body);
  const ids = rows.map((row) => JSON.stringify([place.days, row["campaign_id"], row["ad_id"], row["date_start"]]));
  if (guard({ ids, next }) === "again") return { place: { ...place, readAt }, pages: [] };
  const until = untilOf(place);
  const currency = session.account?.currency ?? null;
  const days = mapDays(rows, { level, since: place.day, until, readAt, currency });
  const rejected = place.rejected + days.rejected.length;
  const after: Place = { ...place, readAt, after: next, rejected };
  const end = addDays(until, 1);
  const goesOn = next === null && until < place.last ? nextChunk(after, level, end) : after;
  const isDone = next === null && until >= place.last;
  const whole: WholeDays[] =
    next === null && rejected === 0 ? [{ kind: "adDay", part: level, from: place.day, until: end, since: readAt }] : [];
  const page: Page = {
    kind: "records",
    ...days,
    cursor: { ...goesOn },
    ...(whole.length === 0 ? {} : { whole }),
    ...(isDone ? { through: earlier(slice.to, new Date(readAt)) } : {}),
    done: isDone,
  };
  const limitMs = isDone ? null : waitOf(answer.usage);
  const rest: Page[] = limitMs === null ? [] : [waiting(goesOn, inMs(session, limitMs), limitNotice(limitMs))];
  return { place: isDone ? null : goesOn, pages: [page, ...rest] };
}

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);

function ask({ session, account, level }: Work, place: Place): Promise<GraphAnswer | SourceFailure> {
  const paging: Record<string, string> = place.after === null ? {} : { after: place.after };
  if (place.way === "report" && place.report !== null) return readReport(session, place.report, paging);
  const params = { ...paramsOf(level, place.day, untilOf(place)), limit: String(ROWS_A_PAGE), ...paging };
  return tryInsights(session, { path: `act_${account}/insights`, params, purpose: `insights.${level}` }, [
    TOO_MUCH_DATA,
    TIMED_OUT,
  ]);
}
