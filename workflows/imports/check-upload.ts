/**
 * A file that was taken, held against what stands of it: parsed again from the kept file as it was read then, and compared
 * with what was counted then and with its rows as they are now, exactly: how many, which sum, and a mark of all that they
 * say. It keeps its place as it goes, and makes way for whatever a person asks.
 */
import type { TransactionSql } from "postgres";
import { FileRefused } from "../costs/codes.ts";
import { limitsOf } from "../costs/limits.ts";
import { addAmounts } from "../costs/numbers.ts";
import type { Survey } from "../costs/survey.ts";
import type { LoadDeps } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";
import { asInFile, ControlTotals, markIn, moneyIn } from "./control-totals.ts";
import { chunksOf } from "./upload-chunks.ts";
import { FileLost } from "./upload-file.ts";
import { inImport, moveUpload, say } from "./upload-row.ts";
import type { CheckPlace, Total, Upload, UploadRef } from "./upload-row.ts";

export interface Checking {
  readonly signal: AbortSignal;
  readonly beat: (rows: number) => void;
  /** Time is over, or somebody wants something else of these costs. */
  readonly mustYield: () => Promise<boolean>;
}

const LINES_AT_ONCE = 400_000;

/** One step of it; the row says what comes next. */
export async function checkUpload(deps: LoadDeps, ref: UploadRef, upload: Upload, checking: Checking): Promise<void> {
  const { version, survey } = upload;
  if (upload.state !== "committed" || version === null || version > upload.head || survey === null)
    return inImport(deps, ref, upload, (tx) => moveUpload(tx, ref, { asked: null, check_place: null }));
  const place = upload.check_place?.version === version ? upload.check_place : null;
  if (place === null && !(await doesStand(deps, ref, version, upload.head)))
    return conclude(deps, ref, upload, { state: "superseded", head: upload.head });
  if (place?.step === "rows") return countRows(deps, ref, upload, place);
  try {
    await readFile({ deps, ref, upload, survey, from: place ?? firstPlace(version, survey), checking });
  } catch (error) {
    if (error instanceof FileLost) return conclude(deps, ref, upload, { state: "fileGone" });
    if (error instanceof FileRefused)
      return conclude(deps, ref, upload, { state: "unreadable", code: error.found.code });
    throw error;
  }
}

const firstPlace = (version: number, { firstRow }: Survey): CheckPlace => ({
  version,
  step: "file",
  ...firstRow,
  file: [],
  rows: [],
  forgotten: 0,
});

const doesStand = (deps: LoadDeps, ref: UploadRef, version: number, head: number): Promise<boolean> =>
  inOrganisation(deps.sql, ref, async (tx) => {
    const [row] = await tx.unsafe<[{ stands: boolean }]>(
      `select exists (select from cost_rows where organisation_id = $1 and datasource_id = $2 and since = $3
         and (until is null or until > $4)) as stands`,
      [ref.organisationId, ref.datasourceId, version, head],
    );
    return row.stands;
  });

interface Reading {
  readonly deps: LoadDeps;
  readonly ref: UploadRef;
  readonly upload: Upload;
  readonly survey: Survey;
  readonly from: CheckPlace;
  readonly checking: Checking;
}

async function readFile({ deps, ref, upload, survey, from, checking }: Reading): Promise<void> {
  const { signal, beat, mustYield } = checking;
  const limits = limitsOf(deps);
  const totals = new ControlTotals(from.file);
  let place = from;
  let read = upload;
  let rows = 0;
  const note = async (next: CheckPlace): Promise<void> => {
    await inImport(deps, ref, read, (tx) => moveUpload(tx, ref, { check_place: next }));
    place = next;
    read = { ...read, check_place: next };
  };
  for await (const chunk of chunksOf({ deps, upload, survey }, from)) {
    signal.throwIfAborted();
    for (const line of chunk.lines) for (const row of line.rows) totals.add(row);
    rows += chunk.lines.length;
    beat(rows);
    if (chunk.next.offset - place.offset < limits.notedBytes) continue;
    await note({ ...place, ...chunk.next, file: totals.all() });
    if (await mustYield()) return;
  }
  await inImport(deps, ref, read, async (tx) => {
    const forgotten = await forgottenOf(tx, ref, place.version);
    await moveUpload(tx, ref, {
      check_place: { ...place, step: "rows", offset: 0, line: 0, file: totals.all(), rows: [], forgotten },
    });
  });
}

