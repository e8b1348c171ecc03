// What a refused file tells of its columns, to whom, and that a word on them, or putting it aside, is taken.
import { beforeAll, expect, test } from "vitest";
import { globalId } from "./node.ts";
import { signUpWithCosts } from "../testing/costs.ts";
import type { CostsOwner } from "../testing/costs.ts";
import { ownApi } from "../testing/own-api.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();
let its: CostsOwner;
beforeAll(async () => {
  its = await signUpWithCosts(api);
});

const survey = {
  headers: ["Item code", "Kosten", "date"],
  mapping: { targets: ["extra", "amount", "date"] },
  samples: [["00042"], ["3.10", "4"], []],
};

/** As a worker leaves it. */
async function refusedFile(code = "file", kept: object | null = survey, values = {}): Promise<string> {
  const { upload_id: id } = await (await its.announce()).json();
  const { sql } = api.owner;
  await sql`update uploads set state = 'rejected', asked = null, reason = ${sql.json({ code, values })},
    survey = ${kept === null ? null : sql.json(JSON.parse(JSON.stringify(kept)))} where id = ${id}`;
  return id;
}

const told = async (id: string, visitor = its.owner) =>
  (
    await visitor.ask(`{ node(id: "${globalId("Upload", id)}") { ... on Upload { state canMap
      mapping { shape columns { header target isGuessed samples } shapes { shape needs { anyOf } without beside } } } } }`)
  ).data.node;

test("a refused file tells what is in its columns and what would make it one of costs", async () => {
  const id = await refusedFile();
  const file = await told(id);
  expect(file).toMatchObject({ state: "REJECTED", canMap: true, mapping: { shape: null } });
  expect(file.mapping.columns).toEqual([
    { header: "Item code", target: "extra", isGuessed: false, samples: ["00042"] },
    { header: "Kosten", target: "amount", isGuessed: true, samples: ["3.10", "4"] },
    { header: "date", target: "date", isGuessed: false, samples: [] },
  ]);
  expect(file.mapping.shapes).toContainEqual({
    shape: "PRICES",
    needs: [{ anyOf: ["sku", "variant_id"] }, { anyOf: ["amount"] }],
    without: ["order_id"],
    beside: [],
  });
  expect(await told(id, await signUp(api)), "of another organisation").toBeNull();
});

test("a category whose values are no types is told as the category that it is, unless somebody said otherwise", async () => {
  const kept = {
    headers: ["Day", "Category", "Cost"],
    mapping: { targets: ["date", "cost_type", "amount"] },
    samples: [["2026-11-18"], ["Rent", "Blue"], ["5"]],
  };
  const targets = async (id: string) =>
    (await told(id)).mapping.columns.map((column: { target: string }) => column.target);
  const id = await refusedFile("file", kept, { code: "E_HEADER_MISSING" });
  expect(await targets(id)).toEqual(["date", "category", "amount"]);
  expect(await targets(await refusedFile("file", kept, { code: "E_DATE_MIXED" }))).toContain("cost_type");
  await api.owner.sql`update uploads set mapping = '{"targets":{"Category":"cost_type"}}' where id = ${id}`;
  expect(await targets(id)).toContain("cost_type");
});

test("columns of one name, also of a file that was refused before they were told apart, are each told by a name of their own", async () => {
  const kept = { headers: ["SKU", "Cost", "Cost"], mapping: { targets: ["sku", "amount", "amount"] } };
  const columns = (await told(await refusedFile("file", kept))).mapping.columns;
  expect(columns).toMatchObject([
    { header: "SKU", target: "sku", isGuessed: false },
    { header: "Cost (1/2)", target: "amount", isGuessed: true },
    { header: "Cost (2/2)", target: "amount", isGuessed: true },
  ]);
});

test("what it means is taken, and from then on it is on its way", async () => {
  const id = await refusedFile();
  const { data } = await its.owner
    .ask(`mutation { setUploadMapping(input: { upload: "${globalId("Upload", id)}", idempotencyKey: "m",
    targets: [{ header: "Item code", target: "sku" }, { header: "Kosten", target: "cogs" }] })
    { ... on SetUploadMappingSuccess { upload { state canMap mapping { columns { isGuessed } } } } ... on UserError { message } } }`);
  const columns = [{ isGuessed: false }, { isGuessed: false }, { isGuessed: false }];
  expect(data.setUploadMapping.upload).toEqual({ state: "VALIDATING", canMap: false, mapping: { columns } });
});

test("it may be put aside; what no word on columns can save neither is put aside nor offers it", async () => {
  const discard = async (id: string) =>
    (
      await its.owner.ask(
        `mutation { discardUpload(input: { upload: "${globalId("Upload", id)}", idempotencyKey: "${id}" }) { __typename } }`,
      )
    ).data.discardUpload;
  expect(await discard(await refusedFile("nothing"))).toEqual({ __typename: "DiscardUploadSuccess" });
  for (const [code, kept] of [
    ["file", null],
    ["fileLost", survey],
  ] as const) {
    const id = await refusedFile(code, kept);
    expect(await told(id)).toMatchObject({ canMap: false });
    expect(await discard(id)).toEqual({ __typename: "UploadRefused" });
  }
});

test("a file that waits tells what counts as ad spend too, and which kinds it calls by a word that is not ours", async () => {
  const id = await refusedFile();
  const { sql } = api.owner;
  const readAs = [{ word: "Packaging", costType: "handling", basis: "total", lines: 12 }];
  const total = { costType: "marketing", currency: "INR", amount: "130.5", count: 2 };
  const row = {
    line: 2,
    costType: "marketing",
    basis: "total",
    amount: "100",
    currency: "INR",
    startDay: "2026-11-18",
  };
  await sql`update uploads set state = 'needs_confirmation', reason = null, survey = ${sql.json({ readAs })},
    totals = ${sql.json([
      { ...total, adSpend: "100" },
      { ...total, currency: "USD" },
    ])},
    preview = ${sql.json([{ ...row, isAdSpend: true }, row])} where id = ${id}`;
  const { data } = await its.owner.ask(`{ node(id: "${globalId("Upload", id)}") { ... on Upload {
    totals { adSpend } preview(first: 2) { isAdSpend } mapping { words { word costType basis lines } } } } }`);
  expect(data.node).toEqual({
    totals: [{ adSpend: "100" }, { adSpend: null }],
    preview: [{ isAdSpend: true }, { isAdSpend: false }],
    mapping: { words: [{ ...readAs[0], lines: "12" }] },
  });
});
