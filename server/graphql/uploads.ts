/** Files of costs: an upload as the page sees it, from its first byte to its undo. */
import { isUuid, uploadId } from "@headwater/db/schema/ids.ts";
import { uploadStates } from "@headwater/db/schema/values.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { hintInWords } from "../costs/finding-words.ts";
import { PLATFORM } from "../costs/uploads.ts";
import {
  canBeMapped,
  pageOfFindings,
  pageOfUploads,
  readUndoable,
  readUndoTakes,
  readUpload,
  standingOf,
  stopOf,
} from "../reading/uploads.ts";
import type { FindingRow, UploadRow } from "../reading/uploads.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { dataSyncReasonInWords, uploadReasonInWords } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";
import { builder, costing, rule } from "./builder.ts";
import { connectionOf, pageArgsOf, pageOf, readTimeAndId } from "./connection.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { number, objects, text } from "./json-fields.ts";
import { globalId, Node, nodeSource } from "./node.ts";
import { Actor, Reason } from "./reason.ts";
import { settingOf } from "./reason-setting.ts";
import { ColumnMapping } from "./upload-columns.ts";

const upper = (names: readonly string[]) =>
  Object.fromEntries(names.map((value) => [value.toUpperCase(), { value }])) as Record<string, { value: string }>; // each name once

const UploadState = builder.enumType("UploadState", {
  description: "How far a file of costs is. Only COMMITTED counts in the numbers.",
  values: upper(uploadStates),
});
export const UploadMode = builder.enumType("UploadMode", {
  description:
    "What a file does to the costs that stand: adds and replaces by identity, takes the place of its days, or of everything.",
  values: {
    UPSERT: { value: "upsert" },
    REPLACE_RANGE: { value: "replace_range" },
    REPLACE_ALL: { value: "replace_all" },
  } as const,
});
const Severity = builder.enumType("Severity", {
  description: "An error keeps the row out, a warning does not.",
  values: { ERROR: { value: "error" }, WARNING: { value: "warning" } } as const,
});
const UploadCounts = builder.objectRef<JsonObject>("UploadCounts").implement({
  description:
    "What a file holds and does: ok = inserted + updated + deleted + what stands already, once it is prepared.",
  ...rule("readDatasources"),
  fields: (t) => ({
    rows: t.field({ type: "BigInt", description: "Records in the file.", resolve: (of) => number(of, "rows") }),
    ok: t.field({
      type: "BigInt",
      description: "Costs that are taken; of equal ones in it, one.",
      resolve: (of) => number(of, "ok"),
    }),
    errors: t.field({ type: "BigInt", description: "Records that cannot.", resolve: (of) => number(of, "errors") }),
    empty: t.field({
      type: "BigInt",
      description: "Records without an amount, left out.",
      resolve: (of) => number(of, "empty"),
    }),
    warnings: t.field({ type: "BigInt", description: "Warnings.", resolve: (of) => number(of, "warnings") }),
    inserted: t.field({ type: "BigInt", description: "Costs that are new.", resolve: (of) => number(of, "inserted") }),
    updated: t.field({
      type: "BigInt",
      description: "Costs that take another's place.",
      resolve: (of) => number(of, "updated"),
    }),
    deleted: t.field({ type: "BigInt", description: "Costs that go.", resolve: (of) => number(of, "deleted") }),
    ignored: t.field({
      type: "BigInt",
      description: "Costs that stand already, or twice in the file.",
      resolve: (of) => number(of, "ignored"),
    }),
  }),
});

const CostTotal = builder.objectRef<JsonObject>("CostTotal").implement({
  description: "A control total: the sum of one type in one currency, of the costs that are taken.",
  ...rule("readDatasources"),
  fields: (t) => ({
    costType: t.string({ description: "cogs, shipping, handling, ...", resolve: (of) => text(of, "costType") ?? "" }),
    currency: t.field({ type: "CurrencyCode", description: "In which.", resolve: (of) => text(of, "currency") ?? "" }),
    amount: t.field({ type: "Decimal", description: "Exact.", resolve: (of) => text(of, "amount") ?? "0" }),
    count: t.field({
      type: "BigInt",
      description: "How many costs. Those that it deletes are none.",
      resolve: (of) => number(of, "count"),
    }),
    adSpend: t.field({
      type: "Decimal",
      nullable: true,
      description: "What of the amount counts as ad spend too; null: none, or not known yet.",
      resolve: (of) => text(of, "adSpend"),
    }),
  }),
});

