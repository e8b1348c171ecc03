/** What the columns of a file of costs mean, what only a person can say of them, and what was put right. */
import {
  chosenFor,
  COST_COLUMNS,
  COST_TYPES,
  isFoundByName,
  plainHeaders,
  shapesFor,
  targetOf,
  toldApart,
  UNREAD,
} from "@headwater/workflows/client.ts";
import type { CostShapeRule, SavedMapping } from "@headwater/workflows/client.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import type { UploadRow } from "../reading/uploads.ts";
import { builder, rule } from "./builder.ts";
import { isObject, number, objects, text, texts } from "./json-fields.ts";

export const CostShape = builder.enumType("CostShape", {
  description: "What a file is: one cost a row, a sheet of days, a price list, or costs of orders.",
  values: {
    COSTS: { value: "costs" },
    DAYS: { value: "days" },
    PRICES: { value: "prices" },
    ORDERS: { value: "orders" },
  } as const,
});

interface MappedColumn {
  readonly header: string;
  readonly target: string;
  readonly isGuessed: boolean;
  readonly samples: readonly string[];
}
const ColumnTarget = builder.objectRef<MappedColumn>("ColumnTarget").implement({
  description: "What one column of the file means.",
  ...rule("readDatasources"),
  fields: (t) => ({
    header: t.exposeString("header", {
      description: "As in the file; of several of one name with which of them: Cost (1/2).",
    }),
    target: t.exposeString("target", { description: "A column of ours, extra (kept beside the row) or ignore." }),
    isGuessed: t.exposeBoolean("isGuessed", {
      description: "Found by what the column is called: nobody has said it, and its name is not ours.",
    }),
    samples: t.stringList({
      description: "The first values in it that differ, at most three.",
      resolve: ({ samples }) => [...samples],
    }),
  }),
});

const Question = builder.objectRef<JsonObject>("UploadQuestion").implement({
  description: "What only a person can say of a file.",
  ...rule("readDatasources"),
  fields: (t) => ({
    kind: t.string({
      description: "dateOrder, decimal, encoding or costType.",
      resolve: (of) => text(of, "kind") ?? "",
    }),
    column: t.string({ nullable: true, description: "Of which column.", resolve: (of) => text(of, "column") }),
    guess: t.string({
      nullable: true,
      description: "What is assumed until somebody says: DMY or MDY, a point or a comma, windows-1252.",
      resolve: (of) => text(of, "guess"),
    }),
    sample: t.string({
      nullable: true,
      description: "The first value that can be read in both ways, where that is what is asked.",
      resolve: (of) => text(of, "sample"),
    }),
  }),
});

const CellCorrection = builder.objectRef<JsonObject>("CellCorrection").implement({
  description: "What a person put right in a file. The file itself stays as it came.",
  ...rule("readDatasources"),
  fields: (t) => ({
    column: t.string({ description: "Header of the column.", resolve: (of) => text(of, "column") ?? "" }),
    line: t.field({
      type: "BigInt",
      nullable: true,
      description: "Of this line alone.",
      resolve: (of) => (typeof of["line"] === "number" ? of["line"] : null),
    }),
    was: t.string({
      nullable: true,
      description: "Wherever the column says this.",
      resolve: (of) => text(of, "was"),
    }),
    value: t.string({ description: "What it is read as.", resolve: (of) => text(of, "value") ?? "" }),
  }),
});

const CostWord = builder.objectRef<JsonObject>("CostWord").implement({
  description: "A kind of cost as the file calls it, and what it is read as.",
  ...rule("readDatasources"),
  fields: (t) => ({
    word: t.string({ description: "As the file has it.", resolve: (of) => text(of, "word") ?? "" }),
    costType: t.string({ description: "cogs, shipping, handling, ...", resolve: (of) => text(of, "costType") ?? "" }),
    basis: t.string({
      nullable: true,
      description: "What one amount is taken for, where the file does not say it: total, per_unit or per_order.",
      resolve: (of) => text(of, "basis"),
    }),
    lines: t.field({ type: "BigInt", description: "On how many lines.", resolve: (of) => number(of, "lines") }),
  }),
});

const ShapeNeed = builder.objectRef<readonly string[]>("ShapeNeed").implement({
  description: "One of these columns has to be there.",
  ...rule("readDatasources"),
  fields: (t) => ({ anyOf: t.stringList({ description: "Columns of ours.", resolve: (columns) => [...columns] }) }),
});

