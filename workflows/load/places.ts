/**
 * Where a run's place is kept: a slice's row, or a stream's checkpoint. Both are written in the transaction of the rows
 * they cover, and only by whoever still stands where it began: a zombie attempt moves nothing.
 */
import type { Cursor, Notice } from "@headwater/connectors/contract.ts";
import type { ParameterOrJSON, TransactionSql } from "postgres";
import type { HalfRead } from "../source/standing.ts";
import type { DatasourceRef, RunRef, SliceRef } from "./contract.ts";
import type { Ledger } from "./outcome.ts";
import { smoothedRate } from "./smoothed-rate.ts";

/** Somebody else has moved this place on. */
export class Superseded extends Error {
  override readonly name = "Superseded";
  /** The place stands exactly where this step leads: our own commit, whose answer was lost. */
  readonly isOurs: boolean;
  constructor(isOurs: boolean) {
    super(isOurs ? "already committed" : "somebody else moved on");
    this.isOurs = isOurs;
  }
}

export interface Step {
  cursor: Cursor | null;
  pages: number;
  /** Records of the stream's first kind, as read. */
  rows: number;
  /** The slice began again by its window: earlier rows of it do not count towards what was announced. */
  startsOver: boolean;
  /** Less had come than was announced: counted, so that it does not begin again for ever. */
  fellShort: boolean;
  ledger: Ledger;
  /** Lines put into the database, or aside. */
  landed: number;
  /** Rows that are new in our tables, by stream: what the page shows as it fills. */
  insertedByStream: ReadonlyMap<string, number>;
  announced: number | null;
  /** Seconds since the call began that reads this, or since what it waited for was ready. */
  calledFor: number;
  /** Records that it landed in these seconds before. */
  readBefore: number;
  isDone: boolean;
  /** Set with `isDone` for a checkpoint: complete data reach up to here. */
  through: Date | null;
  /** Until when, and the source's notice that says why. */
  waitingFor: ({ until: string } & Notice) | null;
  /** The source counts more than it showed: nothing may be buried for being absent. */
  mayBeShort: boolean;
}

export interface Place {
  /** Throws Superseded when the place has moved; does nothing when it stands already where this step leads. */
  save(tx: TransactionSql, step: Step): Promise<void>;
}

const UNDER_WAY = `case when $5::jsonb is null then 'running' else 'waiting' end`;

/** Of the whole read, whatever streams it brings. */
const rateAfter = (standing: { before: string; gap: string }): string =>
  smoothedRate({
    ...standing,
    read: "$12::float8",
    calledFor: "$7::float8",
    readBefore: "$18::float8",
    isWaiting: "$5::jsonb is not null",
  });
const firstRate = rateAfter({ before: "null::float8", gap: "0" });
const nextRate = rateAfter({
  before: "p.rate_per_minute::float8",
  gap: "extract(epoch from now() - p.moved_at)::float8",
});

/** How far a stream is. Only windows of a plan are its history: a sync beside it neither fills, ends nor mends it. */
const showProgress = (isPlanned: boolean): string => `
  insert into progress as p (organisation_id, datasource_id, stream, state, rows, windows_done, windows_total, rate_per_minute,
      first_day, last_day, through, started_at, finished_at, waiting_for, moved_at)
    select $1::uuid, $2::uuid, u.stream, case when $6::boolean then 'done' else ${UNDER_WAY} end, u.rows,
      case when $6::boolean then ${isPlanned ? 1 : 0} else 0 end, 0, ${firstRate}, moved.first_day, moved.last_day, moved.through, now(),
      case when $6::boolean then now() end, $5::jsonb, now()
    from unnest($3::text[], $4::bigint[]) as u(stream, rows), moved
  on conflict (organisation_id, datasource_id, stream) do update set
    state = case when $6::boolean and p.windows_done + excluded.windows_done >= p.windows_total then 'done'
      when ${isPlanned} or p.windows_done >= p.windows_total then ${UNDER_WAY} else p.state end,
    rows = p.rows + excluded.rows, windows_done = least(p.windows_done + excluded.windows_done, p.windows_total),
    rate_per_minute = ${nextRate},
    first_day = least(p.first_day, excluded.first_day), last_day = greatest(p.last_day, excluded.last_day),
    through = greatest(p.through, excluded.through),
    started_at = coalesce(p.started_at, excluded.started_at),
    finished_at = case when $6::boolean and p.windows_done + excluded.windows_done >= p.windows_total
      then coalesce(p.finished_at, now()) else p.finished_at end,
    waiting_for = excluded.waiting_for, moved_at = greatest(p.moved_at, excluded.moved_at)`;

