/**
 * A source's allowance is one row that every process shares. Points are taken from it in blocks, so that a run of few
 * calls costs one statement; whoever finds it empty books the next points and waits its turn, first come, first served.
 */
import type { RateModel } from "@headwater/connectors/contract.ts";
import type { BucketReading, WindowReading } from "@headwater/connectors/session.ts";
import type { Sql } from "postgres";

/** A block: this many calls of the size just asked for, but never more than a quarter of the bucket. */
const CALLS_PER_BLOCK = 8;
const BLOCK_SHARE = 4;
/** Points that nobody used in this time are given back where whoever is next asks for some. */
const BLOCK_LASTS_MS = 10_000;
/** So long after its turn a block waits for whoever was told to come back then: booked anew he would stand behind others. */
const LATE_MS = 60_000;
const READING_LASTS_MS = 5_000;
/** What takes longer to fill is no bucket that a source has: nobody would ever ask again and hear otherwise. */
const FILLS_WITHIN_S = 86_400;
/** By so much may one call reach the source later than another. */
const JITTER_MS = 10;

const takePoints = `
  insert into rate_buckets as b (platform, bucket_key, available, maximum, restore_per_second, measured_at)
    values ($1, $2, least($7::numeric, coalesce($6::numeric, $4::numeric)) - $3::numeric, $4::numeric, $5::numeric, now())
  on conflict (platform, bucket_key) do update set
    maximum = $4::numeric, restore_per_second = $5::numeric, measured_at = now(),
    available = least($4::numeric, $7::numeric, coalesce($6::numeric,
      b.available + $8::numeric + b.restore_per_second * greatest(0, extract(epoch from now() - b.measured_at)::numeric))) - $3::numeric
  returning available::float8 as available`;

/** What was refilled till now counts; below that, the whole wait is a debt, which everyone who books waits out. */
const closePoints = `
  update rate_buckets set measured_at = now(), available = least(-$3::numeric * restore_per_second,
    available + restore_per_second * greatest(0, extract(epoch from now() - measured_at)::numeric))
  where platform = $1 and bucket_key = $2`;

interface Reading extends BucketReading {
  at: number;
}
interface Window extends WindowReading {
  at: number;
}

/** So much of what the source allows its merchant lets one datasource use. */
export interface Ceiling {
  datasourceId: string;
  percent: number;
}

