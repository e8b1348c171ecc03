/**
 * How long the first history still takes, as a range that can be believed. Two ways to reckon it, by what is left at the
 * present rate and by how long the part that is done took; the range spans both. Pure.
 */
import { addDays, daysBetween } from "./days.ts";
import type { Piece } from "./backfill-map.ts";
import { doneAfter } from "@headwater/workflows/lifecycle/quiet.ts";
import type { Quiet } from "@headwater/workflows/lifecycle/quiet.ts";

export interface Share {
  /** 0 to 1, windows weighted by the rows a day seen so far. */
  readonly done: number;
  readonly rowsLeft: number;
}

export function shareDone(pieces: readonly Piece[]): Share {
  const perDay = rowsPerDay(pieces);
  let total = 0;
  let done = 0;
  let rowsLeft = 0;
  for (const piece of pieces) {
    const days = daysBetween(piece.from, piece.to);
    const weight = days * (1 + (perDay.get(piece.stream) ?? 0));
    const share = sharePart(piece);
    total += weight;
    done += weight * share;
    rowsLeft += (1 - share) * (piece.expected ?? days * (perDay.get(piece.stream) ?? 0));
  }
  return { done: total === 0 ? 0 : done / total, rowsLeft };
}

function sharePart(piece: Piece): number {
  if (piece.state === "done") return 1;
  if (piece.expected === null || piece.expected <= 0) return 0;
  return Math.min(0.99, piece.rows / piece.expected);
}

function rowsPerDay(pieces: readonly Piece[]): Map<string, number> {
  const seen = new Map<string, { rows: number; days: number }>();
  for (const piece of pieces) {
    if (piece.state !== "done") continue;
    const before = seen.get(piece.stream) ?? { rows: 0, days: 0 };
    seen.set(piece.stream, { rows: before.rows + piece.rows, days: before.days + daysBetween(piece.from, piece.to) });
  }
  return new Map([...seen].map(([stream, { rows, days }]) => [stream, days === 0 ? 0 : rows / days]));
}

export interface EtaRange {
  readonly minSeconds: number;
  readonly maxSeconds: number;
}

const LEAST_SHARE = 0.03;
const LEAST_SECONDS = 30;

/** Null: it lasts. */
export interface Stop {
  readonly from: Date;
  readonly until: Date | null;
}

/** A history that stood still from Friday to Monday took no three days. */
export function secondsAtWork(from: Date, until: Date, stops: readonly Stop[]): number {
  let at = from.getTime();
  let worked = 0;
  for (const stop of stops.toSorted((a, b) => a.from.getTime() - b.from.getTime())) {
    const begins = Math.min(stop.from.getTime(), until.getTime());
    worked += Math.max(0, begins - at);
    at = Math.max(at, Math.min((stop.until ?? until).getTime(), until.getTime()));
  }
  return (worked + Math.max(0, until.getTime() - at)) / 1000;
}

interface Begun {
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** In quiet hours nothing begins but what somebody asks for: from the first that did, to the last sign of it, it worked. */
export const restsBetween = (quiet: readonly Quiet[], slices: readonly Begun[], movedAt: Date | null): Stop[] =>
  quiet.flatMap((hours) => {
    const [from, until] = [new Date(hours.from), new Date(hours.to)];
    const work = slices.flatMap(({ startedAt, finishedAt }) =>
      startedAt !== null && startedAt >= from && startedAt < until
        ? [startedAt, finishedAt ?? movedAt ?? startedAt]
        : [],
    );
    const instants = work.map((at) => Math.min(at.getTime(), hours.to));
    if (instants.length === 0) return [{ from, until }];
    return [
      { from, until: new Date(Math.min(...instants)) },
      { from: new Date(Math.max(...instants)), until },
    ];
  });

/** The hours in which it rests are no work, and lie between now and its end. */
export function withRests(range: EtaRange, now: Date, rests: readonly Quiet[]): EtaRange {
  if (rests.length === 0) return range;
  const later = (seconds: number): number =>
    Math.round((doneAfter(now.getTime(), seconds * 1000, rests) - now.getTime()) / 1000);
  return { minSeconds: later(range.minSeconds), maxSeconds: later(range.maxSeconds) };
}

/** Null while counting: before 3% or 30 s nothing that we could say would hold. `elapsed`: seconds at work. */
export function etaOf(share: Share, rowsPerMinute: number | null, elapsed: number | null): EtaRange | null {
  if (elapsed === null || share.done >= 1) return null;
  if (share.done < LEAST_SHARE || elapsed < LEAST_SECONDS) return null;
  const byShare = (elapsed * (1 - share.done)) / share.done;
  const byRate = rowsPerMinute !== null && rowsPerMinute > 0 ? (share.rowsLeft / rowsPerMinute) * 60 : byShare;
  const shortest = Math.min(byShare, byRate) * 0.85;
  const longest = Math.max(byShare, byRate) * 1.25;
  return { minSeconds: steady(shortest), maxSeconds: steady(longest) };
}

/** Steps of about a tenth, so that the range stands still while little changes. */
const steady = (seconds: number): number =>
  seconds <= 5 ? 5 : Math.round(1.1 ** Math.round(Math.log(seconds) / Math.log(1.1)));

export interface ForwardEta extends EtaRange {
  /** By so much, at most, everything that was queued before these days comes later. */
  readonly laterSeconds: number;
}

/**
 * How long the wanted days would take if they came first: their share of all that is left. Null where nothing of them is
 * left, or nothing can be said yet.
 */
export function etaOfDays(
  pieces: readonly Piece[],
  wanted: { readonly from: string; readonly to: string; readonly stream?: string | null | undefined },
  whole: EtaRange | null,
): ForwardEta | null {
  const until = addDays(wanted.to, 1);
  const perDay = rowsPerDay(pieces);
  let left = 0;
  let within = 0;
  for (const piece of pieces) {
    const share = (1 - sharePart(piece)) * (1 + (perDay.get(piece.stream) ?? 0));
    left += share * daysBetween(piece.from, piece.to);
    if (piece.state === "done" || (wanted.stream != null && wanted.stream !== piece.stream)) continue;
    const from = piece.from > wanted.from ? piece.from : wanted.from;
    const to = piece.to < until ? piece.to : until;
    if (from < to) within += share * daysBetween(from, to);
  }
  if (whole === null || within === 0) return null;
  const part = within / left;
  const range = { minSeconds: steady(whole.minSeconds * part), maxSeconds: steady(whole.maxSeconds * part) };
  return { ...range, laterSeconds: range.maxSeconds };
}
