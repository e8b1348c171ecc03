/** May be killed anywhere: the slice's cursor moves in the same transaction as the rows it covers. */
import type { Cursor, Stream } from "@headwater/connectors/contract.ts";
import type { Sql } from "postgres";
import { AsideLost, type AsideWindow, clearAside, writeAside } from "./aside.ts";
import { carryPages } from "./carry-pages.ts";
import type { LoadDeps, SliceRef, WorkOptions } from "./contract.ts";
import { givesUp, outcomeOf, type Piece, stopsOnlyItsStream, type Worked } from "./failures.ts";
import { inOrganisation } from "./fence.ts";
import { announce } from "./notifier.ts";
import { batchContext, openRun, streamNamed } from "./open-run.ts";
import type { WorkOutcome } from "./outcome.ts";
import { SlicePlace } from "./places.ts";
import { changesNotices, type Heard, keepDespite, keepReadNotices } from "./read-notices.ts";
import { recountAfter } from "../imports/recount.ts";

interface SliceRow {
  stream: string;
  from_at: Date | null;
  to_at: Date;
  is_newest: boolean;
  state: string;
  cursor: Cursor | null;
  pages: string;
  rows: string;
  announced: string | null;
  landed: string;
  shortfalls: number;
  started_at: Date;
}

export async function workOnSlice(deps: LoadDeps, ref: SliceRef, options: WorkOptions): Promise<WorkOutcome> {
  const heard: Worked = { pages: 0, rows: 0, intentVersion: 0 };
  const piece: Piece = { sliceId: ref.sliceId, began: new Date().toISOString() };
  const known: Known = { piece, stream: null, heard: [] };
  const watched: WorkOptions = {
    ...options,
    heartbeat: (details) => {
      Object.assign(heard, details);
      options.heartbeat(details);
    },
  };
  try {
    return await work(deps, ref, watched, known);
  } catch (error) {
    await keepDespite(deps.sql, ref, known.heard, error);
    if (error instanceof AsideLost) {
      await beginAgain(deps.sql, ref);
      return { kind: "more", ...heard };
    }
    const outcome = ofItsStream(outcomeOf(error, heard, { ...piece, read: heard.rows }), known);
    if (outcome.kind !== "fenced") await noteTrouble(deps.sql, ref, outcome, known);
    return outcome;
  }
}

/** What a slice is of, as far as it is known yet. */
interface Known {
  readonly piece: Piece;
  stream: Stream | null;
  readonly heard: Heard[];
}

/** Before its stream is known, nothing stops that alone. */
const optionalIn = ({ stream }: Known): Pick<Stream, "optional"> => ({ optional: stream?.optional ?? false });

const ofItsStream = (outcome: WorkOutcome, known: Known): WorkOutcome =>
  outcome.kind === "failed" && stopsOnlyItsStream(outcome.failure, optionalIn(known))
    ? { ...outcome, onlyItsStream: true }
    : outcome;

async function work(deps: LoadDeps, ref: SliceRef, options: WorkOptions, known: Known): Promise<WorkOutcome> {
  const [open, row] = await Promise.all([
    openRun(deps, ref, options.signal),
    beginSlice(deps.sql, ref).then((begun) => {
      known.piece.stream = begun.stream;
      return begun;
    }),
  ]);
  const standing = { pages: 0, rows: 0, intentVersion: open.standing.intent_version };
  if (row.state === "done") return { kind: "done", ...standing };
  const stream = streamNamed(open.source, row.stream);
  known.stream = stream;
  const context = batchContext(deps, ref, open, stream);
  const carried = await carryPages({
    context,
    place: new SlicePlace(ref, { pages: Number(row.pages), zone: open.zone }),
    stream,
    session: open.source.session,
    slice: { from: row.from_at, to: row.to_at, mode: "history", urgent: row.is_newest },
    cursor: row.cursor,
    before: { rows: Number(row.rows), announced: row.announced === null ? null : Number(row.announced) },
    shortfalls: row.shortfalls,
    through: null,
    options,
    pace: deps.pace ?? 1,
    hear: (heard) => known.heard.push(heard),
    ...(isReadAside(ref) ? { write: writeAside(windowOf(ref, row)) } : {}),
  });
  if (changesNotices(open.standing, known.heard))
    await inOrganisation(deps.sql, ref, (tx) => keepReadNotices(tx, ref, known.heard));
  const worked = { pages: carried.pages, rows: carried.records, intentVersion: carried.intentVersion };
  if (carried.ledger.merged > 0 && context.streamByKind.has("variant"))
    await recountAfter(deps, { run: ref, accountId: context.owner.accountId }, worked, options);
  if (carried.kind !== "throttled" || carried.until === null)
    return { kind: carried.kind === "done" ? "done" : "more", ...worked };
  return {
    kind: "throttled",
    until: carried.until.toISOString(),
    because: carried.because ?? "waitingForReport",
    ...worked,
  };
}