async function forgottenOf(tx: TransactionSql, ref: UploadRef, version: number): Promise<number> {
  const [row] = await tx.unsafe<[{ rows: number }]>(
    `select coalesce(sum(rows), 0)::float8 as rows from cost_tallies
     where organisation_id = $1 and datasource_id = $2 and since = $3 and kind = 'forgotten'`,
    [ref.organisationId, ref.datasourceId, version],
  );
  return row.rows;
}

type Counted = { costType: string; currency: string; amount: string; count: number; marks: string };

const sums = (count: string, amount: string, marks: string) =>
  `cost_type as "costType", currency::text as currency, ${count}::float8 as count, trim_scale(${amount})::text as amount, ${marks}::text as marks`;
const rowsText = `
  select ${sums("count(*)", `sum(${moneyIn("r")})`, `sum(${markIn("r.content")})`)} from cost_rows as r
  where r.organisation_id = $1 and r.datasource_id = $2 and r.since = $3 and r.line > $4 and r.line <= $5 group by 1, 2`;
const talliesText = `
  select ${sums("sum(rows)", "sum(amount)", "sum(marks)")} from cost_tallies
  where organisation_id = $1 and datasource_id = $2 and since = $3 group by 1, 2`;

/** So many lines in a transaction; what was forgotten between two of them is not to be counted twice. */
async function countRows(deps: LoadDeps, ref: UploadRef, upload: Upload, place: CheckPlace): Promise<void> {
  const ids = [ref.organisationId, ref.datasourceId, place.version] as const;
  await inImport(deps, ref, upload, async (tx) => {
    const forgotten = await forgottenOf(tx, ref, place.version);
    if (forgotten !== place.forgotten)
      return moveUpload(tx, ref, { check_place: { ...place, line: 0, rows: [], forgotten } });
    const last = place.line + LINES_AT_ONCE;
    const rows = added(place.rows, await tx.unsafe<Counted[]>(rowsText, [...ids, place.line, last]));
    const [next] = await tx.unsafe<[{ line: string }?]>(
      `select line from cost_rows where organisation_id = $1 and datasource_id = $2 and since = $3 and line > $4 order by line limit 1`,
      [...ids, last],
    );
    if (next !== undefined)
      return moveUpload(tx, ref, { check_place: { ...place, line: Number(next.line) - 1, rows } });
    const held = added(rows, await tx.unsafe<Counted[]>(talliesText, [...ids]));
    return settleCheck(tx, ref, upload, verdictOf(asInFile(upload.totals), place.file, held));
  });
}

const keyOf = ({ costType, currency }: Total): string => `${costType} ${currency}`;

function added(before: readonly Total[], more: readonly Total[]): Total[] {
  const byKey = new Map(before.map((one) => [keyOf(one), one]));
  for (const one of more) {
    const known = byKey.get(keyOf(one));
    const marks = String(BigInt(known?.marks ?? 0) + BigInt(one.marks ?? 0));
    byKey.set(keyOf(one), {
      ...one,
      amount: addAmounts(known?.amount ?? "0", one.amount),
      count: (known?.count ?? 0) + one.count,
      marks,
    });
  }
  return [...byKey.values()];
}

interface CheckedSum {
  readonly costType: string;
  readonly currency: string;
  readonly file: string;
  readonly fileRows: number;
  readonly ours: string;
  readonly ourRows: number;
  readonly isEqual: boolean;
}

export type Checked =
  | { readonly state: "equal" | "different"; readonly sums: readonly CheckedSum[] }
  | { readonly state: "superseded"; readonly head: number }
  | { readonly state: "fileGone" }
  | { readonly state: "unreadable"; readonly code: string };

/**
 * Of a file that landed before its rows had marks it is not known what was left out: only what it came to then is compared.
 */
