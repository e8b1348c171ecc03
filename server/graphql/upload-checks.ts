/** What a file comes to: against what a person expected of it, and against what stands of it, day after day. */
import type { ComparedTotal } from "@headwater/workflows/client.ts";
import type { Json, JsonObject } from "@headwater/db/schema/values.ts";
import * as v from "valibot";
import { comparedOf } from "../reading/upload-totals.ts";
import type { UploadRow } from "../reading/uploads.ts";
import { builder, rule } from "./builder.ts";
import { Upload } from "./uploads.ts";

const ExpectedTotal = builder.objectRef<ComparedTotal>("ExpectedTotal").implement({
  description: "What a person expected of a file in one currency, beside what it comes to.",
  ...rule("readDatasources"),
  fields: (t) => ({
    currency: t.expose("currency", { type: "CurrencyCode", description: "In which." }),
    expected: t.expose("expected", { type: "Decimal", description: "As somebody said." }),
    found: t.expose("found", { type: "Decimal", description: "The sum of its costs." }),
    difference: t.expose("difference", { type: "Decimal", description: "Found less expected, exact." }),
  }),
});

const UploadCheckState = builder.enumType("UploadCheckState", {
  description:
    "Of a file that counts: equal to what stands of it, different, no longer readable, no longer kept, or wholly replaced by later files.",
  values: {
    EQUAL: { value: "equal" },
    DIFFERENT: { value: "different" },
    UNREADABLE: { value: "unreadable" },
    FILE_GONE: { value: "fileGone" },
    SUPERSEDED: { value: "superseded" },
  } as const,
});

const checkedSum = v.object({
  costType: v.string(),
  currency: v.string(),
  file: v.string(),
  fileRows: v.number(),
  ours: v.string(),
  ourRows: v.number(),
  isEqual: v.boolean(),
});
type CheckedSum = v.InferOutput<typeof checkedSum>;
const checkedSums = v.object({ sums: v.array(checkedSum) });

const UploadCheckSum = builder.objectRef<CheckedSum>("UploadCheckSum").implement({
  description: "One kind of cost in one currency: in the file, and as it stands.",
  ...rule("readDatasources"),
  fields: (t) => ({
    costType: t.exposeString("costType", { description: "cogs, shipping, handling, ..." }),
    currency: t.expose("currency", { type: "CurrencyCode", description: "In which." }),
    inFile: t.expose("file", { type: "Decimal", description: "The sum in the file." }),
    rowsInFile: t.field({ type: "BigInt", description: "Costs in the file.", resolve: (of) => of.fileRows }),
    ours: t.expose("ours", { type: "Decimal", description: "The sum of what came of it here." }),
    ourRows: t.field({ type: "BigInt", description: "Costs that came of it here.", resolve: (of) => of.ourRows }),
    isEqual: t.exposeBoolean("isEqual", {
      description: "Number, sum and all that the costs say. False beside equal sums: something else of a cost differs.",
    }),
  }),
});

interface Check {
  readonly state: "equal" | "different" | "unreadable" | "fileGone" | "superseded";
  readonly at: Date | null;
  readonly sums: readonly CheckedSum[];
}

const STATES: readonly Check["state"][] = ["equal", "different", "unreadable", "fileGone", "superseded"];

/** A file that is no longer kept cannot be looked at again, whatever was found before. */
function checkOf(row: Pick<UploadRow, "state" | "checked" | "checkedAt" | "erasedAt">): Check | null {
  if (row.state !== "committed") return null;
  const read = v.safeParse(checkedSums, row.checked);
  const sums = read.success ? read.output.sums : [];
  const found = STATES.find((state) => state === stateIn(row.checked));
  if (row.erasedAt !== null && found !== "different" && found !== "superseded")
    return { state: "fileGone", at: row.checkedAt, sums };
  return found === undefined ? null : { state: found, at: row.checkedAt, sums };
}

const stateIn = (checked: JsonObject | null): Json => checked?.["state"] ?? null;

const UploadCheck = builder.objectRef<Check>("UploadCheck").implement({
  description:
    "A file that was taken, parsed again and held against what stands of it: once a day while the file is kept, 90 days.",
  ...rule("readDatasources"),
  fields: (t) => ({
    state: t.field({ type: UploadCheckState, description: "What came of it.", resolve: ({ state }) => state }),
    at: t.expose("at", { type: "DateTime", nullable: true, description: "When it was last looked at." }),
    sums: t.field({
      type: [UploadCheckSum],
      description: "By kind of cost and currency.",
      resolve: ({ sums }) => [...sums],
    }),
  }),
});

builder.objectFields(Upload, (t) => ({
  expectedTotals: t.field({
    type: [ExpectedTotal],
    description: "What somebody said that it comes to, beside what it does.",
    resolve: comparedOf,
  }),
  check: t.field({
    type: UploadCheck,
    nullable: true,
    description:
      "Whether what stands of it is still what is in it; null before it was looked at, and of what does not count.",
    resolve: checkOf,
  }),
}));