/** One process's hold on one bucket; everything in the process that shares the bucket shares this. */
class Bucket {
  readonly #platform: string;
  readonly #key: string;
  #maximum: number;
  #restorePerSecond: number;
  #held = 0;
  #heldUntil = 0;
  #bookedAt = 0;
  /** How far the row stood below a full bucket when the block was booked, but for what of it is spent. */
  #below = 0;
  #readyAt = 0;
  /** When the last points taken may be spent. */
  #spentAt = 0;
  #hasAnswered = false;
  #closedUntil = 0;
  #reading: Reading | null = null;
  #window: Window | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(platform: string, key: string, initial: RateModel["initial"]) {
    this.#platform = platform;
    this.#key = key;
    this.#maximum = initial.maximum;
    this.#restorePerSecond = initial.restorePerSecond;
  }

  measured({ available, maximum, restorePerSecond }: BucketReading): void {
    if (!(maximum >= 1 && restorePerSecond > 0 && maximum / restorePerSecond <= FILLS_WITHIN_S)) return;
    this.#reading = { available: Math.max(-maximum, available), maximum, restorePerSecond, at: Date.now() };
    this.#maximum = maximum;
    this.#restorePerSecond = restorePerSecond;
  }

  /** What the bucket gives until the window's end may not be more than what is left of it. */
  left(window: WindowReading): void {
    this.#window = { ...window, at: Date.now() };
  }

  /**
   * As large as this one is known to be now, refilled at a share: one datasource takes no more than that, whoever else shares the
   * source's. How full it is the source cannot say, which counts what all take.
   */
  ceilingOf({ datasourceId, percent }: Ceiling): Bucket {
    const size = { maximum: this.#maximum, restorePerSecond: (this.#restorePerSecond * percent) / 100 };
    const own = bucketOf(this.#platform, `${this.#key} ${datasourceId} ceiling`, size);
    own.#maximum = size.maximum;
    own.#restorePerSecond = size.restorePerSecond;
    return own;
  }

  /** The wait was over later than it should have been, as timers are. */
  spent(): void {
    this.#spentAt = Math.max(this.#spentAt, Date.now());
  }

  /** The first call of a process reaches the source by however much a new connection takes: it came before its answer, no more is known. */
  answered(): void {
    if (this.#hasAnswered) return;
    this.#hasAnswered = true;
    this.spent();
  }

  /** The source has said when it will hear us again: nobody who shares the bucket asks before. */
  async closed(sql: Sql, until: number): Promise<void> {
    if (until <= this.#closedUntil) return;
    this.#closedUntil = until;
    this.#reading = null;
    // What was thought to be there is not; what comes in after that time is.
    if (this.#readyAt < until) this.#held = 0;
    const seconds = Math.max(0, until - Date.now()) / 1000;
    await sql.unsafe(closePoints, [this.#platform, this.#key, seconds], { prepare: true });
  }

  /** Milliseconds for which it stays closed. Asked again after every wait: it may have been closed meanwhile. */
  closedFor(): number {
    return Math.max(0, this.#closedUntil - Date.now());
  }

  /**
   * Milliseconds to wait before the points may be spent. In turn: who asks first is served first. Whoever will not wait so long
   * has taken nothing: what was booked stays for whoever asks next.
   */
  take(sql: Sql, points: number, mostMs = Number.POSITIVE_INFINITY): Promise<number> {
    const taken = this.#turn.then(() => this.#takeInTurn(sql, points, mostMs));
    this.#turn = taken.catch(() => undefined); // whoever is next asks for itself
    return taken;
  }

  async #takeInTurn(sql: Sql, points: number, mostMs: number): Promise<number> {
    const now = Date.now();
    const wanted = Math.min(points, this.#maximum);
    if (this.#held < wanted || now > this.#heldUntil) {
      const block = Math.max(wanted, Math.min(points * CALLS_PER_BLOCK, this.#maximum / BLOCK_SHARE));
      const [row] = await sql.unsafe<[{ available: number }]>(
        takePoints,
        [
          this.#platform,
          this.#key,
          block,
          this.#maximum,
          this.#restorePerSecond,
          this.#knownAvailable(now),
          this.#mostAvailable(now),
          this.#unspent(now, block),
        ],
        { prepare: true },
      );
      this.#held = block;
      this.#bookedAt = now;
      this.#below = this.#maximum - row.available;
      // In debt: the whole block is waited for, so that none of its points is lost. From the answer on: how long the statement
      // was on its way nobody knows.
      this.#readyAt = Date.now() + (Math.max(0, -row.available) / this.#restorePerSecond) * 1000;
      this.#heldUntil = this.#readyAt + BLOCK_LASTS_MS;
    }
    // A bucket that holds one call at a time forgives no lateness of the call before: the distance is kept from there.
    const spacedAt =
      this.#maximum < 2 * points ? this.#spentAt + (points / this.#restorePerSecond) * 1000 + JITTER_MS : 0;
    const spentAt = Math.max(Date.now(), this.#readyAt, spacedAt);
    const waitMs = Math.max(spentAt - Date.now(), this.closedFor());
    if (waitMs > mostMs) {
      this.#heldUntil = Math.max(this.#heldUntil, now + waitMs + LATE_MS);
      return waitMs;
    }
    this.#held -= wanted;
    this.#below -= wanted;
    this.#spentAt = spentAt;
    return waitMs;
  }

  /** Taken for a call that is not made after all: they are there for the next, unless the source has refused them since. */
  release(points: number): void {
    if (this.#readyAt < this.#closedUntil) return;
    this.#held += Math.min(points, this.#maximum);
  }

  /**
   * What of the last block is given back, at most what the next one takes: nobody comes earlier by it than he would have. What a
   * bucket that was full meanwhile could not hold is lost at the source too.
   */
  #unspent(now: number, block: number): number {
    const below = this.#below - ((now - this.#bookedAt) / 1000) * this.#restorePerSecond;
    return Math.max(0, Math.min(this.#held, block, below));
  }

  /** What the source itself said a moment ago is better than our sum. */
  #knownAvailable(now: number): number | null {
    const reading = this.#reading;
    this.#reading = null;
    if (reading === null || now - reading.at > READING_LASTS_MS) return null;
    const refilled = reading.available + (reading.restorePerSecond * (now - reading.at)) / 1000;
    return Math.min(reading.maximum, refilled);
  }

  /** Below nothing where more would flow in until then than is left: that much is waited out first. */
  #mostAvailable(now: number): number | null {
    const window = this.#window;
    this.#window = null;
    if (window === null || now - window.at > READING_LASTS_MS) return null;
    const leftMs = window.endsInMs - (now - window.at);
    if (leftMs <= 0) return null;
    return window.calls - (this.#restorePerSecond * leftMs) / 1000;
  }
}

const bucketByKey = new Map<string, Bucket>();

export function bucketOf(platform: string, key: string, initial: RateModel["initial"]): Bucket {
  const name = `${platform} ${key}`;
  let bucket = bucketByKey.get(name);
  if (bucket === undefined) {
    bucket = new Bucket(platform, key, initial);
    bucketByKey.set(name, bucket);
  }
  return bucket;
}

export type { Bucket };