const ShapeRule = builder.objectRef<CostShapeRule>("ShapeRule").implement({
  description: "What makes a file one of a shape.",
  ...rule("readDatasources"),
  fields: (t) => ({
    shape: t.field({ type: CostShape, description: "Which.", resolve: ({ shape }) => shape }),
    needs: t.field({
      type: [ShapeNeed],
      description: "All of these.",
      resolve: ({ needs }) => [...needs],
    }),
    without: t.stringList({
      description: "Columns of ours that must not be there: with them it is something else.",
      resolve: ({ without }) => [...without],
    }),
    beside: t.stringList({
      description: "Columns of ours that it does not read: they are kept beside the row.",
      resolve: ({ shape }) => [...UNREAD[shape]],
    }),
  }),
});

/** The column holds nothing but what `mappingAfter` made. */
const saidOf = ({ mapping }: UploadRow): SavedMapping => mapping;

/** A category that was taken for the type of each cost, and for whose values the file was refused: it is one after all. */
function holdsNoTypes(row: UploadRow, header: string, target: string): boolean {
  const values = row.reason?.["values"];
  const isMissing = isObject(values) && values["code"] === "E_HEADER_MISSING";
  const isCategory = target === "cost_type" && targetOf(header) === "category";
  return isMissing && isCategory;
}

function columnsOf(row: UploadRow): MappedColumn[] {
  const targets = texts(isObject(row.survey?.["mapping"]) ? row.survey["mapping"]["targets"] : []);
  const samples: unknown = row.survey?.["samples"];
  const headers = toldApart(texts(row.survey?.["headers"]));
  const plain = plainHeaders(headers);
  return headers.map((header, at) => {
    const name = plain[at] ?? "";
    const found = targets[at] ?? "ignore";
    const isSaid = chosenFor(saidOf(row), headers, at) !== null;
    const target = !isSaid && holdsNoTypes(row, name, found) ? "category" : found;
    return {
      header,
      target,
      isGuessed: isFoundByName(name, target) && !isSaid,
      samples: texts(Array.isArray(samples) ? samples[at] : []),
    };
  });
}

export const ColumnMapping = builder.objectRef<UploadRow>("ColumnMapping").implement({
  description: "What the columns of a file mean, as found or as a person said.",
  ...rule("readDatasources"),
  fields: (t) => ({
    shape: t.field({
      type: CostShape,
      nullable: true,
      description: "Null until the file was looked at.",
      resolve: (row) => {
        const shape = isObject(row.survey?.["mapping"]) ? row.survey["mapping"]["shape"] : null;
        return shape === "costs" || shape === "days" || shape === "prices" || shape === "orders" ? shape : null;
      },
    }),
    columns: t.field({
      type: [ColumnTarget],
      description: "In the file's order.",
      resolve: columnsOf,
    }),
    shapes: t.field({
      type: [ShapeRule],
      description: "What the columns have to mean for the file to be one of costs: the first that fits is taken.",
      resolve: (row) => shapesFor(saidOf(row)),
    }),
    questions: t.field({
      type: [Question],
      description: "Open ones: a file with any is not taken before somebody has answered.",
      resolve: ({ survey }) => objects(survey?.["questions"]),
    }),
    words: t.field({
      type: [CostWord],
      description:
        "Kinds of cost that the file calls by another word, or of which it does not say what one amount is for.",
      resolve: ({ survey }) => objects(survey?.["readAs"]),
    }),
    corrections: t.field({
      type: [CellCorrection],
      description: "Cells that are read as something else than what stands there.",
      resolve: ({ mapping }) => objects(mapping["corrections"]),
    }),
    encoding: t.string({
      nullable: true,
      description: "utf-8, utf-16le, utf-16be or windows-1252.",
      resolve: ({ survey }) => (isObject(survey?.["packing"]) ? text(survey["packing"], "encoding") : null),
    }),
    delimiter: t.string({
      nullable: true,
      description: "Between two cells.",
      resolve: ({ survey }) => (isObject(survey?.["dialect"]) ? text(survey["dialect"], "delimiter") : null),
    }),
    decimal: t.string({
      nullable: true,
      description: "The decimal mark.",
      resolve: ({ survey }) => (survey === null ? null : text(survey, "decimal")),
    }),
    targets: t.stringList({ description: "All that a column may mean.", resolve: () => [...COST_COLUMNS] }),
    costTypes: t.stringList({ description: "All types of cost.", resolve: () => [...COST_TYPES] }),
  }),
});
