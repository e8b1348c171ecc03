/** What can be asked of files of costs: thin fields over `server/costs`. */
import { uploadId, datasourceId } from "@headwater/db/schema/ids.ts";
import type { SavedMapping } from "@headwater/workflows/client.ts";
import { connectNative } from "../costs/native.ts";
import { UploadGone, UploadRefused } from "../costs/problems.ts";
import { COST_TEMPLATES } from "../costs/templates.ts";
import type { CostTemplate } from "../costs/templates.ts";
import {
  announceUpload,
  confirmUpload,
  discardUpload,
  PLATFORM,
  setUploadMapping,
  undoUpload,
} from "../costs/uploads.ts";
import type { Announced, AskedOfUpload, UploadTarget } from "../costs/uploads.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { COMMAND_PROBLEMS, key } from "./given.ts";
import { commandField } from "./mutation-field.ts";
import { idIn } from "./node.ts";
import { problem } from "./problems.ts";
import { InvalidInput, KeyReused, NotAllowed, PlatformUnavailable, SlotLimitReached } from "../words/problems.ts";
import { Command } from "./run.ts";
import { CostShape } from "./upload-columns.ts";
import { Upload, UploadMode } from "./uploads.ts";

const inWords = ({ trouble, telling }: UploadRefused, _args: object, ctx: Context): string =>
  wordsOfPlatform(PLATFORM, ctx.locale).say(`trouble.${trouble}`, telling.values);

builder.objectType(UploadGone, { name: "UploadGone", ...problem("There is no such upload or feed here.") });
builder.objectType(UploadRefused, {
  name: "UploadRefused",
  ...problem("The file cannot be taken, or not now."),
  fields: (t) => ({
    message: t.string({ ...rule("anybody"), description: "What happened.", resolve: inWords }),
    trouble: t.string({
      description: "tooMany, notNow, typeToConfirm, twice, lapsed, otherFile, tooLarge, otherKey or takesMore.",
      resolve: ({ trouble }) => trouble,
    }),
    retryAfterSeconds: t.int({
      nullable: true,
      description: "When it may be tried again.",
      resolve: (refused) => refused.retryAfterSeconds,
    }),
    detail: t.string({
      description: "Which, in words.",
      resolve: inWords,
    }),
  }),
});

const ofUpload = { required: true, description: "The upload's id." } as const;
const PROBLEMS = [...COMMAND_PROBLEMS, UploadGone, UploadRefused] as const;

const expectedTotals = { description: "What it should come to, by currency; with another sum it waits for a word." };
const Expected = builder.inputType("ExpectedTotalInput", {
  description: "What a file should come to in one currency.",
  fields: (t) => ({
    currency: t.field({ type: "CurrencyCode", required: true, description: "In which." }),
    amount: t.field({ type: "Decimal", required: true, description: "At most six decimals." }),
  }),
});

const inputs = {
  Native: builder.inputType("ConnectNativeInput", {
    description: "A datasource without an outside account: files of costs.",
    fields: (t) => ({
      platform: t.string({ required: true, description: 'Platform name: "custom-costs".' }),
      name: t.string({ description: "A name of the organisation's own." }),
      idempotencyKey: t.string(key),
    }),
  }),
  Start: builder.inputType("StartUploadInput", {
    description: "A file that is about to come.",
    fields: (t) => ({
      datasource: t.id({ required: true, description: "Where to." }),
      filename: t.string({ required: true, description: "Its name; a path in it is dropped." }),
      size: t.field({ type: "BigInt", required: true, description: "Bytes." }),
      sha256: t.string({ required: true, description: "Of its bytes, in hex." }),
      mode: t.field({ type: UploadMode, description: "UPSERT where not said." }),
      dryRun: t.boolean({ description: "Looked at and never taken." }),
      expectedTotals: t.field({ type: [Expected], ...expectedTotals }),
      idempotencyKey: t.string(key),
    }),
  }),
  Confirm: builder.inputType("ConfirmUploadInput", {
    description: "Take it.",
    fields: (t) => ({
      upload: t.id(ofUpload),
      goodRowsOnly: t.boolean({ required: true, description: "Take the good rows although some are wrong." }),
      expectedTotals: t.field({ type: [Expected], ...expectedTotals }),
      acceptDifference: t.boolean({ description: "Take it although it does not come to what was expected." }),
      confirmText: t.string({ description: "The datasource's name, typed; needed where everything is replaced." }),
      idempotencyKey: t.string(key),
    }),
  }),
  Target: builder.inputType("UploadCommandInput", {
    description: "A command that needs no more than its upload.",
    fields: (t) => ({ upload: t.id(ofUpload), idempotencyKey: t.string(key) }),
  }),
  Undo: builder.inputType("UndoUploadInput", {
    description: "Which, and what was seen to go with it.",
    fields: (t) => ({
      upload: t.id(ofUpload),
      takes: t.idList({
        description:
          "As `undoTakes` named them: with a file that was taken since, nothing is undone. Not said: all go.",
      }),
      idempotencyKey: t.string(key),
    }),
  }),
  Mapping: builder.inputType("SetUploadMappingInput", {
    description:
      "What its columns mean, the answers to its questions, and cells that are put right; the file is gone through again. What is not said stays as it was said before.",
    fields: (t) => ({
      upload: t.id(ofUpload),
      mode: t.field({ type: UploadMode, description: "What it does to what stands." }),
      shape: t.field({ type: CostShape, description: "What the file is, where it was taken for something else." }),
      targets: t.field({ type: [ColumnTargetInput()], description: "Columns that mean something else than found." }),
      dateOrders: t.field({ type: [DateOrderInput()], description: "Which part of a date is the day." }),
      decimal: t.string({ description: 'The decimal mark: "." or ",".' }),
      encoding: t.string({ description: '"windows-1252" where that is what it is.' }),
      costType: t.string({ description: "Of a file with totals and no types." }),
      addUpTwins: t.boolean({ description: "Two rows of one identity are added up, not refused." }),
      corrections: t.field({ type: [CellCorrectionInput()], description: "Cells to read as something else." }),
      idempotencyKey: t.string(key),
    }),
  }),
};