const CostPreviewRow = builder.objectRef<JsonObject>("CostPreviewRow").implement({
  description: "One of the first costs of a file, as it would be taken.",
  ...rule("readDatasources"),
  fields: (t) => ({
    line: t.field({ type: "BigInt", description: "Line of the file.", resolve: (of) => number(of, "line") }),
    costType: t.string({ description: "cogs, shipping, ...", resolve: (of) => text(of, "costType") ?? "" }),
    basis: t.string({
      description: "total, per_unit, per_order or percent.",
      resolve: (of) => text(of, "basis") ?? "",
    }),
    amount: t.field({ type: "Decimal", description: "Exact.", resolve: (of) => text(of, "amount") ?? "0" }),
    currency: t.field({ type: "CurrencyCode", description: "In which.", resolve: (of) => text(of, "currency") ?? "" }),
    from: t.field({ type: "Date", description: "First day.", resolve: (of) => text(of, "startDay") ?? "" }),
    to: t.field({
      type: "Date",
      nullable: true,
      description: "Last day; null: no end.",
      resolve: (of) => text(of, "endDay"),
    }),
    recurrence: t.string({
      description: "none, daily, weekly, monthly, yearly.",
      resolve: (of) => text(of, "recurrence") ?? "none",
    }),
    isAdSpend: t.boolean({
      description: "It counts as ad spend too.",
      resolve: (of) => of["isAdSpend"] === true,
    }),
    about: t.string({ description: "SKU, order or name: what it is for.", resolve: (of) => text(of, "about") ?? "" }),
  }),
});

const say = (ctx: Context, key: string, values: Record<string, string>) =>
  wordsOfPlatform(PLATFORM, ctx.locale).say(key, values);

/** With the file in whose words it is told. */
type FindingOf = FindingRow & { readonly upload: UploadRow };

const UploadFinding = builder.objectRef<FindingOf>("UploadFinding").implement({
  description: "Something about one cell or line of a file.",
  ...rule("readDatasources"),
  fields: (t) => ({
    line: t.expose("line", { type: "BigInt", description: "Line of the file, the header counted." }),
    column: t.exposeString("columnName", { nullable: true, description: "Header of the column." }),
    code: t.exposeString("code", { description: "E_NUMBER, W_EMPTY, ...: a closed list, for programs." }),
    severity: t.field({ type: Severity, description: "Error or warning.", resolve: (row) => row.severity }),
    value: t.exposeString("value", { description: "What stood there, at most 80 characters." }),
    message: t.string({
      description: "What is wrong.",
      resolve: (row, _args, ctx) => say(ctx, `finding.${row.code}`, { value: row.value }),
    }),
    nearest: t.string({
      nullable: true,
      description: "Of an SKU that nothing here has: the one that was meant, most likely.",
      resolve: async (row, _args, ctx) =>
        row.code === "W_SKU_UNKNOWN" ? ((await ctx.load.nearestSku.load(row.value)) ?? null) : null,
    }),
    hint: t.string({
      description: "How to mend it.",
      resolve: (row, _args, ctx) => hintInWords(wordsOfPlatform(PLATFORM, ctx.locale), row.upload, row),
    }),
  }),
});
const UploadFindingConnection = connectionOf(UploadFinding, { name: "UploadFinding", permission: "readDatasources" });

const PREVIEW_ROWS = 50;

async function reasonOf(row: UploadRow, ctx: Context): Promise<ReasonView | null> {
  const view = row.asked === null ? undefined : await ctx.load.datasource.load(row.datasourceId);
  const stop = stopOf(row, view);
  if (view !== undefined && stop !== null) return dataSyncReasonInWords(stop, await settingOf(view, ctx));
  return uploadReasonInWords(wordsOfPlatform(PLATFORM, ctx.locale), standingOf(row).reason);
}