/** What people see stays as it was until the whole window can take its place. */
const isReadAside = ({ kind }: SliceRef): boolean => kind === "resync" || kind === "reread" || kind === "refresh";

const windowOf = (ref: SliceRef, row: SliceRow): AsideWindow => ({
  sliceId: ref.sliceId,
  from: row.from_at,
  to: row.to_at,
  begunAt: row.started_at,
  landed: Number(row.landed),
});

async function beginAgain(sql: Sql, ref: SliceRef): Promise<void> {
  await inOrganisation(sql, ref, async (tx) => {
    await clearAside(tx, ref.sliceId);
    await tx.unsafe("update slices set cursor = null, rows = 0, landed = 0 where organisation_id = $1 and id = $2", [
      ref.organisationId,
      ref.sliceId,
    ]);
  });
}

async function beginSlice(sql: Sql, ref: SliceRef): Promise<SliceRow> {
  const [row] = await inOrganisation(sql, ref, (tx) =>
    tx.unsafe<[SliceRow?]>(
      `update slices as s set attempts = attempts + 1, started_at = coalesce(started_at, now()),
         state = case when state = 'done' then state else 'running' end
       where organisation_id = $1 and id = $2
       returning stream, from_at, to_at, state, cursor, pages, rows, announced, landed, shortfalls, started_at,
         not exists (select 1 from slices as n where n.organisation_id = $1 and n.run_id = s.run_id and n.stream = s.stream
           and n.position < s.position) as is_newest`,
      [ref.organisationId, ref.sliceId],
      { prepare: true },
    ),
  );
  if (row === undefined) throw new Error("the slice is not planned");
  return row;
}

/**
 * Why a slice stands still, on its row and on its stream's progress; gone with the next row that lands. What is read again
 * beside the history is no part of that progress.
 */
async function noteTrouble(sql: Sql, ref: SliceRef, outcome: WorkOutcome, known: Known): Promise<void> {
  const { troubles = [], ...wait } = outcome;
  const failure = outcome.kind === "failed" ? outcome.failure : (troubles[0]?.failure ?? null);
  const waitingFor = outcome.kind === "failed" ? outcome.failure : wait;
  const isGivenUp = outcome.kind === "failed" && givesUp(outcome.failure, optionalIn(known));
  await inOrganisation(sql, ref, async (tx) => {
    await tx.unsafe(
      `with trouble as (update slices set failure = $3::jsonb, state = case when $4 then 'failed' else state end
         where organisation_id = $1 and id = $2 and state <> 'done' returning stream, datasource_id)
       update progress as p set waiting_for = $5::jsonb, state = case when $4 then 'failed' else 'waiting' end from trouble
       where $6 and p.organisation_id = $1 and p.datasource_id = trouble.datasource_id and p.stream = trouble.stream`,
      [
        ref.organisationId,
        ref.sliceId,
        failure === null ? null : { ...failure },
        isGivenUp,
        { ...waitingFor },
        ref.kind !== "reread" && ref.kind !== "refresh",
      ],
      { prepare: true },
    );
    if (isGivenUp) await clearAside(tx, ref.sliceId);
  });
  announce(sql, ref);
}