function ColumnTargetInput() {
  return builder.inputType("ColumnTargetInput", {
    description: "What one column means.",
    fields: (t) => ({
      header: t.string({ required: true, description: "As it stands in the file." }),
      target: t.string({ required: true, description: "One of ColumnMapping.targets, extra or ignore." }),
    }),
  });
}
function DateOrderInput() {
  return builder.inputType("DateOrderInput", {
    description: "Which part of a date is the day.",
    fields: (t) => ({
      header: t.string({ required: true, description: "The column." }),
      order: t.string({ required: true, description: '"DMY" or "MDY".' }),
    }),
  });
}

function CellCorrectionInput() {
  return builder.inputType("CellCorrectionInput", {
    description: "One cell, or every cell of a column that says the same. The file itself stays as it came.",
    fields: (t) => ({
      column: t.string({ required: true, description: "Its header, as it stands in the file." }),
      line: t.field({ type: "BigInt", description: "On this line alone." }),
      was: t.string({ description: "In the place of a line: wherever the column says this." }),
      value: t.string({ description: "What to read it as; null: as the file says." }),
    }),
  });
}

type InputOf<Name extends keyof typeof inputs> = (typeof inputs)[Name]["$inferInput"];

const targetOf = (input: { upload: string; idempotencyKey: string }): UploadTarget => {
  const id = idIn("Upload", input.upload);
  return { upload: id === null ? null : uploadId(id), idempotencyKey: input.idempotencyKey };
};

const asked = (name: string) =>
  builder.objectRef<AskedOfUpload>(`${name}Success`).implement({
    description: "Asked; what comes of it follows by the upload's row.",
    ...rule("readDatasources"),
    fields: (t) => ({
      upload: t.field({ type: Upload, description: "As it now stands.", resolve: ({ upload }) => upload }),
      datasource: t.field({ type: Datasource, description: "Whose.", resolve: ({ view }) => view }),
      command: t.field({ type: Command, description: "What was asked.", resolve: ({ command }) => command }),
    }),
  });