export const Upload = builder.objectRef<UploadRow>("Upload");
builder.objectType(Upload, {
  description: "One file of costs: an immutable version, who brought it, what it holds, what became of it.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("Upload", row.id) }),
    key: t.string({ description: "Its id under /v1/uploads.", resolve: (row) => row.id }),
    filename: t.exposeString("filename", { description: "As it came, without its path." }),
    state: t.field({ type: UploadState, description: "How far it is.", resolve: (row) => standingOf(row).state }),
    reason: t.field({
      type: Reason,
      nullable: true,
      description: "Why it was rejected, held or discarded, or what keeps it waiting.",
      resolve: (row, _args, ctx) => reasonOf(row, ctx),
    }),
    how: t.exposeString("how", { description: "browser, api, https or sftp." }),
    by: t.field({ type: Actor, description: "Who brought it.", resolve: (row) => row.by }),
    at: t.expose("createdAt", { type: "DateTime", description: "When it was announced or pulled." }),
    settledAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was committed or ended.",
      resolve: (row) => standingOf(row).settledAt,
    }),
    bytes: t.expose("size", { type: "BigInt", description: "Bytes of the file." }),
    received: t.field({
      type: "BigInt",
      description: "Bytes that are here.",
      resolve: (row) => (row.receivedAt === null ? 0 : row.size),
    }),
    sha256: t.exposeString("sha256", { description: "Of its bytes." }),
    mode: t.field({ type: UploadMode, description: "What it does to what stands.", resolve: (row) => row.mode }),
    isDryRun: t.exposeBoolean("dryRun", { description: "Looked at and never taken." }),
    percent: t.int({
      description: "0 to 100, while it is gone through.",
      resolve: (row) => standingOf(row).percent,
    }),
    counts: t.field({ type: UploadCounts, description: "What it holds and does.", resolve: (row) => row.counts }),
    totals: t.field({ type: [CostTotal], description: "Control totals.", resolve: (row) => objects(row.totals) }),
    mapping: t.field({ type: ColumnMapping, description: "What its columns mean.", resolve: (row) => row }),
    preview: t.field({
      type: [CostPreviewRow],
      ...costing("readDatasources", 20),
      description: "The first costs in it.",
      args: { first: t.arg.int({ required: true, description: `At most ${PREVIEW_ROWS}.` }) },
      resolve: (row, { first }) => objects(row.preview).slice(0, Math.max(0, Math.min(first, PREVIEW_ROWS))),
    }),
    findings: t.field({
      type: UploadFindingConnection,
      description: "Errors and warnings by line.",
      args: {
        ...pageArgsOf(t),
        severity: t.arg({ type: Severity, description: "Of one kind." }),
      },
      resolve: (row, args, ctx) =>
        pageOf(args, { write: (found: FindingOf) => [found.line, found.n], read: placeIn }, async (limit, after) =>
          (await pageOfFindings(ctx.db, row.id, args.severity ?? null, { limit, after })).map((found) => ({
            ...found,
            upload: row,
          })),
        ),
    }),
    reportUrl: t.string({
      nullable: true,
      description: "Every wrong row as it stood, with what to do about it: mend it and send it as it is.",
      resolve: (row) => (number(row.counts, "errors") === 0 ? null : `/v1/uploads/${row.id}/report.csv`),
    }),
    canMap: t.boolean({
      description: "Refused, and another word on its columns may save it: by `setUploadMapping`.",
      resolve: (row) => canBeMapped(row),
    }),
  }),
});

builder.objectFields(Upload, (t) => ({
  canUndo: t.boolean({
    description: "Whether everything since can be taken back to before it.",
    resolve: async (row, _args, ctx) =>
      row.state === "committed" && (await readUndoable(ctx.db, row.datasourceId)).includes(row.id),
  }),
  undoTakes: t.field({
    type: [Upload],
    ...costing("readDatasources", 20),
    description: "What an undo of it takes with it, newest first: the files that were taken after it.",
    resolve: (row, _args, ctx) => readUndoTakes(ctx.db, row),
  }),
}));

const placeIn = ([line = "", n = "", ...rest]: readonly string[]) =>
  rest.length === 0 && /^\d{1,15}$/.test(line) && /^\d{1,9}$/.test(n) ? { line: Number(line), n: Number(n) } : null;

const UploadConnection = connectionOf(Upload, { name: "Upload", permission: "readDatasources" });

nodeSource({
  typename: "Upload",
  permission: "readDatasources",
  isId: isUuid,
  load: (id, ctx) => readUpload(ctx.db, uploadId(id)),
});

builder.objectFields(Datasource, (t) => ({
  uploads: t.field({
    type: UploadConnection,
    description: "Files of costs, newest first; empty where the platform takes none.",
    args: pageArgsOf(t),
    resolve: ({ row }, args, ctx) =>
      pageOf(
        args,
        {
          write: (upload: UploadRow) => [upload.createdAt.getTime(), upload.id],
          read: (parts) => readTimeAndId(parts, isUuid),
        },
        (limit, after) => pageOfUploads(ctx.db, row.id, { limit, after }),
      ),
  }),
}));