const saveSlice = `
  with moved as (
    update slices set cursor = $8::jsonb, pages = pages + $9, rows = case when $22 then 0 else rows end + $10, announced = coalesce($11, announced),
      read = read + $12, merged = merged + $13, unchanged = unchanged + $14, deduplicated = deduplicated + $15,
      rejected = rejected + $16, written = written + $17,
      landed = case when $22 then 0 else landed end + $23, shortfalls = shortfalls + case when $24 then 1 else 0 end, state = case when $6 then 'done' else 'running' end,
      finished_at = case when $6 then now() end, failure = null
    where organisation_id = $1 and id = $19 and pages = $20 and state <> 'done'
    returning case when $6 then (from_at at time zone $21)::date end as first_day,
      case when $6 then ((to_at - interval '1 ms') at time zone $21)::date end as last_day, null::timestamptz as through),
  shown as (${showProgress(true)})
  select (select count(*)::int from moved) as moved,
    exists (select 1 from slices where organisation_id = $1 and id = $19 and pages = $20 + $9 and cursor is not distinct from $8::jsonb) as already`;

const saveCheckpoint = `
  with moved as (
    insert into checkpoints as c (organisation_id, datasource_id, stream, cursor, through, updated_at)
      values ($1, $2, $19, $8::jsonb, $21, now())
    on conflict (organisation_id, datasource_id, stream) do update
      set cursor = excluded.cursor, through = coalesce(excluded.through, c.through), updated_at = now()
      where c.cursor is not distinct from $20::jsonb
    returning null::date as first_day, null::date as last_day, through),
  counted as (
    insert into runs as r (organisation_id, id, datasource_id, kind, n, asked_by, read, merged, unchanged, deduplicated, rejected, written, announced)
      select $1, $22, $2, $23, $24, $25::uuid, $12, $13, $14, $15, $16, $17, $11::bigint from moved where $9::int >= 0 and $10::int >= 0
    on conflict (organisation_id, id) do update set read = r.read + excluded.read, merged = r.merged + excluded.merged,
      unchanged = r.unchanged + excluded.unchanged, deduplicated = r.deduplicated + excluded.deduplicated,
      rejected = r.rejected + excluded.rejected, written = r.written + excluded.written,
      announced = case when excluded.announced is null then r.announced else coalesce(r.announced, 0) + excluded.announced end),
  shown as (${showProgress(false)})
  select (select count(*)::int from moved) as moved,
    exists (select 1 from checkpoints where organisation_id = $1 and datasource_id = $2 and stream = $19 and cursor is not distinct from $8::jsonb) as already`;

type Value = ParameterOrJSON<never>;

const stepValues = (ref: DatasourceRef, step: Step): Value[] => [
  ref.organisationId,
  ref.datasourceId,
  [...step.insertedByStream.keys()],
  [...step.insertedByStream.values()],
  step.waitingFor,
  step.isDone,
  step.calledFor,
  step.cursor,
  step.pages,
  step.rows,
  step.announced,
  step.ledger.read,
  step.ledger.merged,
  step.ledger.unchanged,
  step.ledger.deduplicated,
  step.ledger.rejected,
  step.ledger.written,
  step.readBefore,
];

async function run(tx: TransactionSql, text: string, values: Value[]): Promise<void> {
  const [row] = await tx.unsafe<[{ moved: number; already: boolean }]>(text, values, { prepare: true });
  if (row.moved === 0) throw new Superseded(row.already);
}

/** A slice knows its place by its pages: they only grow. */
export class SlicePlace implements Place {
  readonly #ref: SliceRef;
  readonly #zone: string;
  #pages: number;

  constructor(ref: SliceRef, at: { pages: number; zone: string }) {
    this.#ref = ref;
    this.#pages = at.pages;
    this.#zone = at.zone;
  }

  async save(tx: TransactionSql, step: Step): Promise<void> {
    await run(tx, saveSlice, [
      ...stepValues(this.#ref, step),
      this.#ref.sliceId,
      this.#pages,
      this.#zone,
      step.startsOver,
      step.landed,
      step.fellShort,
    ]);
  }

  moved(step: Step): void {
    this.#pages += step.pages;
  }
}

/** A checkpoint knows its place by what it held. While a window is unfinished it holds the window and where in it. */
export class StreamPlace implements Place {
  readonly #ref: RunRef;
  readonly #stream: string;
  readonly #window: Omit<HalfRead, "cursor">;
  #held: HalfRead | null;

  constructor(ref: RunRef, stream: string, window: Omit<HalfRead, "cursor">, held: HalfRead | null) {
    this.#ref = ref;
    this.#stream = stream;
    this.#window = window;
    this.#held = held;
  }

  async save(tx: TransactionSql, step: Step): Promise<void> {
    const values = stepValues(this.#ref, { ...step, cursor: this.#toHold(step) });
    const { runId, kind, n, askedBy } = this.#ref;
    await run(tx, saveCheckpoint, [...values, this.#stream, this.#held, step.through, runId, kind, n, askedBy ?? null]);
  }

  moved(step: Step): void {
    this.#held = this.#toHold(step);
  }

  #toHold(step: Step): HalfRead | null {
    return step.isDone ? null : { ...this.#window, cursor: step.cursor };
  }
}