commandField({
  name: "connectNative",
  type: "ConnectNative",
  does: "Adds a datasource that has no outside account. It takes no slot.",
  permission: "manageDatasources",
  input: inputs.Native,
  success: builder.objectRef<{ view: DatasourceView }>("ConnectNativeSuccess").implement({
    description: "It is there; not synced until its first file is committed.",
    ...rule("readDatasources"),
    fields: (t) => ({
      datasource: t.field({ type: Datasource, description: "The new one.", resolve: ({ view }) => view }),
    }),
  }),
  problems: [InvalidInput, NotAllowed, KeyReused, PlatformUnavailable, SlotLimitReached],
  work: async (ctx, input: InputOf<"Native">) => ({ view: await connectNative(ctx, input) }),
});
commandField({
  name: "startUpload",
  type: "StartUpload",
  does: "Announces a file and gives the address that takes its bytes: PUT them there, once, within 15 minutes.",
  permission: "uploadCosts",
  input: inputs.Start,
  success: builder.objectRef<Announced>("StartUploadSuccess").implement({
    description: "PUT the bytes to putUrl.",
    ...rule("readDatasources"),
    fields: (t) => ({
      upload: t.field({ type: Upload, description: "As it stands.", resolve: ({ upload }) => upload }),
      putUrl: t.exposeString("putUrl", { description: "Takes exactly these bytes, once." }),
      expiresAt: t.expose("expiresAt", { type: "DateTime", description: "Until then." }),
    }),
  }),
  problems: PROBLEMS,
  work: (ctx, input: InputOf<"Start">) => {
    const id = idIn("Datasource", input.datasource);
    return announceUpload(ctx, {
      datasource: id === null ? null : datasourceId(id),
      filename: input.filename,
      size: Number(input.size),
      sha256: input.sha256,
      mode: input.mode ?? "upsert",
      dryRun: input.dryRun ?? false,
      expected: input.expectedTotals ?? [],
      how: "browser",
      idempotencyKey: input.idempotencyKey,
    });
  },
});
commandField({
  name: "setUploadMapping",
  type: "SetUploadMapping",
  does: "Says what the columns of a file mean; it is gone through again, and the next file like it is read the same way.",
  permission: "uploadCosts",
  input: inputs.Mapping,
  success: asked("SetUploadMapping"),
  problems: PROBLEMS,
  work: (ctx, input: InputOf<"Mapping">) =>
    setUploadMapping(ctx, targetOf(input), {
      mode: input.mode,
      mapping: mappingIn(input),
      corrections: input.corrections ?? [],
    }),
});
commandField({
  name: "confirmUpload",
  type: "ConfirmUpload",
  does: "Takes a file: its costs count from the moment of its commit, all at once.",
  permission: "uploadCosts",
  input: inputs.Confirm,
  success: asked("ConfirmUpload"),
  problems: PROBLEMS,
  work: (ctx, input: InputOf<"Confirm">) =>
    confirmUpload(ctx, targetOf(input), {
      goodRowsOnly: input.goodRowsOnly,
      text: input.confirmText,
      expected: input.expectedTotals,
      otherTotal: input.acceptDifference === true,
    }),
});
commandField({
  name: "discardUpload",
  type: "DiscardUpload",
  does: "Puts a file aside that was not taken. What stands stays as it is.",
  permission: "uploadCosts",
  input: inputs.Target,
  success: asked("DiscardUpload"),
  problems: PROBLEMS,
  work: (ctx, input: InputOf<"Target">) => discardUpload(ctx, targetOf(input)),
});
commandField({
  name: "undoUpload",
  type: "UndoUpload",
  does: "Back to how it was before this upload: it and every later one no longer count. Any of the last twenty.",
  permission: "uploadCosts",
  input: inputs.Undo,
  success: asked("UndoUpload"),
  problems: PROBLEMS,
  work: (ctx, input: InputOf<"Undo">) =>
    undoUpload(ctx, targetOf(input), { takes: input.takes?.map((id) => idIn("Upload", id) ?? "") ?? null }),
});

/** What is no answer is left out: what was said before holds, or the file decides, or asks again. */
function mappingIn(input: InputOf<"Mapping">): SavedMapping {
  const orders = (input.dateOrders ?? []).flatMap(({ header, order }) =>
    order === "DMY" || order === "MDY" ? [[header, order] as const] : [],
  );
  const targets: [string, string][] = (input.targets ?? []).map(({ header, target }) => [header, target]);
  const answers = {
    ...(orders.length === 0 ? {} : { dateOrder: Object.fromEntries(orders) }),
    ...(input.decimal === "." || input.decimal === "," ? { decimal: input.decimal } : {}),
    ...(input.encoding === "windows-1252" ? { encoding: "windows-1252" as const } : {}),
    ...(input.costType == null ? {} : { costType: input.costType }),
    ...(input.addUpTwins == null ? {} : { onConflict: input.addUpTwins ? ("sum" as const) : undefined }),
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each target is held against the closed list by setUploadMapping
  return {
    ...(input.shape == null ? {} : { shape: input.shape }),
    ...(targets.length === 0 ? {} : { targets: Object.fromEntries(targets) }),
    answers,
  } as SavedMapping;
}

const UploadTemplate = builder.objectRef<CostTemplate>("UploadTemplate").implement({
  description: "A file to begin with.",
  ...rule("readCatalog"),
  fields: (t) => ({
    name: t.exposeString("name", { description: "costs, days, prices or orders." }),
    title: t.string({
      description: "What it is for.",
      resolve: ({ name }, _args, ctx) => wordsOfPlatform(PLATFORM, ctx.locale).say(`template.${name}`),
    }),
    url: t.string({ description: "Where it is.", resolve: ({ name }) => `/v1/templates/${name}.csv` }),
    columns: t.stringList({ description: "Its columns.", resolve: ({ columns }) => [...columns] }),
  }),
});
builder.queryField("uploadTemplates", (t) =>
  t.field({
    type: [UploadTemplate],
    ...rule("readCatalog"),
    description: "Files to begin with, one for each shape.",
    resolve: () => [...COST_TEMPLATES],
  }),
);
const MEGABYTE = 1024 * 1024;
builder.queryField("uploadMegabytes", (t) =>
  t.int({
    ...rule("readCatalog"),
    description: "The largest file of costs that is taken, in megabytes.",
    resolve: (_query, _args, ctx) => ctx.services.costFileBytes / MEGABYTE,
  }),
);
