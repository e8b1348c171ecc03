/**
 * What somebody asked of an upload, worked through in steps that may each be killed: surveyed, landed, twins settled,
 * merged above what stands, and then committed by moving one number, or shown to a person. The row says where it stands.
 */
import { hash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { TransactionSql } from "postgres";
import { FileRefused } from "../costs/codes.ts";
import type { Finding } from "../costs/codes.ts";
import { limitsOf } from "../costs/limits.ts";
import { headerMark } from "../costs/mapping.ts";
import type { SavedMapping, UploadMapping } from "../costs/mapping.ts";
import { headersOf, surveyFile } from "../costs/survey.ts";
import type { Halfway, Survey } from "../costs/survey.ts";
import type { LoadDeps, WorkOptions } from "../load/contract.ts";
import { Fenced, inOrganisation } from "../load/fence.ts";
import { announce } from "../load/notifier.ts";
import type { UploadOutcome } from "../load/outcome.ts";
import { brandGround } from "./brand.ts";
import { checkUpload } from "./check-upload.ts";
import { cleanAbove, forgetEnded } from "./clean-costs.ts";
import { closeImport, commitUpload, undoUpload } from "./commit.ts";
import { countAdSpend, noteUnknown, settle, totalDiffers, verdictOn } from "./conclude.ts";
import { landFile, OF_THE_FILE, storedFinding, writeFindings } from "./land.ts";
import type { Watch } from "./land.ts";
import { mergeChunk } from "./merge-costs.ts";
import { quoteTwins } from "./quote-twins.ts";
import { replaceChunk } from "./replace-costs.ts";
import { settleTwins } from "./settle-twins.ts";
import { recountShops } from "./recount.ts";
import { FileLost, openUpload } from "./upload-file.ts";
import {
  announceAndSettle,
  holdUpload,
  inImport,
  moveUpload,
  NO_COUNTS,
  Overtaken,
  readUploadRow,
  say,
} from "./upload-row.ts";
import type { Counts, Place, Upload, UploadRef } from "./upload-row.ts";

const DEFAULT_MS = 10 * 60_000;
const TURN_MS = 200;

export async function workOnUpload(deps: LoadDeps, ref: UploadRef, options: WorkOptions): Promise<UploadOutcome> {
  const endsAt = Date.now() + (options.budget?.ms ?? DEFAULT_MS);
  let rows = 0;
  const watch = {
    signal: options.signal,
    beat: (landed: number) => {
      rows = landed;
      options.heartbeat({ pages: 1, rows: landed });
    },
    isSpent: () => Date.now() > endsAt,
  };
  try {
    for (;;) {
      options.signal.throwIfAborted();
      const upload = await inOrganisation(deps.sql, ref, (tx) => readUploadRow(tx, ref));
      const isOurs = await isOurTurn(deps, ref);
      // Whatever people ask comes first: a check goes on where it was once that is done.
      if (upload?.asked === "check" && !isOurs) return { kind: "done", rows };
      if (upload === undefined || upload.asked === null)
        return {
          kind: (await recountShops(deps, ref, { ...watch, beat: () => watch.beat(rows) })) ? "done" : "more",
          rows,
        };
      if (isOurs) await step(deps, ref, upload, watch);
      else await sleep(TURN_MS, undefined, { signal: options.signal });
      announce(deps.sql, ref);
      if (watch.isSpent()) return { kind: "more", rows };
    }
  } catch (error) {
    if (error instanceof Fenced) return { kind: "fenced", by: error.by, rows };
    throw error;
  }
}

/** One at a time, in the order in which they were asked for, and checks behind all of them. */
const isOurTurn = (deps: LoadDeps, ref: UploadRef): Promise<boolean> =>
  inOrganisation(deps.sql, ref, async (tx) => {
    const [earlier] = await tx.unsafe(
      `select 1 from uploads as u, uploads as ours where ours.organisation_id = $1 and ours.id = $2 and u.organisation_id = $1
         and u.datasource_id = ours.datasource_id and u.asked is not null
         and (u.asked = 'check', u.asked_at, u.id) < (ours.asked = 'check', ours.asked_at, ours.id) limit 1`,
      [ref.organisationId, ref.uploadId],
    );
    return earlier === undefined;
  });

async function step(deps: LoadDeps, ref: UploadRef, upload: Upload, watch: Watch): Promise<void> {
  try {
    if (upload.asked === "discard") return await discard(deps, ref, upload);
    if (upload.asked === "check") {
      const mustYield = async () => watch.isSpent() || !(await isOurTurn(deps, ref));
      return await checkUpload(deps, ref, upload, { ...watch, mustYield });
    }
    if (upload.asked === "undo") return await undoUpload(deps, ref, upload);
    await prepareOrConclude(deps, ref, upload, watch);
  } catch (error) {
    if (error instanceof FileRefused) return reject(deps, ref, await placedNow(deps, ref, upload), error);
    if (error instanceof Overtaken || error instanceof SurveyCut) return;
    if (error instanceof FileLost)
      return settle(deps, ref, await placedNow(deps, ref, upload), { kind: "reject", code: "fileLost" });
    throw error;
  }
}

/** The first pass keeps its place as it goes: what refuses the file in the middle of it is written over that. */
async function placedNow(deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<Upload> {
  const now = await inOrganisation(deps.sql, ref, (tx) => readUploadRow(tx, ref));
  return { ...upload, place: now?.place ?? null };
}

const ENDED = new Set(["committed", "undone", "discarded", "unchanged"]);

async function prepareOrConclude(deps: LoadDeps, ref: UploadRef, upload: Upload, watch: Watch): Promise<void> {
  if (ENDED.has(upload.state)) return settleIdle(deps, ref, upload);
  const { place, survey } = upload;
  if (survey === null || place === null || isAskedAnew(upload)) return begin(deps, ref, upload, watch);
  // Something else was committed, or undone, since it landed: it has to be held against what stands now.
  if (place.step !== "survey" && (place.head !== upload.head || upload.version !== upload.last_version))
    return inImport(deps, ref, upload, (tx) => moveUpload(tx, ref, { place: null }));
  switch (place.step) {
    case "survey":
      return begin(deps, ref, upload, watch);
    case "clean":
      return clean(deps, ref, upload, { ...place, ...survey.firstRow });
    case "land":
      await landFile({ deps, ref, upload, survey, place, watch });
      return;
    case "twins":
      return settleTwins(deps, ref, upload, place);
    case "quote":
      return quoteTwins({ deps, ref, upload, survey, place, watch });
    case "replace":
      await replaceChunk(deps, ref, upload, place);
      return;
    case "merge":
      return mergeChunk(deps, ref, upload, place);
    case "note":
      return noteAtEnd(deps, ref, upload, place);
    case "ready":
      return conclude(deps, ref, upload);
  }
}

/** A person has said what its columns mean since it was gone through, and may have asked for its commit since then. */
const isAskedAnew = (upload: Upload): boolean => upload.mapping_hash !== hashOf(upload);

const hashOf = ({ mapping, mode }: Upload): string =>
  hash("sha256", JSON.stringify([mapping, mode]), "hex").slice(0, 32);

async function begin(deps: LoadDeps, ref: UploadRef, upload: Upload, watch: Watch): Promise<void> {
  const { survey, mapping, place: kept } = await surveyed(deps, ref, upload, watch);
  const read = { ...upload, mapping, place: kept };
  await inImport(deps, ref, read, async (tx) => {
    const mapping_hash = hashOf(read);
    if (await isUnchanged(tx, ref, upload, mapping_hash)) {
      await moveUpload(tx, ref, {
        state: "unchanged",
        reason: { code: "unchanged" },
        asked: null,
        place: null,
        percent: 100,
        settled_at: new Date(),
      });
      return announceAndSettle(tx, ref, "done", "unchanged");
    }
    const version = await nextVersion(tx, ref);
    await tx.unsafe("delete from upload_findings where organisation_id = $1 and upload_id = $2", [
      ref.organisationId,
      ref.uploadId,
    ]);
    await writeFindings(
      tx,
      ref,
      survey.findings.map((one, n) => storedFinding(toldTo(upload, one), OF_THE_FILE + n)),
    );
    // Whatever else was prepared is prepared on what will no longer be there.
    await tx.unsafe(
      `update uploads set place = null where organisation_id = $1 and datasource_id = $2 and id <> $3 and place is not null`,
      [ref.organisationId, ref.datasourceId, ref.uploadId],
    );
    const place: Place = { step: "clean", ...survey.firstRow, head: version.head };
    const counts = { ...NO_COUNTS, warnings: survey.findings.length };
    await moveUpload(tx, ref, {
      state: "validating",
      reason: null,
      mapping,
      mapping_hash,
      survey,
      place,
      counts,
      totals: [],
      preview: [],
      percent: 0,
      version: version.next,
    });
  });
}

/** Where nobody looks, dates that only a person can explain stop the file. */
const toldTo = ({ confirm }: Upload, one: Finding): Finding =>
  confirm.unattended === true && one.code === "W_DATE_AMBIGUOUS" ? { ...one, code: "E_DATE_AMBIGUOUS" } : one;

interface Surveyed {
  readonly survey: Survey;
  readonly mapping: UploadMapping;
  /** As the row now holds it. */
  readonly place: Place | null;
}

/** As a person said; else as the feed, or the last file with the same header, was read. Cut off, it goes on where it was. */
async function surveyed(deps: LoadDeps, ref: UploadRef, upload: Upload, watch: Watch): Promise<Surveyed> {
  const file = openUpload(deps, upload);
  const ground = brandGround(upload.brand_currency, upload.brand_zone);
  const limits = limitsOf(deps);
  const saved = await mappingFor(deps, ref, upload);
  const mark = hashOf({ ...upload, mapping: saved });
  let { place } = upload;
  const from = place?.step === "survey" && place.survey?.mark === mark ? place.survey.halfway : null;
  const onward = () => {
    watch.signal.throwIfAborted();
    watch.beat(0);
  };
  const note = async (halfway: Halfway) => {
    const next: Place = { step: "survey", offset: 0, line: 0, head: upload.head, survey: { mark, halfway } };
    await inImport(deps, ref, { ...upload, place }, (tx) => moveUpload(tx, ref, { place: next }));
    place = next;
    if (watch.isSpent()) throw new SurveyCut();
  };
  const survey = await surveyFile({ file, limits, ground, saved, onward, from, note });
  return { survey, mapping: saved, place };
}

/** The call's time is over in the middle of the first pass; its place is kept. */
class SurveyCut extends Error {}

/** As a person said of this file, else of the last one with the same header. */
async function mappingFor(deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<SavedMapping> {
  if (Object.keys(upload.mapping).length > 0) return upload.mapping;
  const limits = limitsOf(deps);
  if (upload.size > limits.rawBytes) return {}; // refused in a moment, unread
  const headers = await headersOf({ file: openUpload(deps, upload), limits });
  return inOrganisation(deps.sql, ref, async (tx) => {
    const [row] = await tx.unsafe<[{ mapping: SavedMapping }?]>(
      "select mapping from cost_mappings where organisation_id = $1 and datasource_id = $2 and header_mark = $3",
      [ref.organisationId, ref.datasourceId, headerMark(headers)],
    );
    return row?.mapping ?? {};
  });
}

async function isUnchanged(tx: TransactionSql, ref: UploadRef, upload: Upload, mappingHash: string): Promise<boolean> {
  const [last] = await tx.unsafe<[{ is_same: boolean }?]>(
    `select sha256 = $3 and mapping_hash = $4 and mode = $5 as is_same from uploads
     where organisation_id = $1 and datasource_id = $2 and state = 'committed' order by version desc limit 1`,
    [ref.organisationId, ref.datasourceId, upload.sha256, mappingHash, upload.mode],
  );
  return last?.is_same === true;
}

/** Never used twice: what lies above the number that stands is never mistaken for what comes. */
async function nextVersion(tx: TransactionSql, ref: UploadRef): Promise<{ head: number; next: number }> {
  const [book] = await tx.unsafe<[{ head: number; next: number }]>(
    `insert into cost_books as b (organisation_id, datasource_id, last_version) values ($1, $2, 1)
     on conflict (organisation_id, datasource_id) do update set last_version = b.last_version + 1
     returning head, last_version as next`,
    [ref.organisationId, ref.datasourceId],
  );
  return book;
}

async function clean(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<void> {
  await inImport(deps, ref, upload, async (tx) => {
    if (!(await cleanAbove(tx, ref, upload.head)) || !(await forgetEnded(tx, ref))) return;
    await moveUpload(tx, ref, { place: { ...place, step: "land" } });
  });
}

/** What only the whole file tells. Nothing is held while all of its rows are asked whether they are known. */
async function noteAtEnd(deps: LoadDeps, ref: UploadRef, upload: Upload, place: Place): Promise<void> {
  await inOrganisation(deps.sql, ref, async (tx) => {
    const unknown = await noteUnknown(tx, ref, upload);
    const adSpend = await countAdSpend(tx, ref, upload);
    await holdUpload(tx, ref, upload);
    const gap = totalDiffers(upload);
    const line = upload.survey?.totalLine ?? 1;
    if (gap !== null)
      await writeFindings(tx, ref, [
        storedFinding({ line, column: null, code: "W_TOTAL_DIFFERS", value: gap }, 10_000),
      ]);
    const counts: Counts = { ...NO_COUNTS, ...upload.counts, adSpend };
    counts.warnings += unknown + (gap === null ? 0 : 1);
    await moveUpload(tx, ref, { counts, place: { ...place, step: "ready" }, percent: 100 });
  });
}

async function conclude(deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<void> {
  const verdict = verdictOn(upload, await standingRows(deps, ref, upload));
  if (verdict.kind !== "commit") return settle(deps, ref, upload, verdict);
  if (await commitUpload(deps, ref, upload)) return;
  await inImport(deps, ref, upload, (tx) => moveUpload(tx, ref, { place: null }));
}

async function standingRows(deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<number> {
  if (upload.mode !== "replace_all") return 0;
  return inOrganisation(deps.sql, ref, async (tx) => {
    const [row] = await tx.unsafe<[{ rows: number }]>(
      "select count(*)::int as rows from costs where organisation_id = $1 and datasource_id = $2",
      [ref.organisationId, ref.datasourceId],
    );
    return row.rows;
  });
}

async function discard(deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<void> {
  await inImport(deps, ref, upload, async (tx) => {
    await moveUpload(tx, ref, {
      state: "discarded",
      reason: { code: "discarded" },
      asked: null,
      place: null,
      settled_at: new Date(),
    });
    await say(tx, ref, "upload.discarded", {});
    await announceAndSettle(tx, ref, "done", "discarded");
  });
}

async function reject(deps: LoadDeps, ref: UploadRef, upload: Upload, refused: FileRefused): Promise<void> {
  // Another word of a person is added to what was said before, and takes none of it away.
  const mapping = refused.columns === null ? upload.mapping : await mappingFor(deps, ref, upload);
  await inImport(deps, ref, upload, async (tx) => {
    const { next } = await nextVersion(tx, ref);
    await tx.unsafe("delete from upload_findings where organisation_id = $1 and upload_id = $2", [
      ref.organisationId,
      ref.uploadId,
    ]);
    await writeFindings(tx, ref, [storedFinding(refused.found, 0)]);
    await moveUpload(tx, ref, {
      state: "rejected",
      reason: {
        code: "file",
        values: { code: refused.found.code, value: refused.begins ?? refused.found.value, why: refused.why },
      },
      counts: { ...NO_COUNTS, errors: 1 },
      survey: refused.columns,
      mapping,
      totals: [],
      preview: [],
      asked: null,
      place: null,
      percent: 100,
      settled_at: new Date(),
    });
    await closeImport(tx, ref, { n: next, state: "failed", counts: { ...NO_COUNTS, errors: 1 } });
    await say(tx, ref, "upload.rejected", { code: refused.found.code });
    await announceAndSettle(tx, ref, "failed", refused.found.code);
  });
}

/** Asked of what has ended already. */
const settleIdle = (deps: LoadDeps, ref: UploadRef, upload: Upload): Promise<void> =>
  inImport(deps, ref, upload, async (tx) => {
    await moveUpload(tx, ref, { asked: null });
    await announceAndSettle(tx, ref, "refused", "notNow");
  });