function verdictOf(then: readonly Total[], file: readonly Total[], held: readonly Total[]): Checked {
  const isMarked = then.every(({ marks }) => marks !== undefined);
  const sides = [then, file, ...(isMarked ? [held] : [])].map((side) => new Map(side.map((one) => [keyOf(one), one])));
  const keys = [...new Set(sides.flatMap((side) => [...side.keys()]))].toSorted();
  const compared = keys.map((key): CheckedSum => {
    const [costType = "", currency = ""] = key.split(" ");
    const found = sides.map((side) => side.get(key) ?? { costType, currency, amount: "0", count: 0, marks: "0" });
    const inFile = found[1];
    const ours = found.at(-1);
    const said = ({ amount, count, marks }: Total) => `${amount} ${count} ${isMarked ? marks : ""}`;
    const before = found[0];
    // Rows and what was left out of them may come to nothing, where the file has no such kind at all.
    return {
      costType,
      currency,
      file: inFile?.amount ?? "0",
      fileRows: inFile?.count ?? 0,
      ours: (isMarked ? ours : before)?.amount ?? "0",
      ourRows: (isMarked ? ours : before)?.count ?? 0,
      isEqual: new Set(found.map(said)).size === 1,
    };
  });
  return { state: compared.every(({ isEqual }) => isEqual) ? "equal" : "different", sums: compared };
}

const conclude = (deps: LoadDeps, ref: UploadRef, upload: Upload, checked: Checked): Promise<void> =>
  inImport(deps, ref, upload, (tx) => settleCheck(tx, ref, upload, checked));

async function settleCheck(tx: TransactionSql, ref: UploadRef, upload: Upload, checked: Checked): Promise<void> {
  const isWrong = checked.state === "different" || checked.state === "unreadable";
  const [before] = await tx.unsafe<[{ state: string | null }]>(
    `update uploads set checked = $3::text::jsonb, checked_at = now(), check_place = null, asked = null
     where organisation_id = $1 and id = $2 returning old.checked->>'state' as state`,
    [ref.organisationId, ref.uploadId, JSON.stringify(checked)],
  );
  if (isWrong && before.state !== checked.state) await say(tx, ref, "upload.differs", { version: upload.version });
  await tellOfAll(tx, ref, upload);
  if ("sums" in checked) await tx.unsafe(spotChecksText, [ref.organisationId, ref.datasourceId, upload.brand_zone]);
  await tx`select announce_change(${ref.datasourceId}::uuid)`;
}

/** Trouble that lasts is one notice: open for as long as any file that counts differs. */
async function tellOfAll(tx: TransactionSql, ref: UploadRef, upload: Upload): Promise<void> {
  const ids = [ref.organisationId, ref.datasourceId] as const;
  const wrong = await tx.unsafe<{ filename: string }[]>(
    `select filename from uploads where organisation_id = $1 and datasource_id = $2 and state = 'committed' and version <= $3
       and checked->>'state' in ('different', 'unreadable') order by version desc`,
    [...ids, upload.head],
  );
  if (wrong.length === 0) {
    await tx.unsafe(
      `update notices set resolved_at = now() where organisation_id = $1 and datasource_id = $2 and kind = 'costsDiffer'
         and resolved_at is null`,
      [...ids],
    );
    return;
  }
  await tx.unsafe(
    `insert into notices as n (organisation_id, datasource_id, kind, detail)
     values ($1, $2, 'costsDiffer', jsonb_build_object('said', $3::text, 'files', $4::int))
     on conflict (organisation_id, datasource_id, kind) where resolved_at is null
       do update set times = n.times + 1, last_at = now(), detail = excluded.detail`,
    [...ids, wrong[0]?.filename ?? "", wrong.length],
  );
}

/** Beside the other numbers that are checked: all files that were looked at on this day of the brand, by kind of cost. */
const spotChecksText = `
  insert into spot_checks as s (organisation_id, datasource_id, metric, day, currency, ours, theirs, figure, settled)
  select $1, $2, 'cost_' || c."costType", (now() at time zone $3)::date, c.currency, sum(c.ours), sum(c.file), 'files', true
  from uploads as u cross join lateral
    jsonb_to_recordset(u.checked->'sums') as c("costType" text, currency char(3), file numeric, ours numeric)
  where u.organisation_id = $1 and u.datasource_id = $2 and u.state = 'committed' and jsonb_typeof(u.checked->'sums') = 'array'
    and (u.checked_at at time zone $3)::date = (now() at time zone $3)::date
  group by c."costType", c.currency
  on conflict (organisation_id, datasource_id, metric, day, currency) do update
    set ours = excluded.ours, theirs = excluded.theirs, at = now(), figure = excluded.figure, settled = true`;
